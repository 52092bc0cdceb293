import { Command } from "commander";
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { addRequestCommand } from "../../../../cli/commands/request";
import { CommandContext } from "../../../../cli/command-context";
import { parseRequest } from "../../../../components/core/csr/certification-request";
import {
  declaredRequestManifest,
  defaultSignerName,
  issuanceRequestOf,
} from "../../../../components/core/csr/issuance-request";
import { expectError, rejectionOf } from "../../support/errors";
import { keyKinds, privateKey } from "../../support/test-authority";

/** Keeps results instead of printing them. */
class TestContext extends CommandContext {
  readonly results: unknown[] = [];

  readonly lines: string[] = [];

  override result(_format: unknown, data: unknown, lines: () => readonly string[]): void {
    this.results.push(data);
    this.lines.push(...lines());
  }
}

describe("request", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "kubernetes-user-request-"));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  async function request(...args: readonly string[]): Promise<unknown> {
    return (await run(...args)).results[0];
  }

  async function run(...args: readonly string[]): Promise<TestContext> {
    const context = new TestContext(new AbortController().signal);
    const program = new Command();
    addRequestCommand(program, context);
    await program.parseAsync(["request", "jane", ...args], { from: "user" });
    return context;
  }

  function keyFile(pem: string): string {
    const path = join(folder, "mine.key");
    writeFileSync(path, pem, { mode: 0o600 });
    return path;
  }

  it("names the manifest as one that is declared in a file, by its lifetime too", async () => {
    const key = keyFile(privateKey("ED25519"));
    const out = join(folder, "out");
    const made = await request("--key", key, "--manifest", "--lifetime", "7d", "--out", out);
    const parsed = parseRequest(readFileSync(join(out, "jane.csr"), "utf8"));
    const terms = { signerName: defaultSignerName, expirationSeconds: 604_800 };
    const expected = declaredRequestManifest(issuanceRequestOf(parsed, terms));
    expect(parse(readFileSync(join(out, "jane.yaml"), "utf8"))).toEqual(expected);
    expect(made).toMatchObject({ csrName: expected.metadata.name });
    expect(expected.metadata.name).toMatch(/^jane-[0-9a-f]{12}-604800s$/);
  });

  it("tells the fingerprint of the public key, for people and for programs", async () => {
    const out = join(folder, "out");
    const { results, lines } = await run("--group", "developers", "--out", out);
    const { fingerprint } = parseRequest(readFileSync(join(out, "jane.csr"), "utf8"));
    expect(results).toMatchObject([{ fingerprint }]);
    expect(lines).toContainEqual(expect.stringMatching(`^fingerprint  ${fingerprint} .*compare it with the approver`));
  });

  it.each(keyKinds)("takes a key of kind %s", async (kind) => {
    const size = Number(/\d{3,}/.exec(kind)?.[0] ?? 0) || 256;
    const made = await request("--key", keyFile(privateKey(kind)), "--out", join(folder, "out"));
    expect(made).toMatchObject({ keySize: kind === "ED25519" ? 256 : size });
  });

  it.each<[string, () => { privateKey: KeyObject }]>([
    ["X25519", () => generateKeyPairSync("x25519")],
    ["ED448", () => generateKeyPairSync("ed448")],
    ["RSA of 1024 bits", () => generateKeyPairSync("rsa", { modulusLength: 1024 })],
    ["RSA-PSS", () => generateKeyPairSync("rsa-pss", { modulusLength: 2048 })],
    ["EC on secp224r1", () => generateKeyPairSync("ec", { namedCurve: "P-224" })],
    ["EC on secp256k1", () => generateKeyPairSync("ec", { namedCurve: "secp256k1" })],
  ])("refuses a key of kind %s, and makes nothing", async (kind, generate) => {
    const pem = generate().privateKey.export({ format: "pem", type: "pkcs8" }).toString();
    const key = keyFile(pem);
    const error = await rejectionOf(request("--key", key, "--out", join(folder, "out")));
    expectError(
      error,
      "file-unreadable",
      "mine.key",
      "cannot be used",
      kind.replace("RSA of ", ""),
      "Name another key",
    );
    expect(error.message).not.toContain(pem.split("\n")[1]);
    expect(readdirSync(folder)).toEqual(["mine.key"]);
  });
});
