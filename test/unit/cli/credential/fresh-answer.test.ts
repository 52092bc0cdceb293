import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freshAnswer } from "../../../../cli/credential/fresh-answer";

const now = Date.UTC(2026, 10, 1);
const minute = 60_000;
const iso = (milliseconds: number): string => new Date(milliseconds).toISOString();

describe("freshAnswer", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "kubernetes-user-fresh-"));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  function answer(content: unknown): string | undefined {
    const file = join(folder, "credential.json");
    writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
    return freshAnswer(file, now);
  }

  const stored = {
    certificate: "certificate",
    privateKey: "key",
    askedAt: iso(now - minute),
    askAfter: iso(now + minute),
  };

  it("answers in kubectl's words until it is time to ask", () => {
    expect(JSON.parse(answer(stored) ?? "")).toEqual({
      apiVersion: "client.authentication.k8s.io/v1",
      kind: "ExecCredential",
      status: {
        expirationTimestamp: stored.askAfter,
        clientCertificateData: "certificate",
        clientKeyData: "key",
      },
    });
  });

  it("does not answer once it is time to ask", () => {
    expect(answer({ ...stored, askAfter: iso(now) })).toBeUndefined();
    expect(answer({ ...stored, askAfter: iso(now + 1) })).toBeDefined();
  });

  it("does not answer when the clock was set back, but for a correction", () => {
    expect(answer({ ...stored, askedAt: iso(now + 6 * minute) })).toBeUndefined();
    expect(answer({ ...stored, askedAt: iso(now + 4 * minute) })).toBeDefined();
  });

  it.each([
    ["no file's content", ""],
    ["half a file", '{"certificate":"'],
    ["null", "null"],
    ["a list", "[]"],
    ["a number for a text", { ...stored, certificate: 7 }],
    ["no key", { ...stored, privateKey: undefined }],
    ["a time that is none", { ...stored, askAfter: "later" }],
    ["no time of the last look", { ...stored, askedAt: "" }],
  ])("leaves %s to those who can say what is wrong", (_, content) => {
    expect(answer(content)).toBeUndefined();
  });

  it("leaves a missing file to those who can say what is wrong", () => {
    expect(freshAnswer(join(folder, "none.json"), now)).toBeUndefined();
  });
});
