import { type Row, config, server, text, variant } from "./row.mts";

const flat = config();
const json = JSON.stringify({
  apiVersion: "v1",
  kind: "Config",
  clusters: [{ name: "c", cluster: { server } }],
  users: [{ name: "u", user: { token: "secret" } }],
  contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
  "current-context": "x",
});

/** Lines before the lists, which the lists refer to. */
const template = (lines: string): string => `x-template: ${lines}\n${flat}`;

/** YAML's syntax, anchors, merge keys, and files that are no kubeconfig. */
export const syntax: readonly Row[] = [
  text("plain", "same", flat),
  text("JSON", "same", json),
  text(
    "JSON with indentation and a byte order mark",
    "same",
    `\ufeff${JSON.stringify(JSON.parse(json), undefined, 2)}`,
  ),
  text("JSON with tabs", "same", JSON.stringify(JSON.parse(json), undefined, "\t")),
  text("JSON with an escaped surrogate pair", "json-escapes", json.replace("secret", "\\ud83d\\ude00")),
  text("JSON with \\/", "json-escapes", json.replace("https://", "https:\\/\\/")),
  text("JSON with a comma too many", "same", json.replace('"x"}', '"x",}')),
  text("an empty file", "both refuse", ""),
  text("white space only", "both refuse", "\n  \n"),
  text("a comment only", "both refuse", "# nothing here\n"),
  text("--- only", "both refuse", "---\n"),
  text("null", "both refuse", "null\n"),
  text("a list at the top", "both refuse", "- a\n- b\n"),
  text("a text at the top", "both refuse", "just a text\n"),
  text("an empty object", "both refuse", "{}\n"),
  text("not YAML", "both refuse", "a: [b\n"),
  text("a page of HTML", "both refuse", "<!DOCTYPE html>\n<html>\n<body>404: not found</body>\n</html>\n"),
  text("a PEM file", "both refuse", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
  text("--- before it", "same", `---\n${flat}`),
  text(
    "two documents, the second unused",
    "same",
    `${flat}---\n${flat.replace("current-context: x", "current-context: y")}`,
  ),
  text("two documents, the second no YAML", "same", `${flat}---\n[broken\n`),
  text("two documents, the first a comment", "both refuse", `# comment\n---\n# other\n---\n${flat}`),
  text("an end mark and text behind it", "same", `${flat}...\n`),
  text("%YAML 1.1", "same", `%YAML 1.1\n---\n${flat}`),
  text("%YAML 1.2", "both refuse", `%YAML 1.2\n---\n${flat}`),
  text("comments everywhere", "same", flat.replaceAll("\n", " # comment\n")),
  text("CRLF", "same", flat.replaceAll("\n", "\r\n")),
  text("CR alone", "line-breaks", flat.replaceAll("\n", "\r")),
  text("U+0085 in a comment", "line-breaks", `# a\u0085# b\n${flat}`),
  text("U+2028 in a comment", "line-breaks", `# a\u2028# b\n${flat}`),
  variant("U+2029 in a token", "line-breaks", { user: 'token: "a\u2029b"' }),
  text("trailing spaces", "same", flat.replaceAll("\n", "  \n")),
  text("no newline at the end", "same", flat.trimEnd()),
  text("a tab as indentation", "both refuse", flat.replace("    server", "\tserver")),
  text("a tab after a colon", "same", flat.replace("server: ", "server:\t")),
  text("a tab before a comment", "same", flat.replace("token: secret", "token: secret\t# tab")),
  text("a tab at a line's end", "same", flat.replace("token: secret", "token: secret\t")),
  text("lists indented", "same", flat.replaceAll(/^(- | {2})/gm, "  $1")),
  text("uneven indentation", "both refuse", flat.replace("    user: u", "     user: u")),
  text(
    "flow style",
    "same",
    `{clusters: [{name: c, cluster: {server: "${server}"}}], users: [{name: u, user: {token: t}}], contexts: [{name: x, context: {cluster: c, user: u}}], current-context: x}\n`,
  ),
  text(
    "a flow list with a comma too many",
    "same",
    flat
      .replace("clusters:\n- name: c\n  cluster:\n", "clusters: [{name: c, cluster: {\n")
      .replace(`server: ${server}\n`, `server: "${server}",},},]\n`),
  ),
  text("a question mark key", "same", flat.replace("current-context: x", "? current-context\n: x")),
  text("keys in quotes", "same", flat.replace("current-context", '"current-context"').replace("token", "'token'")),
  text("a key twice, at the top", "same", `${flat}current-context: nowhere\ncurrent-context: x\n`),
  variant("a key twice, in an entry", "same", { user: "token: first\ntoken: second" }),
  variant("a key twice, the second null", "same", { user: "token: first\ntoken: null" }),
  text("a list twice", "both refuse", `${flat}clusters: []\n`),
  text("an anchor and an alias", "same", flat.replace("name: u", "name: &u u").replace("user: u", "user: *u")),
  text(
    "an anchor used twice over",
    "same",
    flat.replace("name: c", "name: &u c").replace("name: u", "name: &u u").replace("user: u", "user: *u"),
  ),
  text("an alias without its anchor", "both refuse", flat.replace("user: u", "user: *u")),
  text("an anchor that holds its own alias", "both refuse", flat.replace("token: secret", "extensions: &e [*e]")),
  text(
    "aliases that grow beyond measure",
    "both refuse",
    `a: &a [x,x,x,x,x,x,x,x,x,x]\n${Array.from("bcdefgh")
      .map(
        (letter, index) =>
          `${letter}: &${letter} [${Array(10)
            .fill(`*${"abcdefg"[index] ?? ""}`)
            .join(",")}]\n`,
      )
      .join("")}${flat}`,
  ),
  text(
    "a merge key",
    "same",
    template("&t {insecure-skip-tls-verify: true}").replace(
      `    server: ${server}`,
      `    server: ${server}\n    <<: *t`,
    ),
  ),
  text(
    "a merge key before a key that it has, too",
    "same",
    template("&t {token: merged}").replace("    token: secret", "    <<: *t\n    token: own"),
  ),
  text(
    "a merge key after a key that it has, too",
    "same",
    template("&t {token: merged}").replace("    token: secret", "    token: own\n    <<: *t"),
  ),
  text(
    "a merge key with a list",
    "same",
    `x-a: &a {username: a, token: a}\nx-b: &b {username: b, password: b}\n${flat}`.replace(
      "    token: secret",
      "    <<: [*a, *b]\n    token: null",
    ),
  ),
  text("a merge key with a map that stands there", "same", flat.replace("token: secret", "<<: {token: inner}")),
  text(
    "two merge keys",
    "same",
    `x-a: &a {username: a}\nx-b: &b {username: b, password: b}\n${flat}`.replace(
      "    token: secret",
      "    <<: *a\n    <<: *b",
    ),
  ),
  text(
    "a merge key in a merge key",
    "same",
    `x-a: &a {username: a}\nx-b: &b {<<: *a, password: b}\n${flat}`.replace("    token: secret", "    <<: *b"),
  ),
  text(
    "a merge key of whole entries",
    "same",
    `x-a: &a {cluster: c, user: u}\n${flat}`.replace("    cluster: c\n    user: u", "    <<: *a"),
  ),
  text("a merge key with a text", "both refuse", flat.replace("token: secret", "<<: text")),
  text(
    "a merge key in quotes",
    "same",
    template("&t {token: merged}").replace("    token: secret", '    "<<": *t\n    token: own'),
  ),
  variant("keys that are no texts", "same", { user: "token: t\n1: a\ntrue: b\n1.5: c" }),
  variant("a key that is null", "both refuse", { user: "token: t\nnull: a" }),
  variant("a key that is a list", "both refuse", { user: "token: t\n? [a]\n: b" }),
  variant("an unknown tag on a map", "same", { user: "token: t\nextensions: !thing []" }),
  variant("a token that begins with @", "both refuse", { user: "token: @secret" }),
  variant("a token that begins with `", "both refuse", { user: "token: `secret" }),
  variant("a token that begins with %", "both refuse", { user: "token: %secret" }),
  variant("a token with ': ' in it", "both refuse", { user: "token: a: b" }),
  variant("a token that ends with a colon", "both refuse", { user: "token: a:" }),
  variant("an unknown escape", "both refuse", { user: 'token: "\\q"' }),
];
