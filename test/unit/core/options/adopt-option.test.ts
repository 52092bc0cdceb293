import { createPrivateKey } from "node:crypto";
import { checkUser } from "../../../../components/core/options/user-options";
import { notYetKnown } from "../../../../components/core/options/validation-errors";
import { expectError } from "../../support/errors";
import { privateKey, requestOf, signCertificate } from "../../support/test-authority";
import { refusalOf, subject } from "../../support/user-options";

const now = Date.UTC(2026, 10, 1);
const jane = { username: "jane", groups: [] };
const request = requestOf(jane);
const certificateFor = (pkcs10: string): string =>
  signCertificate({ ...jane, request: pkcs10, notBefore: now, notAfter: now + 86_400_000 });
const certificate = certificateFor(request);
const adopt = { certificate, privateKey: privateKey() };

describe("adopt", () => {
  it.each<[string, object]>([
    ["with its key", { adopt }],
    [
      "with a key in another encoding",
      { adopt: { certificate, privateKey: createPrivateKey(privateKey()).export({ format: "pem", type: "sec1" }) } },
    ],
    ["with the owner's request", { request, adopt: { certificate } }],
    ["that is not known yet", { adopt: notYetKnown }],
    ["whose parts are not known yet", { adopt: { certificate: notYetKnown, privateKey: notYetKnown } }],
    ["whose key is not known yet", { adopt: { certificate, privateKey: notYetKnown } }],
    // What is declared may have changed since: then the certificate is not read any more.
    ["of another name and other groups", { username: "june", groups: ["a"], adopt }],
    ["of the key that the owner had before", { request: requestOf(jane, "P384"), adopt: { certificate } }],
  ])("takes a certificate %s", (_, options) => {
    expect(() => {
      checkUser(subject, { username: "jane", ...options });
    }).not.toThrow();
  });

  it.each<[string, object, string]>([
    ["no object", { adopt: certificate }, "adopt: expected an object, got a text of"],
    ["what comes to nothing", { adopt: null }, "adopt: expected an object, got null"],
    ["no certificate", { adopt: { privateKey: privateKey() } }, "adopt.certificate: expected a non-empty string"],
    ["a number", { adopt: { ...adopt, certificate: 5 } }, "adopt.certificate: expected a non-empty string, got 5"],
    ["another option", { adopt: { ...adopt, key: "k" } }, "adopt.key: unknown option"],
    [
      "a key in its place",
      { adopt: { ...adopt, certificate: privateKey() } },
      "adopt.certificate: expected the certificate that the person has, in PEM: it holds a private key",
    ],
    [
      "a certificate in place of the key",
      { adopt: { ...adopt, privateKey: certificate } },
      "adopt.privateKey: expected the certificate's private key, in PEM: it has no",
    ],
    [
      "neither key nor request",
      { adopt: { certificate } },
      "adopt.privateKey: expected the certificate's private key, in PEM, got nothing. If the key is to stay with its owner, give request",
    ],
    ["both key and request", { request, adopt }, "adopt.privateKey: it cannot be combined with request"],
    [
      "another's key",
      { adopt: { certificate, privateKey: privateKey("P384") } },
      "adopt.certificate: it is not for the key of adopt.privateKey",
    ],
    ["a kind of key", { adopt, privateKey: { algorithm: "RSA" } }, "privateKey: it cannot be combined with adopt"],
    ["a rotation", { adopt, rotation: "1" }, "rotation: it cannot be combined with adopt"],
    [
      "a kind of key beside what is not known yet",
      { adopt: notYetKnown, privateKey: {} },
      "privateKey: it cannot be combined with adopt",
    ],
  ])("refuses %s", (_, options, message) => {
    const error = refusalOf({ username: "jane", ...options });
    expectError(error, "invalid-arguments", message);
    for (const key of [privateKey(), privateKey("P384")]) {
      expect(error.message).not.toContain(key.split("\n")[1]);
    }
  });

  it("is judged by its key where a policy judges keys", () => {
    const rsa = { certificate: certificateFor(requestOf(jane, "RSA 2048")), privateKey: privateKey("RSA 2048") };
    const judged = (policy: object, adopt: object): object => ({ username: "jane", adopt, approval: { policy } });
    const error = refusalOf(judged({ allowedKeyAlgorithms: ["ECDSA"], minRsaBits: 3072 }, rsa));
    expectError(error, "policy-violated", "key algorithm", "RSA key: expected at least 3072 bits, got 2048");
    for (const one of [adopt, { ...rsa, privateKey: notYetKnown }]) {
      expect(() => {
        checkUser(subject, judged({ allowedKeyAlgorithms: ["ECDSA"], minRsaBits: 3072 }, one));
      }).not.toThrow();
    }
  });
});
