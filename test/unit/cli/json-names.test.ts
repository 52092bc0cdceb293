import { Command } from "commander";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CommandName, jsonNames } from "../../../cli/json-names";
import { addCommands } from "../../../cli/program";
import { printDiagnosis } from "../../../cli/doctor/print-diagnosis";
import { outcomeOf, outcomeOfUnread, printOutcomes } from "../../../cli/requests/outcome";
import { CommandContext } from "../../../cli/command-context";
import { parseRequest } from "../../../components/core/csr/certification-request";
import { certificateTypes } from "../../../components/core/lifecycle/certificate-state";
import { userKubeconfig } from "../../../components/core/kubeconfig/user-kubeconfig";
import { documentedNames, namesIn } from "../support/json-names";
import { privateKey, requestOf, signCertificate } from "../support/test-authority";

/** Keeps what is printed as JSON. */
class TestContext extends CommandContext {
  readonly results: unknown[] = [];

  override result(_format: unknown, data: unknown): void {
    this.results.push(data);
  }
}

function namesOf(command: CommandName): string[] {
  return Object.entries(jsonNames)
    .filter(([, { commands }]) => commands.some((name) => name === command))
    .map(([name]) => name)
    .sort();
}

function testContext(): TestContext {
  return new TestContext(new AbortController().signal);
}

function namesOfAll(results: readonly unknown[]): string[] {
  return [...new Set(namesIn(results))].sort();
}

describe("the names in JSON", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "kubernetes-user-json-"));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  function file(name: string, content: string): string {
    writeFileSync(join(folder, name), content, { mode: 0o600 });
    return join(folder, name);
  }

  async function run(...args: readonly string[]): Promise<string[]> {
    const own = testContext();
    const program = await addCommands(new Command(), own);
    await program.parseAsync([...args], { from: "user" });
    return namesOfAll(own.results);
  }

  it("are those that docs/cli.md lists, each with its commands and its meaning", () => {
    const names = Object.entries(jsonNames).map(([name, { commands, meaning }]) => ({ name, commands, meaning }));
    expect(documentedNames()).toEqual(names);
  });

  it("of request are all that it prints", async () => {
    expect(await run("request", "jane", "--manifest", "--out", folder)).toEqual(namesOf("request"));
  });

  it("of kubeconfig are all that it prints", async () => {
    const identity = { username: "jane", groups: ["developers"] };
    const request = parseRequest(requestOf(identity));
    const now = Date.now();
    const certificate = signCertificate({ request, ...identity, notBefore: now - 300_000, notAfter: now + 3_600_000 });
    const cluster = { name: "prod", server: "https://prod.test" };
    const text = userKubeconfig({ cluster, username: "jane", certificate, privateKey: undefined, namespace: "dev" });
    const target = file(
      "config",
      userKubeconfig({
        cluster: { ...cluster, name: "other" },
        username: "joe",
        certificate,
        privateKey: undefined,
        namespace: undefined,
      }),
    );
    const key = file("jane.key", privateKey());
    expect(await run("kubeconfig", file("jane", text), "--key", key, "--merge", target)).toEqual(namesOf("kubeconfig"));
  });

  it("of status are all that it prints", async () => {
    const resources = [{ type: certificateTypes.dynamic, inputs: { username: "jane" }, outputs: {} }];
    const stack = file("stack", JSON.stringify({ deployment: { resources } }));
    expect(await run("status", "--stack", stack)).toEqual(namesOf("status"));
  });

  it("of approve and collect are all that they print, also of a request that could not be read", () => {
    const own = testContext();
    const facts = {
      name: "jane-0",
      stage: "issued",
      username: "jane",
      groups: [],
      keyAlgorithm: "ECDSA",
      keySize: 256,
      fingerprint: "sha256:00",
      signerName: "kubernetes.io/kube-apiserver-client",
      usages: ["client auth"],
      expirationSeconds: 86400,
      requestor: "ci",
      submitted: "2026-11-01T00:00:00Z",
      labelled: true,
    } as const;
    const place = { context: "admin", clusterName: "prod", server: "https://prod.test" };
    const notAfter = "2026-11-02T00:00:00Z";
    const outcome = outcomeOf(facts, "issued", [], { notAfter, warnings: [] });
    printOutcomes(own, "json", [outcome], ["issued"], place);
    expect(namesOfAll(own.results)).toEqual(namesOf("approve"));

    const others = testContext();
    const collected = outcomeOf(facts, "issued", [], { notAfter, file: "jane.kubeconfig" });
    printOutcomes(others, "json", [collected, outcomeOfUnread("jane-1", "it is gone")], ["issued"]);
    expect(namesOfAll(others.results)).toEqual(namesOf("collect"));
  });

  it("of doctor are all that it prints", () => {
    const own = testContext();
    const facts = { kubernetesVersion: "v1.36.4", clockDifferenceSeconds: 0, longestLifetimeSeconds: 86400 };
    const identity = { username: "jane", groups: [] };
    const place = { context: "admin", clusterName: "prod", server: "https://prod.test" };
    const findings = [{ check: "clock", status: "ok", details: "" }] as const;
    printDiagnosis(own, "json", { ...facts, ...identity, findings }, place);
    expect(namesOfAll(own.results)).toEqual(namesOf("doctor"));
  });
});
