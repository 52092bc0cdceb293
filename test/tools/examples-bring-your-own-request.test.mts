import { readFile } from "node:fs/promises";

import { kubectl } from "../engine/support/commands.mts";
import { Example } from "../engine/support/example.mts";
import { leftOut, Script } from "../pages/script.mts";
import { findSecrets, secretsOf } from "../engine/support/secrets.mts";

describe("examples/bring-your-own-request", () => {
  let example: Example;
  let commands: readonly Script[];

  beforeAll(async () => {
    example = await Example.copy("bring-your-own-request");
    commands = example.commands(import.meta.filename);
  });

  afterAll(async () => {
    await example[Symbol.asyncDispose]();
  });

  it("gives jane access by a key that never leaves her machine", async () => {
    const [
      request = Script.none,
      copy = Script.none,
      up = Script.none,
      send = Script.none,
      complete = Script.none,
      ...others
    ] = commands;
    expect(others).toHaveLength(1);
    await example.sh(request);
    await example.sh(copy);
    const said = await example.sh(up);
    await example.sh(send);
    const sent = await example.read("janes-machine/jane.kubeconfig");
    expect(await example.sh(complete)).toMatch(/Username +jane\nGroups +\[developers /);
    const file = `${example.folder}/janes-machine/jane.kubeconfig`;
    expect(await kubectl(`auth can-i create deployments.apps --kubeconfig ${file}`)).toBe("yes");

    const privateKey = await example.read("janes-machine/jane.key");
    const secrets = (await secretsOf({ privateKey })).filter((secret) => privateKey.includes(secret));
    expect(secrets).not.toEqual([]);
    const state = await example.sh("pulumi stack export --show-secrets");
    expect(findSecrets(secrets, said + sent + state + JSON.stringify(await example.outputs()))).toEqual([]);
    expect(state).not.toContain("tls:index/privateKey");
    expect(await readFile(file, "utf8")).toContain("client-key-data");
  });

  it("refuses a request for other groups than the review agreed to, and changes nothing", async () => {
    const before = await example.outputs();
    await example.sh("npx kubernetes-user request jane --group admins --key janes-machine/jane.key --out new");
    await example.sh("cp new/jane.csr jane.csr");
    const { exitCode, stdout, stderr } = await example.run("pulumi up");
    expect(exitCode).not.toBe(0);
    expect(stdout + stderr).toContain('it is for the groups "admins", but groups are "developers"');
    const request = Buffer.from(await example.read("new/jane.csr")).toString("base64");
    expect(await kubectl("get csr -o jsonpath={.items[*].spec.request}")).not.toContain(request);
    expect(await example.outputs()).toEqual(before);
  });

  it("goes with pulumi destroy", async () => {
    await example.sh(commands.at(-1) ?? Script.none);
    expect(await kubectl("get rolebindings --namespace api -o name")).toBe("");
  });
});

it("has run every command that test/pages/run.yaml says it runs", () => {
  expect(leftOut(import.meta.filename)).toEqual([]);
});
