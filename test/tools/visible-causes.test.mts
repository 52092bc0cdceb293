import { Project, succeed } from "../engine/support/project.mts";

/** A user of ten minutes, less than 599 seconds before the end of which is as good as at once. */
const program = (options: string): string =>
  `new KubernetesUser("seen", { username: "seen", expirationSeconds: 600, ${options} });`;

describe("pulumi preview --diff says why a certificate is replaced", () => {
  let project: Project;

  beforeAll(async () => {
    project = await Project.create(program(`rotation: "2026-11"`));
    await project.up();
  });

  afterAll(async () => {
    await project[Symbol.asyncDispose]();
  });

  /** What the preview shows of the certificate's resource. */
  async function shown(options: string): Promise<string> {
    await project.write(program(options));
    const { output } = succeed(await project.stack.preview("--diff"));
    const [, certificate = ""] = output.split("kubernetes-user:CertificateSigningRequest: (replace)\n");
    return certificate.replaceAll(/ +:/g, ":");
  }

  it.each([
    [
      "of a changed option",
      `rotation: "2026-11", expirationSeconds: 900`,
      "expirationSeconds changed",
      "~ expirationSeconds: 600 => 900",
    ],
    ["of groups", `rotation: "2026-11", groups: ["a"]`, "groups changed", `[0]: "a"`],
    ["of a rotation", `rotation: "2026-12"`, "rotation changed", `~ rotation: "2026-11" => "2026-12"`],
  ])("%s", async (_, options, reason, difference) => {
    const certificate = await shown(options);
    expect(certificate).toContain(`replaceReason: "${reason}"\n`);
    expect(certificate).toContain(difference);
  });

  it("of the clock, again at each renewal, and not when something else is updated", async () => {
    const due = `rotation: "2026-11", renewBeforeSeconds: 599`;
    const text = /replaceReason: "certificate expires (20\S+Z), renewal due since 20\S+Z"/;
    const [, first] = text.exec(await shown(due)) ?? [];
    await project.up();
    const [, second] = text.exec(await shown(due)) ?? [];
    expect(Date.parse(second ?? "")).toBeGreaterThan(Date.parse(first ?? ""));
    await project.write(program(`rotation: "2026-11", renewBeforeSeconds: 300`));
    const { output } = succeed(await project.stack.preview("--diff"));
    expect(output).toMatch(/ ~ renewBeforeSeconds *: 599 => 300/);
    expect(output).not.toMatch(/[+~-] replaceReason/);
    // What it has said makes no difference by itself.
    await project.up();
    expect(succeed(await project.stack.preview("--diff", "--expect-no-changes")).exitCode).toBe(0);
  });

  it("and shows no rotation that is secret", async () => {
    const secret = `rotation: pulumi.secret("confidential"), renewBeforeSeconds: 300`;
    await project.write(program(secret));
    const { output } = await project.up("--diff");
    const certificate = await shown(`${secret}, groups: ["a"]`);
    expect(certificate).toContain(`replaceReason: "groups changed"\n`);
    expect(certificate).toContain("rotation: [secret]");
    expect(output + certificate + JSON.stringify(await project.state())).not.toContain("confidential");
  });
});
