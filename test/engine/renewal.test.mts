import { kubectl } from "./support/commands.mts";
import { Project, succeed, summary } from "./support/project.mts";

const namespace = "renewal";

/** A user of ten minutes, with access. */
function user(options: string): string {
  return `
    const user = new KubernetesUser("renewed", {
      expirationSeconds: 600,
      access: [{ namespaces: ["${namespace}"], clusterRole: "view" }],
      ${options}
    });
    for (const output of ["serialNumber", "csrName", "notAfter", "renewAfter", "kubeconfig", "privateKey"]) exports[output] = user[output];`;
}

describe("renewal", () => {
  let project: Project;
  let first: Readonly<Record<string, unknown>>;

  beforeAll(async () => {
    await kubectl(`create namespace ${namespace}`);
    project = await Project.create(user(""));
    await project.up();
    first = await project.stack.outputs();
  });

  afterAll(async () => {
    await project[Symbol.asyncDispose]();
  });

  it("is not due before its time, and a changed renewBeforeSeconds alone issues nothing", async () => {
    await project.write(user("renewBeforeSeconds: 300,"));
    const up = await project.up();
    expect(summary(up)).toMatchObject({ updated: 1 });
    const after = await project.stack.outputs();
    expect(after["serialNumber"]).toBe(first["serialNumber"]);
    expect(Date.parse(String(after["notAfter"])) - Date.parse(String(after["renewAfter"]))).toBe(300_000);
    expect(summary(await project.up())).toEqual({ unchanged: 6 });
  });

  it("shows in the preview as a replacement with its reason, and keeps the key", async () => {
    // A certificate of ten minutes has less than 599 seconds left by now.
    await project.write(user("renewBeforeSeconds: 599,"));
    const preview = succeed(await project.stack.preview());
    expect(summary(preview)).toMatchObject({ "to replace": 1 });
    expect(preview.output).toMatch(/renewed: certificate expires \S+Z, renewal due since \S+Z/);
    const up = await project.up();
    expect(summary(up)).toMatchObject({ replaced: 1 });
    const created = up.output.indexOf("renewed-certificate created replacement");
    const deleted = up.output.indexOf("renewed-certificate deleted original");
    expect(created).toBeGreaterThan(-1);
    expect(deleted).toBeGreaterThan(created);
    const after = await project.stack.outputs();
    expect(after["serialNumber"]).not.toBe(first["serialNumber"]);
    expect(after["csrName"]).not.toBe(first["csrName"]);
    expect(after["privateKey"]).toBe(first["privateKey"]);
    expect(await project.kubectlAs(after["kubeconfig"], `get pods -n ${namespace}`)).toMatchObject({ exitCode: 0 });
    // The old request's object goes with its certificate.
    const requests = (await kubectl("get csr -o jsonpath={.items[*].metadata.name}")).split(" ");
    expect(requests.filter((name) => name.startsWith("renewed-"))).toEqual([after["csrName"]]);
  });

  it("that waits for an approval leaves the old certificate in place and says until when it is valid", async () => {
    const before = await project.stack.outputs();
    await project.write(user(`renewBeforeSeconds: 599, approval: { mode: "manual", timeoutSeconds: 0 },`));
    const up = await project.up();
    expect(up.output).toContain("[approval-pending]");
    expect(up.output).toContain(`certificate expires ${String(before["notAfter"])}`);
    const kept = (await project.state()).find(({ type }) => type.endsWith(":CertificateSigningRequest"));
    expect(kept?.outputs?.["serialNumber"]).toBe(before["serialNumber"]);
    expect(up.output).toContain(`The current certificate stays valid until ${String(before["notAfter"])}`);
    expect(await project.stack.outputs()).toMatchObject({
      serialNumber: before["serialNumber"],
      kubeconfig: before["kubeconfig"],
    });
    expect(await project.kubectlAs(before["kubeconfig"], `get pods -n ${namespace}`)).toMatchObject({ exitCode: 0 });
  });
});

describe("accessUntil", () => {
  let project: Project;
  const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * 1000).toISOString();
  const limited = (accessUntil: string, more = ""): string => `
    const user = new KubernetesUser("limited", {
      accessUntil: "${accessUntil}",
      access: [{ namespaces: ["${namespace}"], clusterRole: "view" }, { namespaces: ["${namespace}"], rules: [{ apiGroups: [""], resources: ["secrets"], verbs: ["get"] }] }],
      ${more}
    });
    for (const output of ["serialNumber", "notAfter", "kubeconfig", "status"]) exports[output] = user[output];`;

  beforeAll(async () => {
    project = await Project.create(limited(inSeconds(-1)));
  });

  afterAll(async () => {
    await project[Symbol.asyncDispose]();
  });

  it.each([
    ["in the past", -1],
    ["less than ten minutes ahead", 599],
  ])("%s at the first run is an error, and nothing is issued", async (_, seconds) => {
    await project.write(limited(inSeconds(seconds)));
    const up = await project.stack.up();
    expect(up.exitCode).not.toBe(0);
    expect(up.output).toContain("[access-ended]");
    expect(await kubectl("get csr -o name")).not.toContain("/limited-");
  });

  it("caps the lifetime, so that no certificate outlives it", async () => {
    const accessUntil = inSeconds(7200);
    await project.write(limited(accessUntil));
    await project.up();
    const { notAfter } = await project.stack.outputs();
    expect(Date.parse(String(notAfter))).toBeLessThanOrEqual(Date.parse(accessUntil));
    expect(Date.parse(String(notAfter))).toBeGreaterThan(Date.parse(accessUntil) - 60_000);
    expect(Object.keys(summary(await project.up()))).toEqual(["unchanged"]);
  });

  it("that comes nearer replaces a certificate that would outlive it", async () => {
    const accessUntil = inSeconds(3600);
    await project.write(limited(accessUntil));
    expect(summary(await project.up())).toMatchObject({ replaced: 1 });
    const { notAfter } = await project.stack.outputs();
    expect(Date.parse(String(notAfter))).toBeLessThanOrEqual(Date.parse(accessUntil));
  });

  it("once it is past, takes the Roles and bindings away, renews nothing, and says so", async () => {
    const { serialNumber, kubeconfig } = await project.stack.outputs();
    expect(await project.kubectlAs(kubeconfig, `get pods -n ${namespace}`)).toMatchObject({ exitCode: 0 });
    await project.write(limited(inSeconds(-1)));
    const up = await project.up();
    expect(up.output).toMatch(/limited: access ended \S+Z/);
    expect(up.output).toMatch(new RegExp(`certificate ${String(serialNumber)} .* is not renewed any more, and stays`));
    expect(summary(up)).toMatchObject({ deleted: 3 });
    expect(await project.stack.outputs()).toMatchObject({ serialNumber, status: "ended" });
    expect(await project.kubectlAs(kubeconfig, `get pods -n ${namespace}`)).toMatchObject({ exitCode: 1 });
  });
});
