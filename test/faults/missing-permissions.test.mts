import { command, kubectl } from "../engine/support/commands.mts";
import { Deployers, type PolicyRule, applyExample } from "../engine/support/deployers.mts";
import { Project, succeed } from "../engine/support/project.mts";

const namespace = "missing";

/** Grants for which the rules about namespaced and about cluster-wide objects are needed. */
const grants = {
  namespaced: [{ namespaces: [namespace], rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }] }],
  cluster: [{ clusterWide: true, rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }] }],
  view: [{ namespaces: [namespace], clusterRole: "view" }],
  none: [],
} as const;

/** A permission that one deployer lacks, by which of its user's grants it is noticed, in which run, and in which words. */
interface Lack {
  readonly verb: string;
  readonly resource: string;
  readonly grant: keyof typeof grants;
  readonly run: "first" | "change" | "removal";
  readonly words: RegExp;
}

/** In the words of this package: it names the permission, and how to grant it. */
const ours = (verb: string, resource: string): Lack => {
  const [name = "", subresource] = resource.split("/");
  const of = `${name}.certificates.k8s.io${subresource === undefined ? "" : `/${subresource}`}`;
  return { verb, resource, grant: "none", run: "first", words: new RegExp(`Missing: ${verb} on ${of}[. ]`) };
};

/** In the words of the kubernetes provider. */
const theirs = (verb: string, resource: string, grant: keyof typeof grants, run: Lack["run"]): Lack => {
  return { verb, resource, grant, run, words: new RegExp(`cannot ${verb} resource "${resource}"`) };
};

/**
 * Every permission of automatic-approval.yaml, but the optional ones; get on requests, which takes a watch that ends
 * early (issuance-trouble.test.ts); and list and watch on RBAC objects: without list, the kubernetes provider waits for
 * deletions without end.
 */
const lacks: Readonly<Record<string, Lack>> = {
  "create-csr": ours("create", "certificatesigningrequests"),
  "list-csr": ours("list", "certificatesigningrequests"),
  "watch-csr": ours("watch", "certificatesigningrequests"),
  approval: ours("update", "certificatesigningrequests/approval"),
  signer: ours("approve", "signers"),
  "create-roles": theirs("create", "roles", "namespaced", "first"),
  "patch-roles": theirs("patch", "roles", "namespaced", "first"),
  "get-roles": theirs("get", "roles", "namespaced", "change"),
  "delete-roles": theirs("delete", "rolebindings", "namespaced", "removal"),
  "create-clusterroles": theirs("create", "clusterroles", "cluster", "first"),
  "patch-clusterroles": theirs("patch", "clusterroles", "cluster", "first"),
  "get-clusterroles": theirs("get", "clusterroles", "cluster", "change"),
  "delete-clusterroles": theirs("delete", "clusterrolebindings", "cluster", "removal"),
  bind: {
    verb: "bind",
    resource: "clusterroles",
    grant: "view",
    run: "first",
    words: /"missing-bind:\S+" is forbidden: .*attempting to grant RBAC permissions not currently held/,
  },
  pods: {
    verb: "get",
    resource: "pods",
    grant: "namespaced",
    run: "first",
    words: /"missing-pods:\S+" is forbidden: .*attempting to grant RBAC permissions not currently held/,
  },
};

const names = Object.keys(lacks);
const lackingIn = (run: Lack["run"]): string[] => names.filter((name) => lacks[name]?.run === run);
const isOurs = (name: string): boolean => lacks[name]?.grant === "none";

/** The rules without one verb on one resource, in the first rule that has it: the optional ones come last. */
function without(rules: readonly PolicyRule[], { verb, resource }: Lack): PolicyRule[] {
  const lacking = rules.find(({ resources, verbs }) => resources.includes(resource) && verbs.includes(verb));
  if (lacking === undefined) {
    throw new Error(`no rule has ${verb} on ${resource}`);
  }
  const verbs = lacking.verbs.filter((one) => one !== verb);
  return rules.flatMap((rule) => (rule !== lacking ? rule : verbs.length === 0 ? [] : { ...rule, verbs }));
}

