import { type PulumiRun, startControlPlane } from "@kubernetes-user/toolchain";
import { kubectl } from "./support/commands.mts";
import { controlPlanePrograms } from "./support/control-plane-programs.mts";
import { Project } from "./support/project.mts";
import { failRequest, signRequest, testSigner } from "./support/test-signer.mts";

/** A user whose certificate comes from the test's own signer, which acts once it sees the request announced. */
const program = (options: string): string => `
  const user = new KubernetesUser("foreign", {
    signerName: "${testSigner}",
    approval: { mode: "manual", timeoutSeconds: 60, issuanceTimeoutSeconds: 60 },
    access: [{ clusterWide: true, clusterRole: "view" }],
    ${options}
  });
  exports.serialNumber = user.serialNumber;`;

describe("a signer of one's own", () => {
  let project: Project;

  beforeAll(async () => {
    project = await Project.create(program(""));
  });

  afterAll(async () => {
    await project[Symbol.asyncDispose]();
  });

  /** `pulumi up`, during which the signer answers the request. */
  async function upWith(answer: (name: string) => Promise<void>): Promise<PulumiRun> {
    let answered: Promise<void> | undefined;
    const run = await project.stack.pulumi(project.stack.on("up"), {
      onLine: (line) => {
        const name = /kubernetes-user approve (\S+)/.exec(line)?.[1];
        if (name !== undefined) {
          answered ??= answer(name);
        }
      },
    });
    await answered;
    return run;
  }

  async function certificateState() {
    return (await project.state()).find(({ type }) => type.endsWith(":CertificateSigningRequest"));
  }

  it("that refuses is told at once, with its message", async () => {
    const run = await upWith((name) => failRequest(name, "no elliptic curves, please"));
    expect(run.exitCode).not.toBe(0);
    expect(run.output).toContain("SignerValidationFailure: no elliptic curves, please");
    expect(run.output).toContain("[request-failed]");
    expect(await certificateState()).toBeUndefined();
  });

  it("that issues for somebody else is refused, and nothing is stored", async () => {
    const run = await upWith((name) => signRequest(name, "somebody-else"));
    expect(run.exitCode).not.toBe(0);
    expect(run.output).toContain(`its CN is "somebody-else"`);
    expect(run.output).toContain("[certificate-mismatch]");
    expect(await certificateState()).toBeUndefined();
    expect(await kubectl("get clusterrolebindings -o jsonpath={.items[*].subjects[*].name}")).not.toContain("foreign");
  });

  it("whose certificate the cluster does not accept is told, and the certificate is kept", async () => {
    const run = await upWith((name) => signRequest(name, "foreign"));
    expect(run.exitCode).not.toBe(0);
    expect(run.output).toContain("[verification-failed]");
    const kept = (await certificateState())?.outputs?.["serialNumber"];
    expect(kept).toMatch(/^[0-9A-F]+$/);
    const again = await project.stack.up();
    expect(again.exitCode).not.toBe(0);
    expect(again.output).toContain("[verification-failed]");
    expect(await project.stack.refresh()).toMatchObject({ exitCode: 0 });
    await project.write(program("verify: false,"));
    await project.up();
    expect(await project.stack.outputs()).toMatchObject({ serialNumber: kept });
  });

  it("is verified anew when verify is switched on again", async () => {
    await project.write(program(""));
    const run = await project.stack.up();
    expect(run.exitCode).not.toBe(0);
    expect(run.output).toContain("[verification-failed]");
    expect(await project.stack.destroy()).toMatchObject({ exitCode: 0 });
  });
});

describe("the cluster's signer", () => {
  it("that grants less than asked is told, and renewal follows what it granted", async () => {
    const programs = controlPlanePrograms();
    const controlPlane = await startControlPlane({ programs, signingDuration: "20m" });
    try {
      await using project = await Project.create(
        `const user = new KubernetesUser("short"); exports.notAfter = user.notAfter; exports.renewAfter = user.renewAfter;`,
        { KUBECONFIG: controlPlane.kubeconfig },
      );
      const up = await project.up();
      expect(up.output).toMatch(
        /short: signer kubernetes.io\/kube-apiserver-client granted \d+ minutes instead of the requested 1 day/,
      );
      const { notAfter, renewAfter } = await project.stack.outputs();
      const renewBefore = Date.parse(String(notAfter)) - Date.parse(String(renewAfter));
      expect(renewBefore).toBeGreaterThanOrEqual(400_000);
      expect(renewBefore).toBeLessThan(600_000);
    } finally {
      await controlPlane.stop();
    }
  });

  it("that is not there is told after a while, with the likely causes; the next run goes on with the request", async () => {
    const programs = controlPlanePrograms();
    const controlPlane = await startControlPlane({ programs, signer: false });
    try {
      await using project = await Project.create(
        `new KubernetesUser("unsigned", { approval: { issuanceTimeoutSeconds: 1 } });`,
        { KUBECONFIG: controlPlane.kubeconfig },
      );
      const up = await project.stack.up();
      expect(up.exitCode).not.toBe(0);
      expect(up.output).toContain("issued nothing within 1 second");
      expect(up.output).toContain("Amazon EKS");
      expect(up.output).toContain("[issuance-timeout]");
      const again = await project.stack.up();
      expect(again.output).toContain("resuming request unsigned-");
    } finally {
      await controlPlane.stop();
    }
  });
});
