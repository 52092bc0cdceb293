import { readCluster } from "../../../../components/core/kubeconfig/cluster";
import { documentOf } from "../../../../components/core/kubeconfig/kubeconfig-document";
import { errorOf, everythingOf, expectError } from "../../support/errors";
import { secretWord } from "../../support/secrets";
import { ca, noFile } from "../../support/selected-clusters";

/** Whoever reads a file of somebody else's has no word of kubectl's on the types of its fields. */
describe("documentOf, of content that nobody has checked", () => {
  it.each<[string, Readonly<Record<string, unknown>>]>([
    ["clusters: expected a list", { clusters: { name: "prod" } }],
    ["users: expected a list", { users: secretWord }],
    ["contexts[0].name is missing", { contexts: [secretWord] }],
    ["contexts[1].name is missing", { contexts: [null, []] }],
    ["users[0].name is missing", { users: [{ name: 7, user: {} }] }],
    ["users[0].user is missing", { users: [{ name: "jane", user: secretWord }] }],
    ["clusters[0].cluster is missing", { clusters: [{ name: "prod", cluster: [secretWord] }] }],
  ])("refuses, saying %s: %j", (words, content) => {
    const error = errorOf(() => documentOf(content, "FILE"));
    expectError(error, "kubeconfig-unreadable", `FILE: ${words}`);
    expect(everythingOf(error)).not.toContain(secretWord);
  });

  it("takes what is missing for empty, and a current-context that is no text for none", () => {
    const empty = { clusters: [], users: [], contexts: [], currentContext: undefined };
    expect(documentOf({}, "FILE")).toEqual(empty);
    expect(documentOf({ clusters: null, "current-context": 7 }, "FILE")).toEqual(empty);
    expect(documentOf({ users: [null, { name: null, user: null }] }, "FILE").users).toEqual([
      { name: "", value: {} },
      { name: "", value: {} },
    ]);
  });
});

describe("readCluster, of an entry that nobody has checked", () => {
  const read = (value: Readonly<Record<string, unknown>>): unknown =>
    readCluster({ name: "prod", value: { server: "https://a.test", ...value } }, "FILE", noFile);

  it.each(["server", "certificate-authority-data", "certificate-authority", "tls-server-name", "proxy-url"])(
    "refuses a %s that is no text",
    (key) => {
      for (const wrong of [7, true, [secretWord], { a: secretWord }]) {
        const error = errorOf(() => read({ [key]: wrong }));
        expectError(error, "kubeconfig-unreadable", `FILE: cluster "prod": ${key}: expected a text`);
        expect(everythingOf(error)).not.toContain(secretWord);
      }
    },
  );

  it("refuses an authority that is no base64", () => {
    const error = errorOf(() => read({ "certificate-authority-data": `${ca}!` }));
    expectError(error, "kubeconfig-unreadable", "certificate-authority-data is not base64");
  });

  it("turns verification off for true alone", () => {
    const plain = { name: "prod", server: "https://a.test" };
    for (const other of ["true", 1, {}, null]) {
      expect(read({ "insecure-skip-tls-verify": other, "disable-compression": other })).toEqual(plain);
    }
    expect(read({ "insecure-skip-tls-verify": true })).toEqual({ ...plain, insecureSkipTlsVerify: true });
  });

  it("keeps a proxy without a password as it is written, and takes the password out of another", () => {
    expect(read({ "proxy-url": "http://Proxy.test" })).toMatchObject({ proxyUrl: "http://Proxy.test" });
    expect(read({ "proxy-url": `http://a:${secretWord}@proxy.test` })).toMatchObject({
      proxyUrl: "http://proxy.test/",
    });
  });
});
