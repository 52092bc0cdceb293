import { kubectl } from "../engine/support/commands.mts";
import { type PulumiRun } from "@kubernetes-user/toolchain";
import { Project, type StateResource } from "../engine/support/project.mts";

/**
 * Every user has a plain component beside it with the same options and one Role for a child: the user's children
 * have to fare as that one does.
 */
const program = (options: Readonly<Record<string, string>>, more = ""): string => `
class Plain extends pulumi.ComponentResource {
  constructor(name, rules, opts) {
    super("test:index:Plain", name, {}, opts);
    new kubernetes.rbac.v1.Role(name + "-child", { metadata: { namespace: "options" }, rules }, { parent: this });
    this.registerOutputs({});
  }
}
const first = new kubernetes.core.v1.ConfigMap("first", { metadata: { namespace: "options" } });
const own = new kubernetes.Provider("own", {});
const label = ({ type, props, opts }) => /Role/.test(type)
  ? { props: { ...props, metadata: { ...props.metadata, labels: { transformed: "yes" } } }, opts }
  : undefined;
let verbs = ["get"];
const pair = (option, opts) => {
  const rules = [{ apiGroups: [""], resources: ["pods"], verbs }];
  const access = [{ namespaces: ["options"], rules }];
  exports[option] = new KubernetesUser("user-" + option, { username: "options-" + option, access }, opts).serialNumber;
  new Plain("plain-" + option, rules, opts);
};
${Object.entries(options)
  .map(([option, opts]) => `pair("${option}", ${opts});`)
  .join("\n")}
${more}`;

const options = {
  none: "{}",
  protect: "{ protect: true }",
  retainOnDelete: "{ retainOnDelete: true }",
  deletedWith: "{ deletedWith: first }",
  dependsOn: "{ dependsOn: first }",
  provider: "{ provider: own }",
  providers: "{ providers: { kubernetes: own } }",
  transforms: "{ transforms: [label] }",
} as const;

/** What the engine notes of a resource's options. */
type Noted = StateResource &
  Readonly<{ protect?: boolean; retainOnDelete?: boolean; deletedWith?: string; dependencies?: readonly string[] }> &
  Readonly<{ provider?: string; parent?: string }>;

