import { generateKeyPairSync } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { certificateRequest, newKey } from "@kubernetes-user/toolchain/certificates";
import { buildPlugin } from "../../packaging/plugin.mts";
import { type CommandName, type Figures, commandNames } from "../figures.mts";
import { type CommandOptions, measureCommand } from "../measure/command.mts";
import { Samples, interleaved } from "../measure/interleaved.mts";
import type { Cost } from "../measure/statistics.mts";
import type { Scene } from "../scene/scene.mts";

/** A program that runs by itself. */
interface Command {
  readonly name: CommandName;
  readonly words: readonly string[];
  readonly untilFirstLine?: boolean;
}

/** Measures the package's entries, the command, the plugin's start and cdk8s, each in a process of its own. */
export async function measureCommands(scene: Scene): Promise<Pick<Figures, "commands">> {
  const { plan, scratch, signal } = scene;
  const costs = new Samples<Cost>();
  const run = async ({ name, words, untilFirstLine = false }: Command): Promise<void> => {
    const options: CommandOptions = { signal, folder: scratch.folder, environment: scene.environment, untilFirstLine };
    costs.add(name, await measureCommand(words, options));
  };
  scene.say("the command");
  await interleaved(await cliCommands(scene), plan.commandRounds, scene.budget, run);
  scene.say("imports, the plugin and cdk8s");
  await interleaved(await loadingCommands(scene), plan.importRounds, scene.budget, run);
  await interleaved([await synthCommand(scene)], plan.cdk8sRounds, scene.budget, run);
  return { commands: commandNames.map((name) => ({ name, costs: costs.of(name) })) };
}

async function cliCommands({ scratch }: Scene): Promise<Command[]> {
  const command = [process.execPath, scratch.command];
  const credential = scratch.file("credential.json");
  await writeFile(credential, freshCredential(), { mode: 0o600 });
  return [
    { name: "node -e 0", words: [process.execPath, "-e", "0"] },
    { name: "kubernetes-user credential, fresh", words: [...command, "credential", credential] },
    { name: "kubernetes-user --help", words: [...command, "--help"] },
    { name: "kubernetes-user whoami", words: [...command, "whoami"] },
  ];
}

async function loadingCommands({ scratch }: Scene): Promise<Command[]> {
  const plugin = scratch.file("plugin");
  await buildPlugin(plugin, { os: process.platform === "darwin" ? "darwin" : "linux" });
  const loading = (name: CommandName, entry: string): Command => ({
    name,
    words: [process.execPath, "-e", `require(${JSON.stringify(entry)})`],
  });
  return [
    loading('require("kubernetes-user")', "kubernetes-user"),
    loading('require("kubernetes-user/provider")', "kubernetes-user/provider"),
    loading('require("kubernetes-user/cdk8s")', "kubernetes-user/cdk8s"),
    { name: "start of the plugin", words: [`${plugin}/pulumi-resource-kubernetes-user`], untilFirstLine: true },
  ];
}

async function synthCommand({ scratch }: Scene): Promise<Command> {
  const requests = Array.from({ length: 1000 }, (_, index) =>
    certificateRequest({ commonName: `user-${index}` }, newKey()),
  );
  await writeFile(scratch.file("requests.json"), JSON.stringify(requests));
  return { name: "cdk8s synth of 1000 users", words: [process.execPath, scratch.file("synth.cjs")] };
}

/** A file as `kubernetes-user credential` keeps it, whose certificate is not due. */
function freshCredential(): string {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return JSON.stringify({
    // What is fresh is printed as it is; a certificate has this many characters.
    certificate: `-----BEGIN CERTIFICATE-----\n${"A".repeat(1100)}\n-----END CERTIFICATE-----\n`,
    privateKey: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    askedAt: new Date().toISOString(),
    askAfter: new Date(Date.now() + 3_600_000).toISOString(),
  });
}
