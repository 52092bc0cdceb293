import fc from "fast-check";
import { stringify } from "yaml";
import {
  formatKubeconfig,
  mergeFirstWins,
  mergeKubeconfigTexts,
  parseKubeconfig,
  resolvePaths,
} from "../../../../components/core/kubeconfig/kubeconfig-document";
import { hostileNames } from "../../support/hostile-names";
import { errorIfAny, errorOf, everythingOf, expectError } from "../../support/errors";
import { kubeconfigYaml, privateKeyPem, secretWord, token } from "../../support/secrets";

function kubeconfig(cluster: string, more: object = {}): string {
  return stringify({
    clusters: [{ name: cluster, cluster: { server: `https://${cluster}.test` } }],
    users: [{ name: `jane@${cluster}`, user: { token: "t" } }],
    contexts: [{ name: cluster, context: { cluster, user: `jane@${cluster}` } }],
    "current-context": cluster,
    ...more,
  });
}

describe("parseKubeconfig", () => {
  it("reads the lists with their entries' contents as they are, from YAML and from JSON", () => {
    const content = {
      clusters: [
        { name: "c", cluster: { server: "https://c.test", extensions: [{ name: "x", extension: { a: 1 } }] } },
      ],
      users: [{ name: "u", user: { exec: { command: "login", args: ["--a"] } } }],
      contexts: [{ name: "k", context: { cluster: "c", user: "u", namespace: "dev" } }],
      "current-context": "k",
    };
    const expected = {
      clusters: [{ name: "c", value: content.clusters[0]?.cluster }],
      users: [{ name: "u", value: content.users[0]?.user }],
      contexts: [{ name: "k", value: content.contexts[0]?.context }],
      currentContext: "k",
    };
    expect(parseKubeconfig(stringify(content), "x")).toEqual(expected);
    expect(parseKubeconfig(JSON.stringify(content), "x")).toEqual(expected);
  });

  it("takes missing and empty lists, and an empty current-context, for none", () => {
    const empty = { clusters: [], users: [], contexts: [], currentContext: undefined };
    expect(parseKubeconfig("{}", "x")).toEqual(empty);
    expect(parseKubeconfig("clusters:\nusers: null\ncontexts: []\ncurrent-context: ''\n", "x")).toEqual(empty);
  });

  it("resolves aliases", () => {
    const text = "users: [{ name: a, user: &u { token: t } }, { name: b, user: *u }]";
    expect(parseKubeconfig(text, "x").users[1]).toEqual({ name: "b", value: { token: "t" } });
  });

  it.each([
    ["- a", "found none"],
    ["a plain text", "found a plain text"],
    ["clusters: {}", "clusters: expected a list"],
    ["users: text", "users: expected a list"],
    ["clusters: [{ name: a }, text]", "clusters[1]: expected fields with names, found a text"],
    ["users: [{ name: a }, { name: b, user: text }]", "users[1].user: expected fields with names, found a text"],
    ["contexts: [{ name: 7, context: {} }]", "contexts[0].name: expected a text, found a number. Put it in quotes"],
    ["users: [{ name: a }, { name: b }, { name: a }]", 'users: two entries have the name "a"'],
    ["users: [{}, {}]", 'users: two entries have the name ""'],
    ["a: b\nc: [", "line 2 is not YAML"],
    ["users: &a [*a]", "an anchor in it holds its own alias"],
    ['a: "\\ud800"', "half of a surrogate pair"],
    ['a: { "\\udc00": 1 }', "half of a surrogate pair"],
    ["users: *admin", 'an alias ("*…") in it does not resolve'],
  ])("refuses %j and names the place: %s", (text, words) => {
    expectError(
      errorOf(() => parseKubeconfig(text, "/home/jane/config")),
      "kubeconfig-unreadable",
      `/home/jane/config: `,
      words,
      "kubectl config view",
    );
  });

  it.each([
    ["a list that does not end", `${kubeconfigYaml}  - [${token}`],
    ["a tab", kubeconfigYaml.replace("      token:", "\ttoken:")],
    ["a list for a key", kubeconfigYaml.replace("      token:", `      ? [${secretWord}]\n      : b\n      token:`)],
    ["a number for a text", kubeconfigYaml.replace(/token: .*/, `token: ["${secretWord}"]`)],
    ["a name twice", kubeconfigYaml.replace("name: other", "name: admin")],
    ["an alias that does not resolve", kubeconfigYaml.replace(`token: ${token}`, `token: *${secretWord}`)],
    ["a user that is no object", `users: [{ name: a, user: ${secretWord} }]`],
    ["names that are missing", `users: [{ user: { token: ${secretWord} } }, { user: { token: ${secretWord} } }]`],
    ["a list that is none", `users: ${secretWord}`],
    ["nothing but a token", token],
    ["nothing but a private key", privateKeyPem],
  ])("shows nothing of a kubeconfig with %s", (_, text) => {
    const error = errorOf(() => parseKubeconfig(text, "kubeconfig"));
    expectError(error, "kubeconfig-unreadable");
    expect(everythingOf(error)).not.toContain(secretWord);
  });

  it("prints no warning that quotes a content", () => {
    const warn = jest.spyOn(process, "emitWarning").mockImplementation();
    errorOf(() => parseKubeconfig(`{ ? { ${secretWord}: 1 } : 2 }`, "x"));
    parseKubeconfig(`a: !${secretWord} b`, "x");
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });

  it("refuses in its own words whatever text it is given", () => {
    const signs = Array.from(":-[]{}&*!|>'\"%@`#?, \n\t");
    const yamlish = fc.array(fc.constantFrom(...signs, "a", "users", "name", "<<"), { maxLength: 30 });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          yamlish.map((parts) => parts.join("")),
        ),
        (text) => {
          const error = errorIfAny(() => parseKubeconfig(text, "x"));
          expect(error?.code ?? "kubeconfig-unreadable").toBe("kubeconfig-unreadable");
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("formatKubeconfig", () => {
  it("is the inverse of parseKubeconfig, and the same every time", () => {
    // None of the fields whose content is bound to a type.
    const value = fc.dictionary(fc.stringMatching(/^x[a-z-]{1,8}$/), fc.oneof(fc.string(), fc.boolean(), fc.integer()));
    const entries = fc.uniqueArray(fc.record({ name: fc.string(), value }), {
      maxLength: 3,
      selector: ({ name }) => name,
    });
    const document = fc.record({
      clusters: entries,
      users: entries,
      contexts: entries,
      currentContext: fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(document, (document) => {
        const text = formatKubeconfig(document);
        // toMatchObject does not mind that fast-check's objects have no prototype.
        expect(parseKubeconfig(text, "x")).toMatchObject(document);
        expect(formatKubeconfig(parseKubeconfig(text, "x"))).toBe(text);
      }),
    );
  });

  it("writes YAML in ASCII for names of any kind", () => {
    for (const name of hostileNames) {
      const [entry, current] = [{ name, value: { [name]: name } }, name];
      const document = { clusters: [entry], users: [entry], contexts: [entry], currentContext: current };
      const text = formatKubeconfig(document);
      expect(text).toMatch(/^[\x20-\x7e\n]*$/);
      expect(parseKubeconfig(text, "x")).toEqual(document);
    }
  });

  it("leaves long lines whole", () => {
    const data = "long text ".repeat(500).trim();
    const users = [{ name: "jane", value: { password: data } }];
    expect(formatKubeconfig({ clusters: [], users, contexts: [], currentContext: undefined })).toContain(
      `password: ${data}\n`,
    );
  });
});

describe("resolvePaths", () => {
  const resolved = (cluster: object, user: object): unknown => {
    const [clusters, users] = [[{ name: "c", cluster }], [{ name: "u", user }]];
    const document = resolvePaths(parseKubeconfig(JSON.stringify({ clusters, users }), "x"), "/home/jane/.kube");
    return { ...document.clusters[0]?.value, ...document.users[0]?.value };
  };

  it("takes relative paths as relative to the kubeconfig's folder", () => {
    expect(
      resolved(
        { "certificate-authority": "ca.crt", server: "https://c.test" },
        { "client-certificate": "../jane.crt", "client-key": "./keys/jane.key", tokenFile: "token" },
      ),
    ).toEqual({
      "certificate-authority": "/home/jane/.kube/ca.crt",
      server: "https://c.test",
      "client-certificate": "/home/jane/jane.crt",
      "client-key": "/home/jane/.kube/keys/jane.key",
      tokenFile: "/home/jane/.kube/token",
    });
  });

  it("leaves absolute paths, empty ones and contents alone", () => {
    const user = { "client-key": "/keys/jane.key", "client-certificate": "", "client-key-data": "abc/", token: "a/b" };
    expect(resolved({}, user)).toEqual(user);
  });

  it.each([
    ["./bin/login", "/home/jane/.kube/bin/login"],
    ["bin/login", "/home/jane/.kube/bin/login"],
    ["/usr/bin/login", "/usr/bin/login"],
    ["aws", "aws"],
  ])("takes the exec command %s for %s and leaves its arguments alone", (command, expected) => {
    const exec = { command, args: ["./file"], env: [{ name: "A", value: "./b" }] };
    expect(resolved({}, { exec })).toEqual({ exec: { ...exec, command: expected } });
  });
});

describe("mergeFirstWins", () => {
  it("merges as kubectl merges the files of KUBECONFIG", () => {
    const first = parseKubeconfig(kubeconfig("a", { "current-context": "" }), "x");
    const second = parseKubeconfig(kubeconfig("b"), "x");
    const third = parseKubeconfig(
      kubeconfig("c", { clusters: [{ name: "a", cluster: { server: "https://other.test" } }] }),
      "x",
    );
    const merged = mergeFirstWins([first, second, third]);
    expect(merged.clusters.map(({ name, value }) => [name, value["server"]])).toEqual([
      ["a", "https://a.test"],
      ["b", "https://b.test"],
    ]);
    expect(merged.contexts.map(({ name }) => name)).toEqual(["a", "b", "c"]);
    expect(merged.currentContext).toBe("b");
  });

  it("makes an empty document of none", () => {
    expect(mergeFirstWins([])).toEqual({ clusters: [], users: [], contexts: [], currentContext: undefined });
  });
});

describe("mergeKubeconfigTexts", () => {
  it("puts several clusters into one file and keeps the first current-context", () => {
    const merged = parseKubeconfig(mergeKubeconfigTexts([kubeconfig("a"), kubeconfig("b")]), "x");
    expect(merged.contexts.map(({ name }) => name)).toEqual(["a", "b"]);
    expect(merged.users).toHaveLength(2);
    expect(merged.currentContext).toBe("a");
  });

  it("takes the same entry several times, in whatever order its keys stand", () => {
    const more = {
      clusters: [{ name: "shared", cluster: { server: "https://s.test", "proxy-url": "http://p.test" } }],
    };
    const less = {
      clusters: [{ name: "shared", cluster: { "proxy-url": "http://p.test", server: "https://s.test" } }],
    };
    const merged = mergeKubeconfigTexts([kubeconfig("a", more), kubeconfig("b", less)]);
    expect(parseKubeconfig(merged, "x").clusters).toHaveLength(1);
  });

  it("names every clash and shows no content", () => {
    const other = kubeconfig("b", {
      clusters: [{ name: "a", cluster: { server: "https://other.test" } }],
      users: [{ name: "jane@a", user: { token: secretWord } }],
    });
    const error = errorOf(() => mergeKubeconfigTexts([kubeconfig("a"), other]));
    expectError(error, "invalid-arguments", 'cluster "a", user "jane@a"', "one name stands for different content");
    expect(everythingOf(error)).not.toContain(secretWord);
  });

  it("tells which of the texts is no kubeconfig", () => {
    expectError(
      errorOf(() => mergeKubeconfigTexts([kubeconfig("a"), `[${secretWord}`])),
      "kubeconfig-unreadable",
      "kubeconfig 2: line 1 is not YAML",
    );
  });
});
