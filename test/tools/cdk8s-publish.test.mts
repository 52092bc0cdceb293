import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { Cdk8sApp } from "../engine/support/cdk8s-app.mts";
import { anyName, cli, cliJson } from "../engine/support/cli.mts";
import { kubectl } from "../engine/support/commands.mts";
import { Machine } from "../engine/support/machine.mts";

const past = "2020-01-01T00:00:00Z";

describe("a user that is published with manifests", () => {
  it.each([
    ["a ClusterRole", "true", ["--publish"]],
    ["a Role", `{ namespace: "default" }`, ["--publish-namespace", "default"]],
  ])("gets each newer certificate by itself, from %s", async (kind, publish, namespace) => {
    await using machine = await Machine.create();
    await using app = await Cdk8sApp.create();
    const username = `cdk8s-published-${kind.slice(2).toLowerCase()}`;
    await cliJson("request", username, "--out", machine.folder.path);
    const request = await readFile(machine.folder.file(`${username}.csr`), "utf8");
    const program = (expirationSeconds: number): string => `
      const chart = new Chart(app, "published");
      new KubernetesUser(chart, "${username}", ${JSON.stringify({ request, expirationSeconds }).replace(
        /\}$/,
        "",
      )}, publish: ${publish} });`;

    /** What whoever gives access does, the first time and at each renewal. */
    async function issuanceRequest(expirationSeconds: number): Promise<string> {
      const manifests = await app.synth(program(expirationSeconds));
      await kubectl(`apply -f ${manifests}`);
      await cliJson("approve", "-f", manifests, ...anyName);
      await cliJson("collect", "-f", manifests, "--out", machine.folder.file("out"), ...namespace);
      // The certificate stays when the manifests are applied again.
      expect(await kubectl(`apply -f ${manifests}`)).toMatch(/role\.rbac.* unchanged/);
      return readFile(join(machine.folder.file("out"), `${username}.kubeconfig`), "utf8");
    }

    const keyless = await issuanceRequest(7200);
    const key = await readFile(machine.folder.file(`${username}.key`), "utf8");
    expect(await machine.setUp(keyless, key)).toMatchObject({ exitCode: 0, stderr: "" });
    const first = await machine.whoami();
    expect(first).toMatchObject({ username, stderr: "" });
    await issuanceRequest(10_800);
    await machine.change({ askAfter: past });
    const second = await machine.whoami();
    expect(second).toMatchObject({ username, stderr: "" });
    expect(second.credentialId).not.toBe(first.credentialId);
  });

  it("is refused where no manifest has made the Role, or it allows more", async () => {
    await using machine = await Machine.create();
    await using app = await Cdk8sApp.create();
    await cliJson("request", "cdk8s-unpublished", "--out", machine.folder.path);
    const request = await readFile(machine.folder.file("cdk8s-unpublished.csr"), "utf8");
    const manifests = await app.synth(
      `new KubernetesUser(new Chart(app, "unpublished"), "jane", ${JSON.stringify({ request })});`,
    );
    await kubectl(`apply -f ${manifests}`);
    await cliJson("approve", "-f", manifests, ...anyName);
    const { exitCode, stdout } = await cli([
      "collect",
      "-f",
      manifests,
      "--out",
      machine.folder.file("out"),
      "--publish",
    ]);
    expect(exitCode).toBe(4);
    expect(stdout).toContain("does not exist");
  });
});