/** A user of each deployer; `verb` is what they may do with pods. */
function program(verb: string): string {
  const users = names.map((name) => [name, lacks[name]?.grant]);
  const access = JSON.stringify(grants).replaceAll('"get"', JSON.stringify(verb));
  return `
    const grants = ${access};
    for (const [name, grant] of ${JSON.stringify(users)}) {
      new KubernetesUser("missing-" + name, { kubeconfig: name + ".yaml", access: grants[grant], verify: false });
    }`;
}

describe("a deployer that lacks a permission", () => {
  let deployers: Deployers;
  let project: Project;
  let rules: readonly PolicyRule[];
  let first: string;

  /** Gives deployers what they lack. */
  async function complete(names: readonly string[]): Promise<void> {
    await Promise.all(names.map((name) => deployers.setRules(name, rules)));
  }

  beforeAll(async () => {
    deployers = await Deployers.create(namespace);
    rules = (await applyExample("automatic-approval.yaml"))[0]?.rules ?? [];
    project = await Project.create(program("get"));
    for (const [name, lack] of Object.entries(lacks)) {
      const role = await deployers.setRules(name, without(rules, lack));
      await project.file(`${name}.yaml`, await deployers.add(name, [role]));
    }
    first = (await project.stack.up("--continue-on-error")).output;
  });

  afterAll(async () => {
    await project[Symbol.asyncDispose]();
  });

  it.each(lackingIn("first"))("is told: %s", (name) => {
    const { words } = lacks[name] ?? { words: /never/ };
    const about = isOurs(name) ? diagnosticsOf(`missing-${name}-certificate`, first) : first;
    expect(about).toMatch(words);
    expect(about).toContain(isOurs(name) ? "[forbidden]" : `missing-${name}`);
  });

  it("is told commands that grant it, after which the next run goes on with the same request", async () => {
    for (const name of lackingIn("first").filter(isOurs)) {
      const commands = diagnosticsOf(`missing-${name}-certificate`, first).match(/^ *(?:kubectl|echo) .*$/gm) ?? [];
      expect(commands).toHaveLength(2);
      for (const line of commands) {
        const granted = await command("sh", [
          "-c",
          line.replace("--user=USER", `--user=${deployers.usernameOf(name)}`),
        ]);
        expect(granted).toMatchObject({ exitCode: 0 });
      }
    }
    await complete(lackingIn("first").filter((name) => !isOurs(name)));
    const run = succeed(await project.stack.up());
    for (const name of ["watch-csr", "approval", "signer"]) {
      expect(run.output).toContain(`resuming request missing-${name}-`);
    }
  });

  it("is told what a change of access lacks, and the next run goes on", async () => {
    await project.write(program("list"));
    const { exitCode, output } = await project.stack.up("--continue-on-error");
    expect(exitCode).not.toBe(0);
    for (const name of lackingIn("change")) {
      expect(output).toMatch(lacks[name]?.words ?? /never/);
    }
    await complete(lackingIn("change"));
    succeed(await project.stack.up());
  });

  it("is told what a removal lacks, and the next run goes on", async () => {
    const { exitCode, output } = await project.stack.destroy("--continue-on-error");
    expect(exitCode).not.toBe(0);
    for (const name of lackingIn("removal")) {
      expect(output).toMatch(lacks[name]?.words ?? /never/);
    }
    await complete(lackingIn("removal"));
    expect(await project.stack.destroy()).toMatchObject({ exitCode: 0 });
    expect(await kubectl("get roles,rolebindings,clusterroles,clusterrolebindings -A -o name")).not.toMatch(
      /\/missing-.*:/,
    );
  });
});

/** What Pulumi says of one resource, among its diagnostics. */
function diagnosticsOf(resource: string, output: string): string {
  const diagnostics = output.slice(output.indexOf("\nDiagnostics:"));
  return diagnostics.split(/^ {2}(?=\S)/m).find((part) => part.includes(`(${resource}):`)) ?? "";
}
