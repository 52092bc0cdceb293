import { type ControlPlane, startControlPlane } from "@kubernetes-user/toolchain";
import { parse } from "yaml";

import { command } from "../engine/support/commands.mts";
import { controlPlanePrograms } from "../engine/support/control-plane-programs.mts";
import { Example } from "../engine/support/example.mts";
import { leftOut, Script } from "../pages/script.mts";
import { oneKubeconfig } from "../engine/support/kubeconfigs.mts";
import { findSecrets, secretsOf } from "../engine/support/secrets.mts";

describe("examples/multi-cluster", () => {
  let prod: ControlPlane;
  let example: Example;

  beforeAll(async () => {
    prod = await startControlPlane({ programs: controlPlanePrograms() });
    example = await Example.copy("multi-cluster");
    // What administrators call a cluster is theirs.
    const both = { staging: String(process.env["KUBECONFIG"]), prod: prod.kubeconfig };
    await example.write("administrator.kubeconfig", await oneKubeconfig(both, (name) => `administrators-${name}`));
  });

  afterAll(async () => {
    await example[Symbol.asyncDispose]();
    await prod.stop();
  });

  async function can(context: string, verb: string): Promise<string> {
    const file = `${example.folder}/nora.kubeconfig`;
    const args = ["--kubeconfig", file, "--context", context, "auth", "can-i", verb, "pods"];
    return (await command("kubectl", args)).stdout.trim();
  }

  it("gives one kubeconfig for two clusters, whose stacks export the administrators'", async () => {
    const [clusters = Script.none, up = Script.none, handOut = Script.none, destroy = Script.none, ...others] =
      example.commands(import.meta.filename);
    expect(others).toEqual([]);
    // The users' program finds the clusters by their stacks alone.
    await example.sh(clusters, { KUBECONFIG: `${example.folder}/administrator.kubeconfig` });
    await example.sh(up, { KUBECONFIG: "/nowhere" });
    const said = await example.sh(handOut);
    expect(said).toMatch(/^nora@prod\nnora@staging\n/);
    expect(said).toMatch(/Username +nora\n/);
    const { clusters: entries } = parse(await example.read("nora.kubeconfig")) as {
      clusters: readonly { name: string; cluster: { server: string } }[];
    };
    expect(entries.map(({ name }) => name)).toEqual(["staging", "prod"]);
    expect(new Set(entries.map(({ cluster }) => cluster.server)).size).toBe(2);
    expect([await can("nora@staging", "create"), await can("nora@staging", "list")]).toEqual(["yes", "yes"]);
    expect([await can("nora@prod", "create"), await can("nora@prod", "list")]).toEqual(["no", "yes"]);
    const states = (await example.sh("pulumi stack export")) + (await example.sh("pulumi stack export --cwd clusters"));
    expect(findSecrets(["client-key-data", "PRIVATE KEY", ...(await secretsOf({}))], states)).toEqual([]);

    await example.sh(destroy, { KUBECONFIG: "/nowhere" });
    expect([await can("nora@staging", "list"), await can("nora@prod", "list")]).toEqual(["no", "no"]);
  });
});

it("has run every command that test/pages/run.yaml says it runs", () => {
  expect(leftOut(import.meta.filename)).toEqual([]);
});
