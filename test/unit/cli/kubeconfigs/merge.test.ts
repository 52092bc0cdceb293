import fc from "fast-check";
import { stringify } from "yaml";
import { type MergeTarget, mergeIntoKubeconfig } from "../../../../cli/kubeconfigs/merge";
import {
  type KubeconfigDocument,
  formatKubeconfig,
  parseKubeconfig,
} from "../../../../components/core/kubeconfig/kubeconfig-document";
import { otherClusters, style } from "../../support/kubeconfig-arbitraries";
import { hostileNames } from "../../support/hostile-names";
import { errorOf, expectError, everythingOf } from "../../support/errors";
import { requestOf, signCertificate } from "../../support/test-authority";

const authority = Buffer.from("authority").toString("base64");

/** A certificate of a user, base64. */
function certificateOf(username: string, groups: readonly string[] = []): string {
  const request = requestOf({ username, groups });
  return Buffer.from(signCertificate({ username, groups, request, notBefore: 0, notAfter: 4e12 })).toString("base64");
}

const [first, renewed, mallorys] = [certificateOf("jane"), certificateOf("jane", ["new"]), certificateOf("mallory")];

/** Jane's entries, complete. */
function janes(certificate = first, server = "https://prod.test"): KubeconfigDocument {
  return {
    clusters: [{ name: "prod", value: { server, "certificate-authority-data": authority } }],
    users: [{ name: "jane@prod", value: { "client-certificate-data": certificate, "client-key-data": "SEEKRIT0" } }],
    contexts: [{ name: "jane@prod", value: { cluster: "prod", user: "jane@prod" } }],
    currentContext: "jane@prod",
  };
}

const files: Readonly<Record<string, string>> = {
  "/home/jane/ca.crt": "authority",
  "/home/jane/jane.crt": Buffer.from(first, "base64").toString(),
};

function merge(text: string, added = janes(), more: Partial<MergeTarget> = {}): string {
  const readFile = (path: string): string => {
    const content = files[path];
    if (content === undefined) {
      throw new Error(`no ${path}`);
    }
    return content;
  };
  return mergeIntoKubeconfig({ text, source: "config", folder: "/home/jane", readFile, ...more }, added);
}

