import { type Row, base64, config, data, pem, server, text, variant } from "./row.mts";

const authorityData = `certificate-authority-data: ${data.authority}`;
const lines = data.authority.match(/.{1,64}/g)?.join("\n  ") ?? "";
/** Base64 that ends with two signs of padding. */
const padded = base64(pem.authority.padEnd(Math.ceil(pem.authority.length / 3) * 3 + 1, "\n"));
const ca = { files: { "ca.crt": pem.authority } };

function at(address: string, expected: Row["expected"], cluster = ""): Row {
  return variant(`server: ${address}${cluster === "" ? "" : ", with CA data"}`, expected, {
    server: `server: ${address}`,
    cluster,
  });
}

/** The fields of a cluster entry. */
export const clusters: readonly Row[] = [
  variant("CA data", "same", { cluster: authorityData }),
  variant("CA data in quotes", "same", { cluster: `certificate-authority-data: "${data.authority}"` }),
  variant("CA data, literal", "same", { cluster: `certificate-authority-data: |\n  ${lines}` }),
  variant("CA data, folded, which puts spaces into it", "both refuse", {
    cluster: `certificate-authority-data: >-\n  ${lines}`,
  }),
  variant("CA data over several lines", "both refuse", { cluster: `certificate-authority-data:\n  ${lines}` }),
  variant("CA data with spaces around, in quotes", "both refuse", {
    cluster: `certificate-authority-data: " ${data.authority}"`,
  }),
  variant("CA data with a line break at the end", "same", {
    cluster: `certificate-authority-data: "${data.authority}\\n"`,
  }),
  variant("CA data without padding", "both refuse", {
    cluster: `certificate-authority-data: ${padded.replace(/=+$/, "")}`,
  }),
  variant("CA data with bits in its padding", "same", {
    cluster: `certificate-authority-data: ${padded.replace(/Cg==$/, "Ch==")}`,
  }),
  variant("CA data in base64url", "both refuse", {
    cluster: `certificate-authority-data: ${data.authority.slice(0, -4)}_-_-`,
  }),
  variant("CA data that is PEM, not base64", "both refuse", {
    cluster: `certificate-authority-data: |\n  ${pem.authority.trim().replaceAll("\n", "\n  ")}`,
  }),
  variant("CA data: DATA+OMITTED", "both refuse", { cluster: "certificate-authority-data: DATA+OMITTED" }),
  variant("CA data that holds no certificate", "both refuse", {
    cluster: `certificate-authority-data: ${base64("no certificate")}`,
  }),
  variant("CA data that holds DER", "both refuse", {
    cluster: `certificate-authority-data: ${base64(Buffer.from(pem.authority.replace(/-----.*-----|\n/g, ""), "base64"))}`,
  }),
  variant("CA data that holds a broken certificate", "both refuse", {
    cluster: `certificate-authority-data: ${base64("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")}`,
  }),
  variant("CA data with a broken certificate and a good one", "same", {
    cluster: `certificate-authority-data: ${base64(`-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n${pem.authority}`)}`,
  }),
  variant("CA data with text around the certificates", "same", {
    cluster: `certificate-authority-data: ${base64(`Subject: me\n${pem.authority}\n# second\n${pem.certificate}`)}`,
  }),
  variant("CA data with CRLF", "same", {
    cluster: `certificate-authority-data: ${base64(pem.authority.replaceAll("\n", "\r\n"))}`,
  }),
  variant("CA data that is a leaf's certificate", "same", {
    cluster: `certificate-authority-data: ${data.certificate}`,
  }),
  variant("CA data with a private key in it", "private-keys", {
    cluster: `certificate-authority-data: ${base64(pem.authority + pem.key)}`,
  }),
  variant("CA data that is empty", "same", { cluster: 'certificate-authority-data: ""' }),
  variant("CA data: null", "same", { cluster: "certificate-authority-data: null" }),
  variant("CA file, absolute by its folder", "same", { cluster: "certificate-authority: ./ca.crt" }, ca),
  variant("CA file, relative", "same", { cluster: "certificate-authority: ca.crt" }, ca),
  variant(
    "CA file with text that is no UTF-8",
    "same",
    { cluster: "certificate-authority: ca.crt" },
    { files: { "ca.crt": Buffer.concat([Buffer.from([0xe9, 0x0a]), Buffer.from(pem.authority)]) } },
  ),
  variant("CA file that is missing", "both refuse", { cluster: "certificate-authority: ca.crt" }),
  variant(
    "CA file that is a folder",
    "both refuse",
    { cluster: "certificate-authority: folder" },
    { files: { folder: undefined } },
  ),
  variant("CA file that is empty", "same", { cluster: "certificate-authority: ca.crt" }, { files: { "ca.crt": "" } }),
  variant("CA file in ~, which nobody expands", "both refuse", { cluster: "certificate-authority: ~/ca.crt" }, ca),
  variant("CA file and CA data", "both refuse", { cluster: `certificate-authority: ca.crt\n${authorityData}` }, ca),
  variant("CA file that is missing, and CA data", "both refuse", {
    cluster: `certificate-authority: ca.crt\n${authorityData}`,
  }),
  variant("insecure-skip-tls-verify", "same", { cluster: "insecure-skip-tls-verify: true" }),
  variant("insecure-skip-tls-verify beside CA data", "both refuse", {
    cluster: `insecure-skip-tls-verify: true\n${authorityData}`,
  }),
  variant(
    "insecure-skip-tls-verify beside a CA file",
    "both refuse",
    { cluster: "insecure-skip-tls-verify: true\ncertificate-authority: ca.crt" },
    ca,
  ),
  variant("insecure-skip-tls-verify: false beside CA data", "same", {
    cluster: `insecure-skip-tls-verify: false\n${authorityData}`,
  }),
  variant("tls-server-name", "same", { cluster: `tls-server-name: kubernetes.default\n${authorityData}` }),
  variant("disable-compression", "same", { cluster: "disable-compression: true" }),
  variant("disable-compression: false", "same", { cluster: "disable-compression: false" }),
  variant('disable-compression: "true"', "both refuse", { cluster: 'disable-compression: "true"' }),
  variant("proxy-url, http", "same", { cluster: "proxy-url: http://127.0.0.1:1" }),
  variant("proxy-url, socks5", "same", { cluster: "proxy-url: socks5://127.0.0.1:1" }),
  variant("proxy-url with a password", "same", { cluster: "proxy-url: http://user:secret@127.0.0.1:1" }),
  variant("proxy-url, ftp", "both refuse", { cluster: "proxy-url: ftp://127.0.0.1:1" }),
  variant("proxy-url, socks5h", "both refuse", { cluster: "proxy-url: socks5h://127.0.0.1:1" }),
  variant("proxy-url without a scheme", "both refuse", { cluster: "proxy-url: proxy.test:8080" }),
  variant("proxy-url that is no URL", "both refuse", { cluster: 'proxy-url: "http://[::1"' }),
  variant("proxy-url that is empty", "same", { cluster: 'proxy-url: ""' }),
  variant("extensions of a cluster, for its exec plugin", "same", {
    cluster:
      "extensions:\n- name: client.authentication.k8s.io/exec\n  extension: {audience: a, list: [1, true, null]}",
  }),
  variant("extensions of a cluster, as minikube writes", "extensions", {
    cluster: "extensions:\n- name: cluster_info\n  extension: {last-update: today, provider: minikube.sigs.k8s.io}",
  }),
  variant("fields that nobody knows", "same", { cluster: "api-version: v1\nfoo: [1]" }),
  variant("fields in another case", "same", { cluster: "Insecure-Skip-TLS-Verify: true\nSERVER: https://127.0.0.1:2" }),
  variant("server in another case only", "no-server", { server: `Server: ${server}` }),
  text("no cluster in the entry", "no-server", config().replace(`  cluster:\n    server: ${server}\n`, "")),
  variant("server missing", "no-server", { server: "tls-server-name: a" }),
  variant("server empty", "no-server", { server: 'server: ""', cluster: "tls-server-name: a" }),
  at("https://127.0.0.1:1/", "same"),
  at("https://127.0.0.1:1/k8s/clusters/c-1", "same"),
  at("https://127.0.0.1:1/a//b/", "same"),
  at("https://127.0.0.1:1/a%20b", "same"),
  at("HTTPS://127.0.0.1:1", "same"),
  at('"https://[::1]:1"', "same"),
  at('"https://[fe80::1%25lo]:1"', "same"),
  at('"https://[fe80::1%25lo]:1/path"', "same"),
  at('"https://[fe80::1%lo]:1"', "both refuse"),
  at('"https://[::1"', "both refuse"),
  at('"https://127.0.0.1:x"', "both refuse"),
  at('"https://127.0.0.1:1 "', "both refuse"),
  at('" https://127.0.0.1:1"', "both refuse"),
  at('"https://127.0.0.1 :1"', "both refuse"),
  at('"https://127.0.0.1:1/a b"', "odd-servers"),
  at('"https://127.0.0.1:1/?a=b"', "odd-servers"),
  at('"https://127.0.0.1:1/#a"', "odd-servers"),
  at('"https://"', "both refuse"),
  at('"https:///path"', "both refuse"),
  at('"https://:1"', "odd-servers"),
  at('"https://a\\tb:1"', "both refuse"),
  at('"https://a\\nb:1"', "both refuse"),
  at("http://127.0.0.1:1", "http"),
  at("127.0.0.1:1", "http"),
  at("127.0.0.1:1", "scheme", authorityData),
  at("localhost", "http"),
  at("ftp://127.0.0.1:1", "both refuse"),
  at("https://user:secret@127.0.0.1:1", "credentials-in-server"),
];