describe("the options of any component", () => {
  let project: Project;
  let resources: readonly Noted[];
  let serialNumbers: Readonly<Record<string, unknown>>;
  let begun: string;
  let objects: readonly string[];
  const named = (name: string): readonly Noted[] => resources.filter(({ urn }) => urn.split("::").at(-1) === name);
  const children = (option: string): readonly Noted[] =>
    resources.filter(({ parent }) => parent?.endsWith(`::user-${option}`));
  const rbac = (option: string): readonly Noted[] => named(`user-${option}:options`);

  beforeAll(async () => {
    await kubectl("create namespace options");
    project = await Project.create(program({ ...options, ignoreChanges: `{ ignoreChanges: ["rules"] }`, old: "{}" }));
    begun = (await project.up()).output;
    resources = await project.state();
    serialNumbers = await project.stack.outputs();
    objects = await usersObjects();
  });

  afterAll(async () => {
    await project[Symbol.asyncDispose]();
  });

  it.each(Object.keys(options))("%s: the children are the component's, and fare as a plain one's", (option) => {
    const [plain] = named(`plain-${option}-child`);
    const all = children(option);
    expect(all.map(({ type }) => type.replace(/^.*[:/]/, "")).toSorted()).toEqual([
      "CertRequest",
      "CertificateSigningRequest",
      "PrivateKey",
      "Role",
      "RoleBinding",
    ]);
    for (const child of all) {
      const { protect, retainOnDelete, deletedWith } = child;
      expect({ protect, retainOnDelete, deletedWith }).toEqual({
        protect: plain?.protect,
        retainOnDelete: plain?.retainOnDelete,
        deletedWith: plain?.deletedWith,
      });
      expect(child.dependencies ?? []).toEqual(expect.arrayContaining([...(plain?.dependencies ?? [])]));
    }
    expect(rbac(option)).toHaveLength(2);
    for (const { provider, inputs } of rbac(option)) {
      expect(provider).toBe(plain?.provider);
      expect(labels(inputs)).toEqual(labels(plain?.inputs));
    }
  });

  it("show their effect", () => {
    expect(children("protect").map(({ protect }) => protect)).toEqual(children("protect").map(() => true));
    expect(children("deletedWith").map(({ deletedWith }) => deletedWith)).toEqual(
      children("deletedWith").map(() => expect.stringMatching(/::first$/) as unknown),
    );
    // The SDK registers no child before its component, and the component waits.
    const begins = children("dependsOn").map(({ urn }) => begun.indexOf(` ${urn.split("::").at(-1) ?? ""} creating`));
    expect(begins).toHaveLength(5);
    expect(Math.min(...begins)).toBeGreaterThan(begun.search(/ConfigMap first created/));
    expect(rbac("none")[0]?.provider).not.toBe(rbac("provider")[0]?.provider);
    expect(rbac("provider")[0]?.provider).toMatch(/::own::/);
    expect(rbac("providers")[0]?.provider).toMatch(/::own::/);
    expect(labels(rbac("transforms")[0]?.inputs)).toEqual({ transformed: "yes" });
  });

  it("aliases keep the certificate when a user is renamed, and other options behave when it changes or goes", async () => {
    const { retainOnDelete: _, ...kept } = options;
    const renamed = `exports.old = new KubernetesUser("user-new", { username: "options-old", access: [
      { namespaces: ["options"], rules: [{ apiGroups: [""], resources: ["pods"], verbs }] },
    ] }, { aliases: [{ name: "user-old" }] }).serialNumber;
    verbs = ["list"];
    pair("ignoreChanges", { ignoreChanges: ["rules"] });`;
    await project.write(program(kept, renamed));
    const up = await project.up();
    const { retainOnDelete: __, ...expected } = serialNumbers;
    expect(await project.stack.outputs()).toEqual(expected);
    // The objects of another resource have other names: new ones come before the old ones go.
    expect(touched(up, "user-old|user-new")).toEqual(
      ["user-new:options created", "user-new:options replaced", "user-old:options deleted"].flatMap((step) => [
        step,
        step,
      ]),
    );
    // Options that name properties are the component's own, and do not reach its children.
    expect(touched(up, "user-ignoreChanges|plain-ignoreChanges")).toEqual([
      "plain-ignoreChanges-child updated",
      "user-ignoreChanges-certificate updated",
      "user-ignoreChanges:options updated",
    ]);
    const left = await usersObjects();
    const others = (names: readonly string[]): string[] => names.filter((name) => !name.includes("/options-old:"));
    expect(others(left)).toEqual(others(objects));
    expect(left).toHaveLength(objects.length);
    expect(left.join()).toContain("options-retainOnDelete:options");
  });

  it("protect refuses the removal", async () => {
    const { protect: _, retainOnDelete: __, ...others } = options;
    await project.write(program(others));
    const { exitCode, output } = await project.stack.up();
    expect(exitCode).not.toBe(0);
    expect(output).toMatch(/::user-protect:options" cannot be deleted\n *because it is protected/);
    expect(await kubectl("get rolebindings -n options -o name")).toContain("options-protect:options");
  });
});

/** The users' Roles and bindings in the cluster. */
async function usersObjects(): Promise<string[]> {
  const names = await kubectl("get roles,rolebindings -n options -o name");
  return names.split("\n").filter((name) => name.includes("/options-"));
}

/** A pair's labels, which a transform adds. */
function labels(inputs: Readonly<Record<string, unknown>> | undefined): unknown {
  const { metadata } = (inputs ?? {}) as { metadata?: { labels?: unknown } };
  return metadata?.labels;
}

/** What a run did to resources whose names begin so. */
function touched({ output }: PulumiRun, names: string): string[] {
  const lines = output.matchAll(/^ *[-+~]+ +\S+ (\S+) (created|updated|deleted|replaced)\b/gm);
  const done = [...lines].map(([, name = "", what = ""]) => `${name} ${what}`);
  return done.filter((line) => new RegExp(`^(${names})`).test(line)).toSorted();
}
