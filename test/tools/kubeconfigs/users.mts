import { type Row, base64, config, data, pem, text, variant } from "./row.mts";

const exec = (more: string): string =>
  `exec:\n  apiVersion: client.authentication.k8s.io/v1\n  command: "true"\n${more.replace(/^/gm, "  ")}`;
const never = "interactiveMode: Never";
const pair = { files: { "jane.crt": pem.certificate, "jane.key": pem.key } };

/** The fields of a user entry. */
export const users: readonly Row[] = [
  text("no user in the entry", "same", config().replace("  user:\n    token: secret\n", "")),
  variant("a user that is null", "same", { user: "" }),
  variant("certificate and key", "same", {
    user: `client-certificate-data: ${data.certificate}\nclient-key-data: ${data.key}`,
  }),
  variant("certificate and key, literal", "same", {
    user: `client-certificate-data: |\n  ${data.certificate}\nclient-key-data: |\n  ${data.key}`,
  }),
  variant("certificate without its key", "both refuse", { user: `client-certificate-data: ${data.certificate}` }),
  variant("key without a certificate", "same", { user: `client-key-data: ${data.key}\ntoken: t` }),
  variant("certificate with another's key", "both refuse", {
    user: `client-certificate-data: ${data.certificate}\nclient-key-data: ${data.foreignKey}`,
  }),
  variant("certificate: DATA+OMITTED", "both refuse", {
    user: "client-certificate-data: DATA+OMITTED\nclient-key-data: DATA+OMITTED",
  }),
  variant("key: DATA+OMITTED", "both refuse", {
    user: `client-certificate-data: ${data.certificate}\nclient-key-data: DATA+OMITTED`,
  }),
  variant("token: REDACTED", "same", { user: "token: REDACTED" }),
  variant("certificate that is none", "both refuse", {
    user: `client-certificate-data: ${base64("none")}\nclient-key-data: ${data.key}`,
  }),
  variant("key that is no base64", "both refuse", {
    user: `client-certificate-data: ${data.certificate}\nclient-key-data: "***"`,
  }),
  variant("certificate and key in files", "same", { user: "client-certificate: jane.crt\nclient-key: jane.key" }, pair),
  variant(
    "certificate in a file, key in the entry",
    "same",
    { user: `client-certificate: jane.crt\nclient-key-data: ${data.key}` },
    pair,
  ),
  variant(
    "certificate's file missing",
    "both refuse",
    { user: "client-certificate: gone.crt\nclient-key: jane.key" },
    pair,
  ),
  variant("key's file missing", "both refuse", { user: "client-certificate: jane.crt\nclient-key: gone.key" }, pair),
  variant(
    "key's file that cannot be read",
    "both refuse",
    { user: "client-certificate: jane.crt\nclient-key: jane.key" },
    { files: { "jane.crt": pem.certificate }, unreadable: ["jane.key"] },
  ),
  variant(
    "certificate and its file",
    "both refuse",
    {
      user: `client-certificate: jane.crt\nclient-certificate-data: ${data.certificate}\nclient-key-data: ${data.key}`,
    },
    pair,
  ),
  variant(
    "key and its file",
    "both refuse",
    { user: `client-certificate-data: ${data.certificate}\nclient-key: jane.key\nclient-key-data: ${data.key}` },
    pair,
  ),
  variant("token and certificate", "same", {
    user: `token: t\nclient-certificate-data: ${data.certificate}\nclient-key-data: ${data.key}`,
  }),
  variant("tokenFile, relative", "absolute-paths", { user: "tokenFile: token" }, { files: { token: "t\n" } }),
  variant("tokenFile that is missing", "both refuse", { user: "tokenFile: token" }),
  variant("token and tokenFile", "absolute-paths", { user: "token: t\ntokenFile: token" }, { files: { token: "t\n" } }),
  variant("username and password", "same", { user: "username: jane\npassword: secret" }),
  variant("password alone", "same", { user: "password: secret" }),
  variant("token, username and password", "both refuse", { user: "token: t\nusername: jane\npassword: secret" }),
  variant("impersonation", "same", {
    user: "token: t\nas: jane\nas-uid: '7'\nas-groups: [a, b]\nas-user-extra: {reason: [x]}",
  }),
  variant("impersonation without a user", "both refuse", { user: "token: t\nas-groups: [a]" }),
  variant("as-groups that is a text", "both refuse", { user: "token: t\nas: jane\nas-groups: a" }),
  variant("as-groups with a number", "both refuse", { user: "token: t\nas: jane\nas-groups: [1]" }),
  variant("as-groups with null", "same", { user: "token: t\nas: jane\nas-groups: [null, a]" }),
  variant("exec", "same", { user: exec(`${never}\nargs: [a, "b c"]\nenv: [{name: A, value: b}]`) }),
  variant("exec with null lists", "same", { user: exec(`${never}\nargs: null\nenv: null`) }),
  variant("exec with null in its lists", "both refuse", { user: exec(`${never}\nenv: [null]`) }),
  variant("exec with a number in its args", "both refuse", { user: exec(`${never}\nargs: [8080]`) }),
  variant("exec with a number in its env", "both refuse", { user: exec(`${never}\nenv: [{name: PORT, value: 8080}]`) }),
  variant("exec with a boolean in its env", "both refuse", {
    user: exec(`${never}\nenv: [{name: QUIET, value: true}]`),
  }),
  variant("exec without interactiveMode", "both refuse", { user: exec("args: []") }),
  variant("exec of v1beta1 without interactiveMode", "same", {
    user: 'exec:\n  apiVersion: client.authentication.k8s.io/v1beta1\n  command: "true"',
  }),
  variant("exec of v1alpha1", "both refuse", {
    user: 'exec:\n  apiVersion: client.authentication.k8s.io/v1alpha1\n  command: "true"',
  }),
  variant("exec with an unknown interactiveMode", "both refuse", { user: exec("interactiveMode: Sometimes") }),
  variant("exec without apiVersion", "both refuse", { user: 'exec:\n  command: "true"\n  interactiveMode: Never' }),
  variant("exec without a command", "both refuse", {
    user: "exec:\n  apiVersion: client.authentication.k8s.io/v1\n  interactiveMode: Never",
  }),
  variant("exec with a relative path", "absolute-paths", { user: exec(never).replace('"true"', "./bin/login") }),
  variant("exec with hints", "same", { user: exec(`${never}\ninstallHint: get it\nprovideClusterInfo: true`) }),
  variant("exec that is null", "same", { user: "token: t\nexec: null" }),
  variant("exec that is a text", "both refuse", { user: "exec: login" }),
  variant("exec and auth-provider", "both refuse", { user: `${exec(never)}\nauth-provider: {name: oidc}` }),
  variant("auth-provider oidc", "same", {
    user: "auth-provider:\n  name: oidc\n  config: {client-id: a, idp-issuer-url: 'https://127.0.0.1:1', id-token: x}",
  }),
  variant("auth-provider gcp", "both refuse", { user: "auth-provider:\n  name: gcp" }),
  variant("auth-provider with a number", "both refuse", {
    user: "auth-provider:\n  name: oidc\n  config: {expires: 1}",
  }),
  variant("extensions of a user", "same", { user: "token: t\nextensions:\n- name: a\n  extension: {b: c}" }),
  variant("fields that nobody knows, in a user", "same", { user: "token: t\nfoo: bar\nauthProvider: x" }),
  variant("a long token", "same", { user: `token: ${"t".repeat(200_000)}` }),
  variant("a token with spaces and quotes", "same", { user: `token: "a \\"b\\" 'c' "` }),
];
