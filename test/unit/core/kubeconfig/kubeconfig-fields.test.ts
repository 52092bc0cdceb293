import { wrongField } from "../../../../components/core/kubeconfig/kubeconfig-fields";
import { secretWord } from "../../support/secrets";

const user = (value: unknown): unknown => ({ users: [{ name: "jane", user: value }] });

describe("wrongField", () => {
  it.each([
    {},
    { clusters: null, users: null, contexts: null, "current-context": null, preferences: null, extensions: null },
    { apiVersion: "v1", kind: "Config" },
    { apiVersion: "", kind: null },
    { Kind: "Config", APIVERSION: "v1" },
    { clusters: [null, {}, { name: null, cluster: null }] },
    user({ token: null, exec: null, "as-groups": [null, "a"], "as-user-extra": { a: ["b"], c: null } }),
    user({ exec: { command: "a", args: ["b"], env: [{ name: "c", value: "d" }, null], provideClusterInfo: true } }),
    user({ "client-key-data": "YQ==\n", extensions: [{ name: "a", extension: [1, { b: true }] }] }),
    user({ Token: 5, foo: { bar: 1 } }),
    { foo: 5, Clusters: "x", extensions: [{ name: "a", extension: 5 }] },
  ])("takes %j, as kubectl does", (content) => {
    expect(wrongField(content)).toBeUndefined();
  });

  it.each<[unknown, string]>([
    [{ apiVersion: "v2" }, "apiVersion: expected v1"],
    [{ apiVersion: 1 }, "apiVersion: expected a text, found a number"],
    [{ kind: "Pod" }, "kind: expected Config"],
    [{ kind: "config" }, "kind: expected Config"],
    [{ Kind: "Pod" }, "kind: expected Config"],
    [{ KIND: 5, kind: "Config" }, "kind: expected Config"],
    [{ clusters: {} }, "clusters: expected a list, found fields with names"],
    [{ clusters: ["a"] }, "clusters[0]: expected fields with names, found a text"],
    [{ clusters: [{ name: true }] }, "clusters[0].name: expected a text, found true or false"],
    [{ clusters: [{ cluster: { server: 1 } }] }, "clusters[0].cluster.server: expected a text, found a number"],
    [
      { clusters: [{ cluster: { "disable-compression": "true" } }] },
      "clusters[0].cluster.disable-compression: expected true or false, found a text",
    ],
    [
      { clusters: [{ cluster: { "certificate-authority-data": "YQ" } }] },
      "clusters[0].cluster.certificate-authority-data: expected base64",
    ],
    [user({ password: 123 }), "users[0].user.password: expected a text, found a number. Put it in quotes"],
    [user({ token: [secretWord] }), "users[0].user.token: expected a text, found a list. Write a text there"],
    [user({ "client-key-data": `${secretWord}!` }), "users[0].user.client-key-data: expected base64"],
    [user({ "as-groups": secretWord }), "users[0].user.as-groups: expected a list"],
    [user({ "as-user-extra": { [secretWord]: 1 } }), "users[0].user.as-user-extra.(a value): expected a list"],
    [user({ exec: secretWord }), "users[0].user.exec: expected fields with names"],
    [user({ exec: { args: [8080] } }), "users[0].user.exec.args[0]: expected a text, found a number"],
    [user({ exec: { env: [{ value: true }] } }), "users[0].user.exec.env[0].value: expected a text, found true or"],
    [user({ "auth-provider": { config: { a: 1 } } }), "users[0].user.auth-provider.config.(a value): expected a text"],
    [user({ extensions: {} }), "users[0].user.extensions: expected a list"],
    [{ contexts: [{ context: { namespace: 7 } }] }, "contexts[0].context.namespace: expected a text, found a number"],
    [{ "current-context": 5 }, "current-context: expected a text, found a number"],
    [{ preferences: "x" }, "preferences: expected fields with names"],
    [[], "at the top: expected fields with names, found a list"],
  ])("refuses %j and names the place", (content, words) => {
    const wrong = wrongField(content);
    expect(wrong).toContain(words);
    expect(wrong).not.toContain(secretWord);
  });

  const cluster = (fields: object): unknown => ({ clusters: [{ cluster: fields }] });
  const exec = (fields: object): unknown => user({ exec: fields });
  const preferences = (fields: object): unknown => ({ preferences: fields });

  it.each<[string, (fields: object) => unknown, readonly string[]]>([
    ["the file", (fields) => fields, ["current-context"]],
    ["a cluster's entry", (fields) => ({ clusters: [fields] }), ["name"]],
    ["a user's entry", (fields) => ({ users: [fields] }), ["name"]],
    ["a context's entry", (fields) => ({ contexts: [fields] }), ["name"]],
    ["a cluster", cluster, ["server", "tls-server-name", "certificate-authority", "proxy-url"]],
    ["a user", user, ["client-certificate", "client-key", "token", "tokenFile", "as", "as-uid"]],
    ["a user", user, ["username", "password"]],
    ["a plugin", exec, ["command", "apiVersion", "installHint", "interactiveMode"]],
    ["a plugin's environment", (fields) => exec({ env: [fields] }), ["name", "value"]],
    ["a provider", (fields) => user({ "auth-provider": fields }), ["name"]],
    ["a context", (fields) => ({ contexts: [{ context: fields }] }), ["cluster", "user", "namespace"]],
    ["an extension", (fields) => preferences({ extensions: [fields] }), ["name"]],
  ])("takes nothing but texts in these fields of %s", (_, within, names) => {
    for (const name of names) {
      expect(wrongField(within({ [name]: "a" }))).toBeUndefined();
      expect(wrongField(within({ [name]: 5 }))).toContain(`${name}: expected a text, found a number`);
    }
  });

  it.each<[string, (fields: object) => unknown, readonly string[]]>([
    ["a cluster", cluster, ["insecure-skip-tls-verify", "disable-compression"]],
    ["a plugin", exec, ["provideClusterInfo"]],
    ["the preferences", preferences, ["colors"]],
  ])("takes nothing but true and false in these fields of %s", (_, within, names) => {
    for (const name of names) {
      expect(wrongField(within({ [name]: false }))).toBeUndefined();
      expect(wrongField(within({ [name]: "false" }))).toContain(`${name}: expected true or false, found a text`);
    }
  });

  it.each<[string, (fields: object) => unknown, readonly string[]]>([
    ["a cluster", cluster, ["certificate-authority-data"]],
    ["a user", user, ["client-certificate-data", "client-key-data"]],
  ])("takes nothing but base64 in these fields of %s", (_, within, names) => {
    for (const name of names) {
      expect(wrongField(within({ [name]: "YQ==" }))).toBeUndefined();
      expect(wrongField(within({ [name]: "a" }))).toContain(`${name}: expected base64`);
    }
  });

  it("is not led astray by names that every object has", () => {
    expect(wrongField(JSON.parse('{"__proto__": {"clusters": 5}, "constructor": 5}'))).toBeUndefined();
  });
});
