import { createPrivateKey, createPublicKey } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type StoredCredential,
  formatCredential,
  readCredential,
  storeCredential,
} from "../../../../cli/credential/stored-credential";
import { publicationPath } from "../../../../components/core/rbac/published-certificate";
import { errorOf, expectError } from "../../support/errors";
import { privateKey, requestOf, signCertificate } from "../../support/test-authority";

const now = Date.UTC(2026, 10, 1);
const identity = { username: "jane", groups: [] };
const validity = { notBefore: now, notAfter: now + 86_400_000 };
const certificate = signCertificate({ ...identity, request: requestOf(identity), ...validity });
const path = publicationPath(createPublicKey(createPrivateKey(privateKey())), "dev");

const stored: StoredCredential = {
  cluster: { name: "prod", server: "https://prod.test/path", tlsServerName: "prod" },
  path,
  sources: ["https://files.test/jane", "/mnt/jane"],
  certificate,
  privateKey: privateKey(),
  renewAfter: "2026-11-01T08:00:00Z",
  askedAt: "2026-11-01T00:00:00Z",
  askAfter: "2026-11-01T08:00:00Z",
  toldAt: undefined,
};

describe("a credential file", () => {
  let folder: string;
  let file: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "kubernetes-user-stored-"));
    file = join(folder, "state", "jane.json");
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it("is read as it was stored, is its owner's alone, and lies there alone", async () => {
    await storeCredential(file, stored);
    expect(readCredential(file).stored).toEqual(stored);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(folder, "state"))).toEqual(["jane.json"]);
  });

  it("takes away what a killed writer has left, and nothing else", async () => {
    const old = new Date(Date.now() - 120_000);
    for (const name of ["jane.json.123", "jane.json.456", "jane.json.backup"]) {
      writeFileSync(join(folder, "state", name), "");
    }
    utimesSync(join(folder, "state/jane.json.123"), old, old);
    utimesSync(join(folder, "state/jane.json.backup"), old, old);
    await storeCredential(file, stored);
    expect(readdirSync(join(folder, "state")).sort()).toEqual(["jane.json", "jane.json.456", "jane.json.backup"]);
  });

  const content = JSON.parse(formatCredential(stored)) as Record<string, unknown>;
  const other = requestOf(identity, "P384");
  it.each([
    ["no JSON", "{", "is not JSON"],
    ["another format", { ...content, format: "v2" }, "format"],
    ["no key", { ...content, privateKey: undefined }, "privateKey"],
    ["half a key", { ...content, privateKey: privateKey().slice(0, 60) }, "privateKey"],
    ["no certificate", { ...content, certificate: 7 }, "certificate"],
    [
      "another's certificate",
      { ...content, certificate: signCertificate({ ...identity, request: other, ...validity }) },
      "does not match its key",
    ],
    ["a path to somewhere else", { ...content, path: "/api/v1/secrets" }, "path"],
    ["a path for another key", { ...content, path: `${path.slice(0, -1)}x` }, "path"],
    ["no time", { ...content, askAfter: "soon" }, "askAfter"],
    ["no cluster", { ...content, cluster: {} }, "cluster"],
    ["sources that are no list", { ...content, sources: "https://files.test" }, "sources"],
  ])("is refused with %s, and nothing of it is shown", (_, changed, word) => {
    const broken = join(folder, "broken.json");
    writeFileSync(broken, typeof changed === "string" ? changed : JSON.stringify(changed));
    const error = errorOf(() => readCredential(broken));
    expectError(error, "file-unreadable", word);
    expect(error.message).not.toMatch(/BEGIN|MII|secrets/);
  });

  it("with a server over http is refused", () => {
    const broken = join(folder, "http.json");
    const cluster = { name: "prod", cluster: { server: "http://prod.test" } };
    writeFileSync(broken, JSON.stringify({ ...content, cluster }));
    expectError(
      errorOf(() => readCredential(broken)),
      "kubeconfig-unreadable",
      "https",
    );
  });
});