describe("mergeIntoKubeconfig", () => {
  it("adds entries to any kubeconfig, and changes nothing of what is in it", () => {
    fc.assert(
      fc.property(otherClusters, style, fc.boolean(), (content, options, json) => {
        const text = json ? JSON.stringify(content) : stringify(content, options);
        const before = parseKubeconfig(text, "before");
        const merged = merge(text);
        const after = parseKubeconfig(merged, "after");
        for (const list of ["clusters", "users", "contexts"] as const) {
          expect(after[list]).toEqual([...before[list], ...janes()[list]]);
        }
        expect(after.currentContext).toBe(before.currentContext ?? "jane@prod");
        // What is there already is not written again.
        expect(merge(merged)).toBe(merged);
      }),
    );
  });

  it("is the user's own kubeconfig when there was none", () => {
    expect(merge(" \n")).toBe(formatKubeconfig(janes()));
  });

  it("keeps comments, order, quotes and the place of lists", () => {
    const text = `# of the company
apiVersion: v1
# people
users:
- name: me
  user: {token: "abc"} # mine
contexts: []

clusters:
- cluster:
    server: https://other.test
  name: 'other'
current-context: other
`;
    const lines = merge(text).split("\n");
    expect(lines).toEqual(expect.arrayContaining(text.split("\n").filter((line) => line !== "contexts: []")));
    // An empty list in brackets becomes one like the otherClusters.
    expect(lines).toContain("contexts:");
    expect(lines.slice(0, 5)).toEqual(text.split("\n").slice(0, 5));
  });

  it("keeps JSON JSON", () => {
    expect(JSON.parse(merge(JSON.stringify({ users: [] })))).toMatchObject({ users: [{ name: "jane@prod" }] });
  });

  it("renews a user's certificate and key, and leaves the rest of the entries as they are", () => {
    const text = formatKubeconfig(janes()).replace("cluster: prod\n", "cluster: prod\n      namespace: dev # mine\n");
    const merged = merge(text, janes(renewed));
    expect(merged).toBe(text.replace(first, renewed));
    expect(merge(merged, janes(renewed))).toBe(merged);
  });

  it("knows a user and a cluster again whose files the kubeconfig names, by whatever path", () => {
    const text = stringify({
      clusters: [{ name: "prod", cluster: { server: "https://prod.test", "certificate-authority": "ca.crt" } }],
      users: [{ name: "jane@prod", user: { "client-certificate": "jane.crt", "client-key": "jane.key" } }],
    });
    const after = parseKubeconfig(merge(text, janes(renewed)), "after");
    expect(after.users).toEqual(janes(renewed).users);
    expect(after.clusters[0]?.value).toHaveProperty("certificate-authority", "ca.crt");
  });

  it("completes an entry that lacks its key, and removes the remark about it", () => {
    const [user] = janes().users;
    const value = { "client-certificate-data": user?.value["client-certificate-data"] };
    const text = formatKubeconfig({ ...janes(), users: [{ name: "jane@prod", value }] });
    const merged = merge(`# The private key is only with its owner, who adds it\n# kept\n${text}`);
    expect(merged).toMatch(/^# kept\n/);
    expect(parseKubeconfig(merged, "after").users).toEqual(janes().users);
  });

  it.each([
    ["clusters", janes(first, "https://elsewhere.test"), 'clusters "prod"'],
    ["users", janes(mallorys), 'users "jane@prod"'],
    ["users", { ...janes(), users: [{ name: "jane@prod", value: { token: "SEEKRIT" } }] }, 'users "jane@prod"'],
    [
      "users",
      { ...janes(), users: [{ name: "jane@prod", value: { ...janes().users[0]?.value, exec: {} } }] },
      'users "jane@prod"',
    ],
    [
      "contexts",
      { ...janes(), contexts: [{ name: "jane@prod", value: { cluster: "prod", user: "me" } }] },
      'contexts "jane@prod"',
    ],
  ])("refuses %s of one name that stand for something else, and shows no secret", (_, existing, place) => {
    const error = errorOf(() => merge(formatKubeconfig(existing)));
    expectError(error, "invalid-arguments", "config:", place, "it already exists");
    expect(everythingOf(error)).not.toContain("SEEKRIT");
  });

  it("refuses to change what another entry shares by an alias", () => {
    const text = `clusters: []
users:
- name: jane@prod
  user: &shared
    client-certificate-data: ${first}
- name: other
  user: *shared
`;
    expectError(
      errorOf(() => merge(text)),
      "kubeconfig-unreadable",
      "anchors and aliases",
    );
  });

  it.each(["# mine\u0085users: []\n", 'a: "\u2028"\n', "# a\u2029\n", "# a\rb: 1\n", '{"a": "\u2028"}'])(
    "refuses a file in which kubectl sees other lines: %j",
    (text) => {
      const error = errorOf(() => merge(text));
      expectError(error, "kubeconfig-unreadable", "config: line 1 holds U+", "is a line break for kubectl alone");
    },
  );

  it("takes a file with Windows' line breaks", () => {
    expect(parseKubeconfig(merge("# mine\r\nusers: []\r\n"), "after").users).toEqual(janes().users);
  });

  it.each(["clusters", "users", "contexts"])("refuses %s with two entries of one name", (list) => {
    const text = stringify({ [list]: [{ name: "a" }, { name: "b" }, { name: "a" }] });
    expectError(
      errorOf(() => merge(text)),
      "kubeconfig-unreadable",
      `${list}: two entries have the name "a"`,
    );
  });

  it.each(hostileNames)("adds entries that are called %j in ASCII, in YAML and in JSON", (name) => {
    const [cluster, user] = [janes().clusters[0]?.value ?? {}, janes().users[0]?.value ?? {}];
    const added = {
      clusters: [{ name, value: cluster }],
      users: [{ name, value: user }],
      contexts: [{ name, value: { cluster: name, user: name } }],
      currentContext: name,
    };
    for (const text of ["# zoë's\nusers: []\n", "users: [{name: b}]\n", '{"users": []}']) {
      const merged = merge(text, added);
      expect(merged).not.toMatch(/[\u0085\u2028\u2029\ufeff\u202e]|\r/);
      expect(merged.replace("# zoë's", "")).toMatch(text.startsWith("{") ? /^/ : /^[\x20-\x7e\n]*$/);
      const after = parseKubeconfig(merged, "after");
      expect([after.clusters, after.contexts, after.currentContext]).toEqual([added.clusters, added.contexts, name]);
      expect(after.users.at(-1)).toEqual(added.users[0]);
    }
  });

  it("keeps the escapes of what is there already", () => {
    const text = 'users:\n  - name: "a\\u2028b"\n    user:\n      token: "\\u0085"\n';
    const merged = merge(text);
    expect(merged).toContain('- name: "a\\u2028b"\n    user:\n      token: "\\u0085"\n');
    const json = merge(JSON.stringify({ users: [{ name: "a🦊" }] }).replace("🦊", "\\u2028🦊"));
    expect(json).toContain('"name": "a\\u2028🦊"');
  });

  it("refuses a cluster of the same name that is not verified", () => {
    const [cluster] = janes().clusters;
    const bare = { server: cluster?.value["server"] };
    const existing = { ...janes(), clusters: [{ name: "prod", value: { ...bare, "insecure-skip-tls-verify": true } }] };
    const added = { ...janes(), clusters: [{ name: "prod", value: bare }] };
    expectError(
      errorOf(() => merge(formatKubeconfig(existing), added)),
      "invalid-arguments",
      'clusters "prod"',
    );
  });

  it.each([
    [
      "a key twice",
      "users: []\nclusters: []\nusers: []\n",
      "line 3 is valid for kubectl, but cannot be changed here (DUPLICATE_KEY)",
    ],
    [
      "several documents",
      "users: []\n---\nusers: []\n",
      "is valid for kubectl, but cannot be changed here (MULTIPLE_DOCS)",
    ],
  ])("refuses %s, which it cannot change", (_, text, words) => {
    expectError(
      errorOf(() => merge(text)),
      "kubeconfig-unreadable",
      words,
      "--out",
    );
  });

  it("leaves merge keys of other entries as they are, and reads them as kubectl does", () => {
    const text = `x-login: &login { exec: { command: a } }\nusers:\n  - name: other\n    user: { <<: *login }\n`;
    const merged = merge(text);
    expect(merged).toContain("user: { <<: *login }");
    expect(parseKubeconfig(merged, "x").users[0]?.value).toEqual({ exec: { command: "a" } });
  });

  it("refuses a user whose certificate comes by a merge key that would override the new one", () => {
    const old = `{ client-certificate-data: ${first}, client-key-data: T0xE }`;
    const text = `x-jane: &jane ${old}\nusers:\n  - name: jane@prod\n    user: { <<: *jane }\n`;
    expectError(
      errorOf(() => merge(text.replace("{ <<: *jane }", `{ token: null, <<: *jane }`), janes(renewed))),
      "invalid-arguments",
    );
  });

  it("refuses what is no kubeconfig", () => {
    expectError(
      errorOf(() => merge("a: [")),
      "kubeconfig-unreadable",
      "line 1",
    );
    expectError(
      errorOf(() => merge("users: {}")),
      "kubeconfig-unreadable",
      "users: expected a list",
    );
  });
});
