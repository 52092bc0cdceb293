import { Project, type StateResource } from "./support/project.mts";

describe("wrong options", () => {
  let project: Project;

  beforeAll(async () => {
    project = await Project.create("");
  });

  afterAll(async () => {
    await project[Symbol.asyncDispose]();
  });

  /** Runs a program that must be refused; answers what was printed. */
  async function refused(program: string): Promise<string> {
    await project.write(program);
    const { exitCode, output } = await project.stack.up();
    expect(exitCode).not.toBe(0);
    expect((await project.state()).filter(isOfUser)).toEqual([]);
    return output;
  }

  it("are told all together, each with its rule and its remedy, before anything is registered", async () => {
    const output = await refused(`
      new KubernetesUser("wrong", {
        username: "",
        groups: ["system:masters"],
        expirationSeconds: 599,
        renewBeforeSeconds: 0,
        privateKey: { algorithm: "RSA", ecdsaCurve: "P256" },
        namespace: "Dev",
        acces: [],
      });`);
    expect(output).toContain(`KubernetesUser "wrong":`);
    expect(output).toContain(`acces: unknown option.`);
    expect(output).toContain(`username: expected 1 to 64 characters, got "".`);
    expect(output).toContain(`groups[0]: "system:masters" is reserved`);
    expect(output).toContain(`expirationSeconds: expected an integer of at least 600, got 599.`);
    expect(output).toContain(`renewBeforeSeconds: expected an integer of at least 1, got 0.`);
    expect(output).toContain(`privateKey.ecdsaCurve: an RSA key has no curve to choose`);
    expect(output).toContain(`namespace: expected at most 63 lower-case letters`);
    expect(output).toContain("[invalid-arguments]");
    // The message says it all: no stack trace hides it.
    expect(output).not.toMatch(/^ +at /m);
  });

  it("of all users are told in one error, and nothing of anybody is made", async () => {
    const output = await refused(`
      exports.right = new KubernetesUser("right").kubeconfig;
      new KubernetesUser("first-wrong", { groups: ["system:masters"] });
      new KubernetesUser("also-right", { kubeconfig: process.env.KUBECONFIG });
      new KubernetesUser("second-wrong", { expirationSeconds: 1, acces: [] });
      const third = new KubernetesUser("third-wrong", { approval: { policy: { allowedUsernames: [] } } });
      exports.third = third.kubeconfig;
      exports.status = third.status;`);
    expect(output).toContain("3 users are refused, and nothing was made:");
    expect(output).toContain(`KubernetesUser "first-wrong": groups[0]: "system:masters" is reserved`);
    expect(output).toContain(`KubernetesUser "second-wrong":`);
    expect(output).toContain("expirationSeconds: expected an integer of at least 600, got 1.");
    expect(output).toContain("acces: unknown option.");
    expect(output).toMatch(/The request of "third-wrong" breaks the approval policy/);
    expect(output.split("Diagnostics:")[1]?.match(/3 users are refused/g)).toHaveLength(1);
    expect(output).not.toMatch(/^ +at /m);
    expect(output).not.toContain("PromiseRejectionHandledWarning");
    expect((await project.state()).map(({ type }) => type)).toEqual(["pulumi:pulumi:Stack"]);
    // Node's, of outputs that the stack exports: only previews look at those.
    expect((await project.stack.preview()).output).not.toContain("PromiseRejectionHandledWarning");
  });

  it("are told when a program makes its users after it has waited", async () => {
    const output = await refused(`
      module.exports = async () => {
        await new Promise((resolve) => setTimeout(resolve, 10));
        for (const name of ["one", "two"]) new KubernetesUser(name, { groups: 7 });
      };`);
    expect(output).toContain("2 users are refused, and nothing was made:");
  });

  it("are told by name, of whatever kind they are", async () => {
    const output = await refused(`
      const later = (value) => pulumi.output(Promise.resolve(value));
      for (const [index, value] of [7, "text", {}, [7], [[]], true].entries()) {
        for (const option of ["groups", "access"]) {
          new KubernetesUser(option + index, { [option]: value });
        }
      }
      new KubernetesUser("null", null);`);
    expect(output).toContain("13 users are refused");
    expect(output).toContain(`KubernetesUser "null": args: expected an object with options, got null.`);
    expect(output).not.toMatch(/TypeError|is not iterable|undefined/);
  });

  it.each(["7", `"text"`, "{}", "[7]", "[{ namespaces: 7, clusterRole: 'view' }]", "[null]"])(
    "that come as an Output of %s are told by name, in previews too",
    async (value) => {
      await project.write(`
        const later = (value) => pulumi.output(Promise.resolve(value));
        new KubernetesUser("later", { groups: later(${value}), access: later(${value}) });`);
      const { exitCode, output } = await project.stack.preview();
      expect(exitCode).not.toBe(0);
      expect(output).toMatch(/KubernetesUser "later":[^]*(groups|access)[^]*\[invalid-arguments\]/);
      expect(output).not.toMatch(/TypeError|is not iterable/);
    },
  );

  it("are found where a name is too long, the resource's own included", async () => {
    const output = await refused(`new KubernetesUser("n".repeat(65));`);
    expect(output).toContain("username: expected 1 to 64 characters, got 65.");
  });

  it("that come as Outputs are told as soon as they are known, before anything of the user is made", async () => {
    const output = await refused(`
      const later = (value) => pulumi.output(Promise.resolve(value));
      new KubernetesUser("later", { username: later("system:admin"), expirationSeconds: later(1) });`);
    expect(output).toContain(`username: "system:admin" is reserved`);
    expect(output).toContain(`expirationSeconds: expected an integer of at least 600, got 1.`);
  });

  it("are a policy that comes to nothing, which must not count as none", async () => {
    const output = await refused(`
      new KubernetesUser("nothing", { approval: { policy: pulumi.output(Promise.resolve(undefined)) } });`);
    expect(output).toContain("approval.policy: expected an object, got null.");
  });

  it("that come as Outputs are told in a preview too", async () => {
    await project.write(`new KubernetesUser("later", { username: pulumi.output(Promise.resolve("system:admin")) });`);
    const { exitCode, output } = await project.stack.preview();
    expect(exitCode).not.toBe(0);
    expect(output).toContain(`username: "system:admin" is reserved`);
  });
});

/** Everything but the stack and the component itself, which is registered before its Outputs are known. */
function isOfUser({ type }: StateResource): boolean {
  return type !== "pulumi:pulumi:Stack" && !type.startsWith("pulumi:providers:") && !type.endsWith(":KubernetesUser");
}
