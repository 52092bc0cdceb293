/** A word that stands in every secret below, and that nothing may show. */
export const secretWord = "SEEKRIT";

const chunk = `${secretWord}0`.repeat(8);

/** A private key as openssl writes it. */
export const privateKeyPem = `-----BEGIN PRIVATE KEY-----\n${chunk}\n${chunk}\n-----END PRIVATE KEY-----\n`;

/** A bearer token as service accounts have it. */
export const token = `eyJhbGciOiJSUzI1NiJ9.eyJ${secretWord}.${secretWord}`;

/** An administrator's kubeconfig in YAML. */
export const kubeconfigYaml = `apiVersion: v1
kind: Config
current-context: prod
clusters:
  - name: prod
    cluster: { server: https://prod.test:6443 }
users:
  - name: admin
    user:
      token: ${token}
      client-key-data: ${Buffer.from(privateKeyPem).toString("base64")}
  - name: other
    user: { username: other, password: ${secretWord} }
contexts:
  - name: prod
    context: { cluster: prod, user: admin }
`;

/** An administrator's kubeconfig in JSON, short enough to be quoted whole. */
export const kubeconfigJson = `{"users":[{"name":"a","user":{"token":"${secretWord}"}}]}`;

/** Everything that must not be shown, by what it is. */
export const secrets: readonly (readonly [string, string])[] = [
  ["a private key", privateKeyPem],
  ["a token", token],
  ["a kubeconfig in YAML", kubeconfigYaml],
  ["a kubeconfig in JSON", kubeconfigJson],
];
