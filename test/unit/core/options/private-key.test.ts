import { checkOptions } from "../../../../components/core/options/option-table";
import { notYetKnown } from "../../../../components/core/options/validation-errors";
import { keyOptions, resolveKey } from "../../../../components/core/options/private-key";
import { problemsOf } from "../../support/errors";

describe("the options of a private key", () => {
  it.each([
    undefined,
    notYetKnown,
    {},
    { algorithm: "ECDSA", ecdsaCurve: "P521" },
    { ecdsaCurve: "P384" },
    { algorithm: "RSA", rsaBits: 2048 },
    { algorithm: "ED25519" },
    { algorithm: notYetKnown, rsaBits: 4096, ecdsaCurve: "P256" },
    { algorithm: "RSA", rsaBits: notYetKnown },
  ])("passes %p", (key) => {
    expect(
      problemsOf((errors) => {
        checkOptions(errors, "privateKey", key, keyOptions);
      }),
    ).toEqual([]);
  });

  it.each([
    ["privateKey", "ECDSA", "expected an object"],
    ["privateKey.algorithm", { algorithm: "DSA" }, '"ECDSA", "RSA", "ED25519", got "DSA"'],
    ["privateKey.algorithm", { algorithm: null }, "got null"],
    ["privateKey.ecdsaCurve", { ecdsaCurve: "P224" }, '"P256", "P384", "P521", got "P224"'],
    ["privateKey.rsaBits", { algorithm: "RSA", rsaBits: 1024 }, "2048, 3072, 4096, got 1024"],
    ["privateKey.rsaBits", { algorithm: "RSA", rsaBits: "2048" }, 'got "2048"'],
    ["privateKey.rsaBits", { rsaBits: 2048 }, "an ECDSA key has no size to choose"],
    ["privateKey.rsaBits", { algorithm: "ED25519", rsaBits: 2048 }, "an ED25519 key has no size"],
    ["privateKey.ecdsaCurve", { algorithm: "RSA", ecdsaCurve: "P256" }, "an RSA key has no curve to choose"],
    ["privateKey.ecdsaCurve", { algorithm: "ED25519", ecdsaCurve: "P256" }, "an ED25519 key has no curve"],
    ["privateKey.curve", { curve: "P256" }, "unknown option"],
  ])("notes at %s what is wrong with %p", (path, key, words) => {
    expect(
      problemsOf((errors) => {
        checkOptions(errors, "privateKey", key, keyOptions);
      }),
    ).toEqual([{ path, message: expect.stringContaining(words) as string }]);
  });
});

describe("resolveKey", () => {
  it.each([
    [undefined, { algorithm: "ECDSA", ecdsaCurve: "P256" }],
    [{ ecdsaCurve: "P384" }, { algorithm: "ECDSA", ecdsaCurve: "P384" }],
    [{ algorithm: "RSA" }, { algorithm: "RSA", rsaBits: 3072 }],
    [
      { algorithm: "RSA", rsaBits: 4096 },
      { algorithm: "RSA", rsaBits: 4096 },
    ],
    [{ algorithm: "ED25519" }, { algorithm: "ED25519" }],
  ] as const)("fills in the defaults of %p", (key, expected) => {
    expect(resolveKey(key)).toEqual(expected);
  });
});
