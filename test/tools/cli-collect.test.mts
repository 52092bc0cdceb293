import { statSync } from "node:fs";
import { readFile, readdir } from "node:fs/promises";

import { parse } from "yaml";
import { Folder, cli, serviceAccountKubeconfig, submit } from "../engine/support/cli.mts";
import { kubectl } from "../engine/support/commands.mts";
import { failRequest, signRequest, testSigner } from "../engine/support/test-signer.mts";

interface Collected {
  readonly csrName: string;
  readonly status: string;
  readonly details: readonly string[];
  readonly file?: string;
}

describe("kubernetes-user collect", () => {
  let folder: Folder;
  /** Names of the requests, by their users. */
  const names: Record<string, string> = {};

  beforeAll(async () => {
    folder = await Folder.create();
    for (const user of ["issued", "pending", "approved", "denied", "failed", "wrong"]) {
      const other = ["approved", "failed", "wrong"].includes(user) ? ["--signer-name", testSigner] : [];
      names[user] = await submit(folder, `collect-${user}`, ...other);
    }
    await kubectl(`certificate approve ${String(names["issued"])} ${String(names["approved"])}`);
    await kubectl(`certificate deny ${String(names["denied"])}`);
    await failRequest(String(names["failed"]), "no such person");
    await signRequest(String(names["wrong"]), "somebody-else");
    await kubectl(`wait csr ${String(names["issued"])} --for=jsonpath={.status.certificate} --timeout=60s`);
  });

  afterAll(async () => {
    await folder[Symbol.asyncDispose]();
  });

  it("writes a kubeconfig without a key for what is issued, and tells of the rest", async () => {
    const out = folder.file("out");
    const { exitCode, stdout } = await cli([
      "collect",
      "-f",
      folder.path,
      "--out",
      out,
      "--namespace",
      "dev",
      "--output",
      "json",
    ]);
    expect(exitCode).toBe(4);
    const collected = JSON.parse(stdout) as Collected[];
    const outcomeOf = (user: string): Collected | undefined => collected.find(({ csrName }) => csrName === names[user]);
    expect(outcomeOf("issued")).toMatchObject({ status: "issued", kubeconfigFile: `${out}/collect-issued.kubeconfig` });
    expect(outcomeOf("pending")).toMatchObject({ status: "pending", details: ["it waits for approval."] });
    expect(outcomeOf("approved")).toMatchObject({
      status: "pending",
      details: ["it is approved, and waits for its signer."],
    });
    expect(outcomeOf("denied")).toMatchObject({ status: "denied" });
    expect(outcomeOf("failed")).toMatchObject({
      status: "failed",
      details: [expect.stringMatching(/^Failed on 20\S+Z.* \(SignerValidationFailure: no such person\)\.$/)],
    });
    expect(outcomeOf("wrong")).toMatchObject({
      status: "failed",
      details: [expect.stringContaining("[certificate-mismatch]")],
    });
    expect(await readdir(out)).toEqual(["collect-issued.kubeconfig"]);
    const path = `${out}/collect-issued.kubeconfig`;
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const text = await readFile(path, "utf8");
    expect(text).not.toContain("client-key-data");
    expect(parse(text)).toMatchObject({ contexts: [{ name: "collect-issued@local", context: { namespace: "dev" } }] });
  });

  it("ends with 5 while something only waits, and with 0 when all is there", async () => {
    const out = folder.file("by-name");
    const waiting = await cli(["collect", String(names["issued"]), String(names["pending"]), "--out", out]);
    expect(waiting.exitCode).toBe(5);
    expect(waiting.stdout).toContain(`${String(names["pending"])} pending: it waits for approval.\n`);
    // Without a key, the file holds nothing that another run could lose.
    const { exitCode, stdout } = await cli(["collect", String(names["issued"]), "--out", out]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/ issued: .*collect-issued\.kubeconfig, valid until/);
    expect(stdout).not.toContain("\u001b");
  });

  it("never writes over a kubeconfig that holds a key", async () => {
    const out = folder.file("completed");
    const args = ["collect", String(names["issued"]), "--out", out];
    await cli(args);
    const path = `${out}/collect-issued.kubeconfig`;
    expect((await cli(["kubeconfig", path, "--key", folder.file("collect-issued.key")])).exitCode).toBe(0);
    const before = await readFile(path, "utf8");
    const { exitCode, stdout } = await cli(args);
    expect(exitCode).toBe(4);
    expect(stdout).toMatch(/ refused: .*collect-issued\.kubeconfig already exists and holds credentials of its own/);
    expect(await readFile(path, "utf8")).toBe(before);
  });

  it("refuses two requests that would share a file, names a missing one, and writes the others", async () => {
    await using other = await Folder.create();
    const second = await submit(other, "collect-issued", "--group", "more");
    const third = await submit(other, "collect-third");
    await kubectl(`certificate approve ${second} ${third}`);
    await kubectl(`wait csr ${second} ${third} --for=jsonpath={.status.certificate} --timeout=60s`);
    const out = other.file("out");
    const requests = ["absent", String(names["issued"]), second, third];
    const { exitCode, stdout } = await cli(["collect", ...requests, "--out", out, "--output", "json"]);
    expect(exitCode).toBe(4);
    expect(JSON.parse(stdout)).toMatchObject([
      {
        csrName: "absent",
        username: null,
        status: "failed",
        details: [expect.stringContaining("[request-not-found]")],
      },
      { csrName: names["issued"], status: "refused", details: [expect.stringContaining(second)] },
      { csrName: second, status: "refused", details: [expect.stringContaining(String(names["issued"]))] },
      { csrName: third, status: "issued", kubeconfigFile: `${out}/collect-third.kubeconfig` },
    ]);
    expect(await readdir(out)).toEqual(["collect-third.kubeconfig"]);
  });

  it("tells of missing permissions", async () => {
    const nobody = await serviceAccountKubeconfig(folder, "cli-collect-nobody", []);
    const { exitCode, stderr } = await cli(["collect", "any", "--out", folder.file("none"), "--kubeconfig", nobody]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("[forbidden]");
  });

  it.each([
    [["absent"], 2, "required option '--out <folder>' not specified"],
    [["absent", "--out", "o", "--namespace", "A"], 2, "--namespace: expected"],
  ])("refuses %p with exit code %i", async (args, code, message) => {
    const { exitCode, stdout, stderr } = await cli(["collect", ...args]);
    expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: "" });
    expect(stderr).toContain(message);
  });
});
