import { WrongAnswer, readAnswer } from "../../../../components/cluster/credentials/exec-answer";
import * as certificates from "@kubernetes-user/toolchain/certificates";
import { secretWord } from "../../support/secrets";

const apiVersion = "client.authentication.k8s.io/v1";
const authority = certificates.certificateAuthority("authority");
const jane = certificates.clientCertificate(authority, { commonName: "jane" });
const pair = { clientCertificateData: jane.certificatePem, clientKeyData: jane.keyPem };

const answer = (status: unknown, more: object = {}): string =>
  JSON.stringify({ kind: "ExecCredential", apiVersion, status, ...more });

describe("readAnswer", () => {
  it.each([
    ["a token", answer({ token: "t" }), { token: "t", certificate: undefined, expires: undefined }],
    ["a certificate", answer(pair), { certificate: { cert: jane.certificatePem, key: jane.keyPem } }],
    ["both", answer({ token: "t", ...pair }), { token: "t", certificate: { cert: jane.certificatePem } }],
    ["empty texts as if missing", answer({ token: "t", clientCertificateData: "", clientKeyData: "" }), { token: "t" }],
    [
      "a time",
      answer({ token: "t", expirationTimestamp: "2026-11-01T12:00:00+01:00" }),
      { expires: Date.UTC(2026, 10, 1, 11) },
    ],
    ["no time", answer({ token: "t", expirationTimestamp: null }), { expires: undefined }],
    [
      "YAML with a merge key",
      `kind: ExecCredential\napiVersion: ${apiVersion}\nstatus:\n  <<: { token: t }\n`,
      { token: "t" },
    ],
    ["YAML", `kind: ExecCredential\napiVersion: ${apiVersion}\nstatus:\n  token: t\n`, { token: "t" }],
  ])("reads %s", (_, text, expected) => {
    expect(readAnswer(text, apiVersion)).toMatchObject(expected);
  });

  it.each([
    ["", "did not print an ExecCredential"],
    [secretWord, "did not print an ExecCredential"],
    [`{"kind":"${secretWord}"`, "did not print an ExecCredential"],
    ["[]", "did not print an ExecCredential"],
    [answer({ token: secretWord }, { kind: undefined }), "did not print an ExecCredential"],
    [answer({ token: secretWord }, { kind: secretWord }), "did not print an ExecCredential"],
    [answer({ token: secretWord }, { apiVersion: undefined }), "another apiVersion"],
    [answer({ token: secretWord }, { apiVersion: secretWord }), "another apiVersion"],
    [answer({ token: secretWord }, { apiVersion: "client.authentication.k8s.io/v1beta1" }), "another apiVersion"],
    [answer(undefined, { spec: { token: secretWord } }), "no status"],
    [answer(secretWord), "no status"],
    [answer({}), "neither a token nor a certificate"],
    [answer({ token: "", secret: secretWord }), "neither a token nor a certificate"],
    [answer({ token: 1 }), "token is not a text"],
    [answer({ token: secretWord, clientKeyData: secretWord }), "only one of"],
    [answer({ token: secretWord, clientCertificateData: jane.certificatePem }), "only one of"],
    [answer({ clientCertificateData: secretWord, clientKeyData: secretWord }), "not PEM"],
    [answer({ ...pair, clientKeyData: authority.keyPem }), "not PEM of one certificate and its key"],
    [answer({ token: secretWord, expirationTimestamp: secretWord }), "expirationTimestamp"],
    [answer({ token: secretWord, expirationTimestamp: "2026-02-30T00:00:00Z" }), "expirationTimestamp"],
    [answer({ token: secretWord, expirationTimestamp: 1 }), "expirationTimestamp"],
  ])("refuses %s, and shows nothing of it", (text, words) => {
    const read = (): unknown => readAnswer(text, apiVersion);
    expect(read).toThrow(WrongAnswer);
    expect(read).toThrow(words);
    expect(read).not.toThrow(secretWord);
  });
});
