import { KilledRun } from "../faults/support/killed-run.mts";
import { kubectl } from "./support/commands.mts";
import { Project, summary } from "./support/project.mts";

describe("a run that is killed while its request waits", () => {
  let project: Project;

  beforeAll(async () => {
    project = await Project.create(
      `const user = new KubernetesUser("killed", { approval: { mode: "manual", timeoutSeconds: 120 } });
       exports.csrName = user.csrName; exports.privateKey = user.privateKey;`,
    );
  });

  afterAll(async () => {
    await project[Symbol.asyncDispose]();
  });

  it("is gone on with by the next run: one request, one certificate, the same key", async () => {
    let request = "";
    const run = new KilledRun(project, (line) => {
      request ||= /kubernetes-user approve (\S+)/.exec(line)?.[1] ?? "";
      if (request !== "") {
        void run.kill("pulumi");
      }
    });
    expect((await run.end(true)).exitCode).not.toBe(0);
    expect(run.killed).toBe(true);
    const key = (await project.state()).find(({ type }) => type === "tls:index/privateKey:PrivateKey");
    expect(key?.outputs?.["publicKeyPem"]).toMatch(/^-----BEGIN PUBLIC KEY-----/);
    await kubectl(`certificate approve ${request}`);

    await project.stack.run(["cancel", "--yes", "--stack", project.stack.name]);
    const up = await project.up();
    expect(up.output).toContain(`resuming request ${request}`);
    expect(await project.stack.outputs()).toMatchObject({ csrName: request });
    const requests = (await kubectl("get csr -o jsonpath={.items[*].metadata.name}")).split(" ");
    expect(requests.filter((name) => name.startsWith("killed-"))).toEqual([request]);
    const kept = (await project.state()).find(({ type }) => type === "tls:index/privateKey:PrivateKey");
    expect(kept?.outputs?.["publicKeyPem"]).toBe(key?.outputs?.["publicKeyPem"]);
    expect(Object.keys(summary(await project.up()))).toEqual(["unchanged"]);
  });
});
