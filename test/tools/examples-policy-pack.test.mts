import { kubectl } from "../engine/support/commands.mts";
import { Example } from "../engine/support/example.mts";
import { leftOut, Script } from "../pages/script.mts";
import { makeByHand } from "../engine/support/hand-made.mts";
import { BuiltPlugin, user, yaml, YamlProject } from "../engine/support/yaml-project.mts";

const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();

/** A program like the quickstart's, with these users. */
const program = (users: Readonly<Record<string, object>>): string => `
  import { KubernetesUser } from "kubernetes-user";
  const users: Record<string, object> = ${JSON.stringify(users)};
  for (const [name, options] of Object.entries(users)) new KubernetesUser(name, options);`;

describe("examples/policy-pack", () => {
  let example: Example;
  let pack: Example;
  let commands: readonly Script[];

  beforeAll(async () => {
    example = await Example.copy("quickstart");
    pack = await example.beside("policy-pack");
    commands = pack.commands(import.meta.filename);
  });

  afterAll(async () => {
    await example[Symbol.asyncDispose]();
  });

  /** What each policy says of whom. */
  function violations(output: string): readonly string[] {
    const found = output.matchAll(/^ +- \[(\w+)\] +(\S+) +\(\S+: (\S+)-certificate\)$/gm);
    return [...found].map(([, level, policy, user]) => `${level} ${policy} ${user}`).toSorted();
  }

  it("lets a program pass that keeps to the rules", async () => {
    expect(commands).toHaveLength(2);
    const said = await example.sh(commands[0] ?? Script.none);
    expect(said).toContain("✅ kubernetes-users@v0.1.0 (local: ../policy-pack)");
    expect(await example.certificates()).toHaveLength(1);
  });

  it("refuses what breaks a rule, as README.md shows, before anything is made", async () => {
    await example.edit("index.ts", "expirationSeconds: 86400", "expirationSeconds: 604800");
    const before = await example.certificates();
    const { exitCode, stdout } = await example.run("pulumi up --policy-pack ../policy-pack");
    expect(exitCode).not.toBe(0);
    const shown = pack.shown();
    expect(shown).toHaveLength(4);
    for (const line of shown) {
      expect(stdout).toContain(line);
    }
    expect(await example.certificates()).toEqual(before);
  });

  it("has each rule, with the settings of its own and those of a file", async () => {
    const { certificate, privateKey } = await makeByHand("adopted", [], { expirationSeconds: 2 * 86400 });
    await example.write(
      "index.ts",
      program({
        adopted: { adopt: { certificate, privateKey } },
        long: { expirationSeconds: 86401 },
        week: { expirationSeconds: 7 * 86400 },
        admin: { groups: ["developers", "admins"] },
        developer: { groups: ["developers", "oncall"] },
        observer: { access: [{ clusterWide: true, clusterRole: "view" }] },
        reader: {
          access: [
            { namespaces: ["default"], clusterRole: "view" },
            { clusterWide: true, clusterRole: "view" },
          ],
        },
        "ext-forever": {},
        "ext-long": { accessUntil: inDays(91) },
        "ext-short": { accessUntil: inDays(89) },
        external: {},
      }),
    );
    const own = await example.run("pulumi preview --policy-pack ../policy-pack");
    expect(own.exitCode).not.toBe(0);
    expect(violations(own.stdout)).toEqual([
      "mandatory contractors-end ext-forever",
      "mandatory contractors-end ext-long",
      "mandatory known-groups admin",
      "mandatory no-cluster-wide-access observer",
      "mandatory no-cluster-wide-access reader",
      "mandatory short-lifetimes adopted",
      "mandatory short-lifetimes long",
      "mandatory short-lifetimes week",
    ]);
    const configured = await example.run(commands[1] ?? Script.none);
    expect(configured.exitCode).not.toBe(0);
    expect(violations(configured.stdout)).toEqual([
      "mandatory contractors-end ext-forever",
      "mandatory no-cluster-wide-access reader",
    ]);
  });

  it("refuses a setting that no rule has", async () => {
    const config = JSON.stringify({ "short-lifetimes": { maxExpirationSecond: 3600 } });
    await example.write("misspelt.json", config);
    const { exitCode, stdout } = await example.run(
      "pulumi preview --policy-pack ../policy-pack --policy-pack-config misspelt.json",
    );
    expect(exitCode).not.toBe(0);
    expect(stdout).toContain('the policy has no setting "maxExpirationSecond", only maxExpirationSeconds.');
  });

  it("judges users of programs in other languages", async () => {
    await using plugin = await BuiltPlugin.build();
    const week = user({ username: "policy-pack-yaml", expirationSeconds: 604800 });
    await using project = await YamlProject.of(yaml({ resources: { week } }), plugin.folder);
    const run = await project.stack.preview("--policy-pack", `${example.folder}/../policy-pack`);
    expect(run.exitCode).not.toBe(0);
    expect(violations(run.output)).toEqual(["mandatory short-lifetimes week"]);
    expect(run.output).toContain("policy-pack-yaml: expirationSeconds: expected at most 86400, got 604800.");
  });

  it("judges in the run what a preview does not know, before the request is submitted", async () => {
    await example.write(
      "index.ts",
      `import * as kubernetes from "@pulumi/kubernetes";
       import { KubernetesUser } from "kubernetes-user";
       const metadata = { name: "policy-pack-unknown", namespace: "default" };
       const map = new kubernetes.core.v1.ConfigMap("map", { metadata });
       new KubernetesUser("policy-pack-late", { groups: [map.metadata.uid] });`,
    );
    const { exitCode, stdout } = await example.run("pulumi up --policy-pack ../policy-pack");
    expect(exitCode).not.toBe(0);
    expect(violations(stdout)).toEqual(["mandatory known-groups policy-pack-late"]);
    expect(await kubectl("get csr -o name")).not.toContain("policy-pack-late");
    await example.sh("pulumi destroy");
  });
});

it("has run every command that test/pages/run.yaml says it runs", () => {
  expect(leftOut(import.meta.filename)).toEqual([]);
});
