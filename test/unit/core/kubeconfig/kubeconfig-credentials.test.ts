import { omittedData, wrongCredentials } from "../../../../components/core/kubeconfig/kubeconfig-credentials";
import { secretWord } from "../../support/secrets";
import { authority, privateKey, requestOf, signCertificate } from "../../support/test-authority";

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

const identity = { username: "jane", groups: [] };
const times = { notBefore: Date.now(), notAfter: Date.now() + 3_600_000 };
const certificate = base64(signCertificate({ ...identity, ...times, request: requestOf(identity) }));
const [key, foreignKey] = [base64(privateKey()), base64(privateKey("P384"))];
const noKey = base64(`-----BEGIN PRIVATE KEY-----\n${secretWord}\n-----END PRIVATE KEY-----\n`);
const files = ["/jane.crt", "/jane.key", "/token"];

function wrong(user: Readonly<Record<string, unknown>>): string | undefined {
  return wrongCredentials({ name: "jane", value: user }, (path) => files.includes(path));
}

const plugin = { apiVersion: "client.authentication.k8s.io/v1", command: "login", interactiveMode: "Never" };

describe("wrongCredentials", () => {
  it.each<[string, Readonly<Record<string, unknown>>]>([
    ["nothing", {}],
    ["fields that are empty", { token: "", "client-certificate": "", "client-key-data": null, exec: null }],
    ["a token", { token: "t" }],
    ["a token as kubectl config view hides it", { token: "REDACTED" }],
    ["certificate and key", { "client-certificate-data": certificate, "client-key-data": key }],
    ["a literal block of base64", { "client-certificate-data": `${certificate}\n`, "client-key-data": `${key}\n` }],
    [
      "parameters before the key, as openssl writes them",
      {
        "client-certificate-data": certificate,
        "client-key-data": base64(
          `-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n${privateKey()}`,
        ),
      },
    ],
    [
      "text before the certificate",
      {
        "client-certificate-data": base64(`Subject: me\n${Buffer.from(certificate, "base64").toString()}`),
        "client-key-data": key,
      },
    ],
    ["files", { "client-certificate": "/jane.crt", "client-key": "/jane.key" }],
    ["a file and data", { "client-certificate": "/jane.crt", "client-key-data": foreignKey }],
    ["a token's file", { tokenFile: "/token" }],
    ["a key alone", { token: "t", "client-key-data": key }],
    ["username and password", { username: "jane", password: "p" }],
    ["impersonation", { token: "t", as: "jane", "as-uid": "7", "as-groups": ["a"], "as-user-extra": { a: ["b"] } }],
    ["empty impersonation", { token: "t", "as-groups": [], "as-user-extra": {} }],
    ["a plugin", { exec: { ...plugin, args: null, env: [{ name: "A", value: "" }] } }],
    ["a plugin that may ask", { exec: { ...plugin, interactiveMode: "IfAvailable" } }],
    ["a plugin that has to ask", { exec: { ...plugin, interactiveMode: "Always" } }],
    ["a plugin of the older version", { exec: { apiVersion: "client.authentication.k8s.io/v1beta1", command: "a" } }],
    ["oidc", { "auth-provider": { name: "oidc" } }],
  ])("takes %s", (_, user) => {
    expect(wrong(user)).toBeUndefined();
  });

  it.each<[string, Readonly<Record<string, unknown>>]>([
    ["client-certificate-data is DATA+OMITTED", { "client-certificate-data": "DATA+OMITTED" }],
    ["client-key-data holds no PEM private key", { "client-certificate-data": certificate, "client-key-data": noKey }],
    ["client-key-data is DATA+OMITTED", { "client-certificate-data": certificate, "client-key-data": "DATA+OMITTED" }],
    [
      "both client-certificate and client-certificate-data",
      { "client-certificate": "/a", "client-certificate-data": certificate },
    ],
    ["both client-key and client-key-data", { "client-key": "/a", "client-key-data": secretWord }],
    ["a certificate but no private key", { "client-certificate-data": certificate }],
    ["a certificate but no private key", { "client-certificate": "/jane.crt", "client-key-data": "" }],
    ["the file of its client-certificate cannot be read", { "client-certificate": "/gone", "client-key": "/jane.key" }],
    ["the file of its client-key cannot be read", { "client-certificate": "/jane.crt", "client-key": "/gone" }],
    ["its tokenFile cannot be read", { tokenFile: "/gone", token: "t" }],
    [
      "client-certificate-data holds no PEM certificate",
      { "client-certificate-data": base64(secretWord), "client-key-data": key },
    ],
    [
      "client-certificate-data holds no PEM certificate",
      {
        "client-certificate-data": base64("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"),
        "client-key-data": key,
      },
    ],
    [
      "client-key-data holds no PEM private key",
      { "client-certificate-data": certificate, "client-key-data": base64(secretWord) },
    ],
    [
      "client-key-data holds no PEM private key",
      { "client-certificate-data": certificate, "client-key-data": foreignKey },
    ],
    [
      "client-key-data holds no PEM private key",
      { "client-certificate-data": base64(authority.certificatePem), "client-key-data": key },
    ],
    ["both exec and auth-provider", { exec: plugin, "auth-provider": { name: "oidc" } }],
    ["exec.command is missing", { exec: { ...plugin, command: "" } }],
    ["exec.apiVersion is missing", { exec: { ...plugin, apiVersion: undefined } }],
    [
      "exec.apiVersion is missing or none of",
      { exec: { ...plugin, apiVersion: "client.authentication.k8s.io/v1alpha1" } },
    ],
    ["exec.interactiveMode is missing", { exec: { ...plugin, interactiveMode: undefined } }],
    ["exec.interactiveMode is missing or none of", { exec: { ...plugin, interactiveMode: "Sometimes" } }],
    [
      "exec.env[1].name is missing",
      {
        exec: {
          ...plugin,
          env: [
            { name: "A", value: "b" },
            { name: "", value: secretWord },
          ],
        },
      },
    ],
    ["exec.env[0].name is missing", { exec: { ...plugin, env: [null] } }],
    ["Use the exec plugin gke-gcloud-auth-plugin", { "auth-provider": { name: "gcp" } }],
    ["Use the exec plugin kubelogin", { "auth-provider": { name: "azure" } }],
    ["Use an exec plugin", { "auth-provider": { name: secretWord } }],
    ["both a token and a username or a password", { token: secretWord, username: "jane" }],
    ["both a token and a username or a password", { token: secretWord, password: secretWord }],
    ["as-uid, as-groups or as-user-extra and no as", { token: "t", "as-uid": "7" }],
    ["as-uid, as-groups or as-user-extra and no as", { token: "t", "as-groups": ["a"] }],
    ["as-uid, as-groups or as-user-extra and no as", { token: "t", "as-user-extra": { a: [] } }],
  ])("says %s", (words, user) => {
    expect(wrong(user)).toContain(words);
    expect(wrong(user)).not.toContain(secretWord);
  });
});

describe("omittedData", () => {
  it("says how the file is made with what was left out", () => {
    expect(omittedData("client-key-data", "DATA+OMITTED")).toContain('"kubectl config view --raw --minify --flatten"');
    expect(omittedData("client-key-data", "YQ==")).toBeUndefined();
  });
});
