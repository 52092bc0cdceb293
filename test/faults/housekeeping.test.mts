import { startControlPlane } from "@kubernetes-user/toolchain";
import { command, kubectl } from "../engine/support/commands.mts";
import { controlPlanePrograms } from "../engine/support/control-plane-programs.mts";
import { Project, succeed, summary } from "../engine/support/project.mts";
import { ApiFront } from "./support/api-front.mts";
import { type FaultReport, printReport } from "./support/report.mts";
import { requestsOf } from "./support/traces.mts";

const namespace = "housekeeping";
const rules = `[{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }]`;
const user = (name: string, options = ""): string =>
  `exports.${name} = new KubernetesUser("${name}", { access: [{ namespaces: ["${namespace}"], rules: ${rules} }], ${options} }).serialNumber;`;

const reports: FaultReport[] = [];

beforeAll(async () => {
  await kubectl(`create namespace ${namespace}`);
});

afterAll(() => {
  printReport("Objects and clusters that go", reports);
});

describe("objects that go", () => {
  it("the request's changes nothing: not for refresh, preview and up", async () => {
    await using project = await Project.create(user("tidied"));
    await project.up();
    const before = await project.stack.outputs();
    await kubectl(`delete csr ${String((await requestsOf("tidied"))[0]?.name)}`);

    expect(Object.keys(summary(succeed(await project.stack.refresh())))).toEqual(["unchanged"]);
    expect(Object.keys(summary(succeed(await project.stack.preview())))).toEqual(["unchanged"]);
    expect(Object.keys(summary(await project.up()))).toEqual(["unchanged"]);
    expect(await project.stack.outputs()).toEqual(before);
    expect(await requestsOf("tidied")).toEqual([]);
    reports.push({ fault: "request deleted", stage: "after the run", outcome: "no change", issued: 1, left: "none" });
  });

  it("the user's and its namespace do not keep a destroy from its end", async () => {
    await kubectl(`create namespace ${namespace}-going`);
    await using project = await Project.create(user("going").replace(namespace, `${namespace}-going`));
    await project.up();
    await kubectl(`delete csr ${String((await requestsOf("going"))[0]?.name)}`);
    await kubectl(`delete namespace ${namespace}-going`);
    succeed(await project.stack.destroy());
    expect((await project.state()).map(({ type }) => type)).toEqual([]);
    reports.push({ fault: "all objects deleted", stage: "destroy", outcome: "destroyed", issued: 1, left: "none" });
  });
});

describe("a cluster that goes", () => {
  it("keeps a destroy from dropping access that may still be there, unless that is said", async () => {
    const front = await ApiFront.start("gone");
    await using project = await Project.create(
      user("gone", `kubeconfig: ${JSON.stringify(front.kubeconfig)},`) + user("staying"),
    );
    await project.up();
    await front[Symbol.asyncDispose]();

    const refused = await project.stack.destroy();
    expect(refused.exitCode).not.toBe(0);
    expect(refused.output).toContain("PULUMI_K8S_DELETE_UNREACHABLE");
    const kept = (await project.state()).filter(({ type }) => type.startsWith("kubernetes:rbac"));
    expect(kept.map(({ urn }) => urn).filter((urn) => urn.includes("::gone:"))).toHaveLength(2);

    process.env["PULUMI_K8S_DELETE_UNREACHABLE"] = "true";
    const destroyed = await project.stack.destroy().finally(() => {
      delete process.env["PULUMI_K8S_DELETE_UNREACHABLE"];
    });
    succeed(destroyed);
    expect(destroyed.output).toMatch(/warning: .*unreachable/);
    // What can be reached is taken away.
    expect(await kubectl(`get rolebindings -n ${namespace} -o name`)).not.toContain("/staying:");
    reports.push({ fault: "cluster gone", stage: "destroy", outcome: "told, then given up", issued: 2, left: "none" });
  });

  it("for a while, in the middle of a wait, is waited for", async () => {
    const controlPlane = await startControlPlane({ programs: controlPlanePrograms() });
    try {
      await using project = await Project.create(
        `exports.name = new KubernetesUser("restarted", { approval: { mode: "manual" } }).csrName;`,
        { KUBECONFIG: controlPlane.kubeconfig },
      );
      let restarted: Promise<void> | undefined;
      const run = await project.stack.pulumi(project.stack.on("up"), {
        onLine: (line) => {
          const request = /kubernetes-user approve (\S+)/.exec(line)?.[1];
          if (request !== undefined) {
            restarted ??= controlPlane.restartApiServer().then(async () => {
              const { exitCode, stderr } = await command("kubectl", ["certificate", "approve", request], "", {
                KUBECONFIG: controlPlane.kubeconfig,
              });
              if (exitCode !== 0) {
                throw new Error(stderr);
              }
            });
          }
        },
      });
      await restarted;
      succeed(run);
      expect(run.output).toMatch(
        /restarted: https:\S+ does not answer \(\S+\) while trying to read \S+ \S+: trying again/,
      );
      reports.push({
        fault: "API server restarted",
        stage: "watch",
        outcome: "waited out",
        issued: 1,
        left: "1 request",
      });
    } finally {
      await controlPlane.stop();
    }
  });
});
