import { resolve } from "node:path";

import { createRequest } from "../../components/core/csr/certification-request.ts";
import { newKey, privateKeyPem } from "@kubernetes-user/toolchain/certificates";
import { type PulumiRun } from "@kubernetes-user/toolchain";
import { anyName, cli } from "../engine/support/cli.mts";
import { command, kubectl } from "../engine/support/commands.mts";
import { Deployers, applyExample } from "../engine/support/deployers.mts";
import { Project, succeed, summary } from "../engine/support/project.mts";
import { ShellFolder } from "../engine/support/shell-folder.mts";
import { leftOut, type Placeholders, Script } from "../pages/script.mts";

const folder = resolve(import.meta.dirname, "../../examples/deployer-rbac");
const [a, b] = ["deployer-a", "deployer-b"];
const pods = (...verbs: string[]): object => ({ apiGroups: [""], resources: ["pods"], verbs });
const manual = `approval: { mode: "manual", timeoutSeconds: 240 }`;

/** Each deployer's user, before and after a change of access. */
const users = {
  automatic: {
    options: "",
    before: [
      { namespaces: [a], rules: [pods("get", "list")] },
      { namespaces: [b], clusterRole: "view" },
      { clusterWide: true, clusterRole: "view" },
      { clusterWide: true, rules: [pods("get", "list")] },
      { namespaces: [b], clusterRole: "view", name: "deployer-named" },
    ],
    after: [
      { namespaces: [a, b], rules: [pods("get", "create")] },
      { namespaces: [b], clusterRole: "edit" },
      { clusterWide: true, clusterRole: "edit" },
      { clusterWide: true, rules: [pods("get", "delete")] },
      { namespaces: [b], clusterRole: "edit", name: "deployer-named" },
    ],
  },
  manual: {
    options: manual,
    before: [
      { namespaces: [a], rules: [pods("get")] },
      { clusterWide: true, clusterRole: "view" },
    ],
    after: [
      { namespaces: [a, b], rules: [pods("list")] },
      { namespaces: [b], clusterRole: "view" },
    ],
  },
  certificates: { options: "", before: [], after: [] },
  chosen: {
    options: manual,
    before: [
      { namespaces: [a], rules: [pods("get")] },
      { namespaces: [a], clusterRole: "view" },
    ],
    after: [
      { namespaces: [a], rules: [pods("get", "update")] },
      { namespaces: [a], clusterRole: "edit" },
    ],
  },
} as const;

type Deployer = keyof typeof users;

const names = Object.keys(users) as readonly Deployer[];

/** A program with one user of each deployer; `others` replaces what some of them are granted. */
function program(when: "before" | "after", others: Partial<Record<Deployer, readonly object[]>> = {}): string {
  const declared = names.map((name) => {
    const access = JSON.stringify(others[name] ?? users[name][when]);
    return `
      const ${name} = new KubernetesUser("deployer-user-${name}", { kubeconfig: "${name}.yaml", access: ${access}, ${users[name].options} });
      exports.${name} = { kubeconfig: ${name}.kubeconfig, serialNumber: ${name}.serialNumber };`;
  });
  return declared.join("");
}

/** Namespaces and a deployer of this test's own. */
const placeholders: Placeholders = [
  [/--namespace=(dev|test)\b/g, "--namespace=deployer-$1"],
  [/--user=ci\b/g, "--user=deployer-ci"],
];

describe("the commands of examples/deployer-rbac/README.md", () => {
  const namespaces = ["deployer-dev", "kube-system"];

  /** Where the deployer may make bindings, of a namespace that was chosen and one that was not. */
  async function bindsIn(): Promise<readonly string[]> {
    const answers = namespaces.map(async (namespace) => {
      const question = ["auth", "can-i", "create", "rolebindings", "-n", namespace, "--as=deployer-ci"];
      return (await command("kubectl", question)).stdout.trim() === "yes";
    });
    const allowed = await Promise.all(answers);
    return namespaces.filter((_, index) => allowed[index]);
  }

  /** The authorizer learns of bindings a moment later. */
  async function expectBindsIn(...expected: readonly string[]): Promise<void> {
    const end = performance.now() + 10_000;
    while ((await bindsIn()).join() !== expected.join() && performance.now() < end);
    expect(await bindsIn()).toEqual(expected);
  }

  it("lead from one way to the other and back, and leave nothing that is wider", async () => {
    await Promise.all(["dev", "test"].map((name) => kubectl(`create namespace deployer-${name}`)));
    const scripts = Script.of("examples/deployer-rbac/README.md", import.meta.filename);
    const [anywhere, chosen, narrow, widen, ...others] = scripts.map((script) => script.with(placeholders));
    expect(others).toEqual([]);
    const example = new ShellFolder(folder, {});
    const run = (script = Script.none): Promise<string> => example.sh(script);
    await run(anywhere);
    await expectBindsIn("deployer-dev", "kube-system");
    await run(chosen);
    await run(narrow);
    await expectBindsIn("deployer-dev");
    expect(await kubectl("auth can-i create certificatesigningrequests --as=deployer-ci")).toBe("yes");
    await kubectl("delete clusterrolebinding approvers");
    await run(anywhere);
    await run(widen);
    await expectBindsIn("deployer-dev", "kube-system");
    const bindings = await kubectl("get clusterrolebindings,rolebindings -A -o name");
    const own = bindings.split("\n").filter((name) => name.includes("/ci-users"));
    expect(own).toEqual(["clusterrolebinding.rbac.authorization.k8s.io/ci-users-anywhere"]);
    await kubectl("delete clusterrolebinding ci-users-anywhere approvers");
    await expectBindsIn();
  });
});

describe("the roles of examples/deployer-rbac", () => {
  let deployers: Deployers;
  let project: Project;
  let before: Readonly<Record<string, unknown>>;

  /** `pulumi up`, during which the approver approves. */
  async function up(): Promise<PulumiRun> {
    const approvals: Promise<unknown>[] = [];
    const run = await project.stack.pulumi(project.stack.on("up"), {
      onLine: (line) => {
        const name = /kubernetes-user approve (\S+)/.exec(line)?.[1];
        if (name !== undefined) {
          approvals.push(approve(name));
        }
      },
    });
    await Promise.all(approvals);
    return run;
  }

  /** `kubernetes-user approve` as the approver of manual-approval.yaml. */
  async function approve(request: string): Promise<void> {
    const KUBECONFIG = `${project.folder}/approver.yaml`;
    const { exitCode, stderr } = await cli(["approve", request, ...anyName], "", { KUBECONFIG });
    if (exitCode !== 0 || stderr.includes("did not say what")) {
      throw new Error(`kubernetes-user approve ${request} failed (exit code ${exitCode}): ${stderr}`);
    }
  }

  async function canI(user: Deployer, question: string): Promise<string> {
    const { [user]: output } = await project.stack.outputs();
    const { kubeconfig } = output as { kubeconfig: string };
    return (await project.kubectlAs(kubeconfig, `auth can-i ${question}`)).stdout.trim();
  }

  beforeAll(async () => {
    for (const file of ["automatic-approval", "manual-approval", "without-access", "chosen-namespaces"]) {
      await applyExample(`${file}.yaml`);
    }
    await Promise.all([a, b].map((namespace) => kubectl(`create namespace ${namespace}`)));
    deployers = await Deployers.create("deployers");
    project = await Project.create(program("before"));
    const kubeconfigs = {
      automatic: await deployers.add("automatic", ["kubernetes-user-automatic-approval"]),
      manual: await deployers.add("manual", ["kubernetes-user-manual-approval"]),
      certificates: await deployers.add("certificates", ["kubernetes-user-without-access"]),
      chosen: await deployers.add("chosen", ["kubernetes-user-requests"], {
        [a]: ["kubernetes-user-access-in-namespace"],
      }),
      approver: await deployers.add("approver", ["kubernetes-user-approver"]),
    };
    await Promise.all(Object.entries(kubeconfigs).map(([name, text]) => project.file(`${name}.yaml`, text)));
  });

  afterAll(async () => {
    await project[Symbol.asyncDispose]();
  });

  it("are enough to issue, approve and give access", async () => {
    succeed(await up());
    before = await project.stack.outputs();
    expect(await canI("automatic", `list pods -n ${a}`)).toBe("yes");
    expect(await canI("automatic", "list services -A")).toBe("yes");
    expect(await canI("manual", `get pods -n ${a}`)).toBe("yes");
    expect(await canI("certificates", `get pods -n ${a}`)).toBe("no");
    expect(await canI("chosen", `list services -n ${a}`)).toBe("yes");
    expect(await canI("chosen", `list services -n ${b}`)).toBe("no");
  });

  it("are enough to change access, which leaves the certificates", async () => {
    await project.write(program("after"));
    succeed(await up());
    expect(serialNumbers(await project.stack.outputs())).toEqual(serialNumbers(before));
    expect(await canI("automatic", `create pods -n ${b}`)).toBe("yes");
    expect(await canI("manual", `list pods -n ${b}`)).toBe("yes");
    expect(await canI("chosen", `delete services -n ${a}`)).toBe("yes");
    expect(Object.keys(summary(succeed(await up())))).toEqual(["unchanged"]);
  });

  it("hand out nothing beyond, and the next run goes on", async () => {
    await project.write(
      program("after", {
        automatic: [{ clusterWide: true, clusterRole: "cluster-admin" }],
        manual: [{ namespaces: [a], rules: [{ apiGroups: [""], resources: ["secrets"], verbs: ["get"] }] }],
        chosen: [{ namespaces: [b], clusterRole: "view" }],
      }),
    );
    const refused = await project.stack.up("--continue-on-error");
    expect(refused.exitCode).not.toBe(0);
    const beyond = /attempting to grant RBAC permissions not currently held/;
    expect(refused.output).toMatch(
      new RegExp(`clusterrolebindings.* "deployer-user-automatic:.* is forbidden: .*${beyond.source}`),
    );
    expect(await canI("automatic", "get nodes")).toBe("no");
    expect(refused.output).toMatch(new RegExp(` roles.* "deployer-user-manual:.* is forbidden: .*${beyond.source}`));
    expect(await canI("manual", `get secrets -n ${a}`)).toBe("no");
    expect(refused.output).toMatch(
      /deployers:chosen" cannot patch resource "rolebindings" .* in the namespace "deployer-b"/,
    );
    expect(await canI("chosen", `list services -n ${b}`)).toBe("no");
    await project.write(program("after"));
    succeed(await up());
    expect(serialNumbers(await project.stack.outputs())).toEqual(serialNumbers(before));
    expect(await canI("manual", `list pods -n ${b}`)).toBe("yes");
  });

  it("with automatic approval give the certificate of anybody who may do everything", async () => {
    await kubectl("create clusterrolebinding deployer-boss --clusterrole=cluster-admin --user=deployer-boss");
    const kubeconfig = JSON.stringify(`${project.folder}/certificates.yaml`);
    await using another = await Project.create(
      `exports.kubeconfig = new KubernetesUser("boss", { username: "deployer-boss", kubeconfig: ${kubeconfig} }).kubeconfig;`,
    );
    await another.up();
    const boss = (await another.stack.outputs())["kubeconfig"];
    expect((await another.kubectlAs(boss, "auth can-i * *")).stdout.trim()).toBe("yes");
  });

  it("do not give the one of system:masters, which the cluster refuses by itself", async () => {
    const identity = { username: "deployer-master", groups: ["system:masters"] };
    const pem = createRequest(identity, privateKeyPem(newKey()));
    const manifest = {
      apiVersion: "certificates.k8s.io/v1",
      kind: "CertificateSigningRequest",
      metadata: { name: "deployer-master" },
      spec: {
        request: Buffer.from(pem).toString("base64"),
        signerName: "kubernetes.io/kube-apiserver-client",
        usages: ["client auth"],
      },
    };
    const kubeconfig = { KUBECONFIG: `${project.folder}/automatic.yaml` };
    const { stderr } = await command("kubectl", ["create", "-f", "-"], JSON.stringify(manifest), kubeconfig);
    expect(stderr).toMatch(/system:masters group is not allowed/);
  });

  it("with manual approval approve nothing", async () => {
    for (const name of ["manual", "chosen"]) {
      const user = `--as=${deployers.usernameOf(name)}`;
      const asked = await command("kubectl", ["auth", "can-i", "update", "certificatesigningrequests/approval", user]);
      expect(asked.stdout.trim()).toBe("no");
    }
  });

  it("are enough to remove everything", async () => {
    expect(await project.stack.destroy()).toMatchObject({ exitCode: 0 });
    const left = await kubectl("get roles,rolebindings,clusterroles,clusterrolebindings -A -o name");
    expect(left).not.toContain("deployer-user-");
  });
});

function serialNumbers(outputs: Readonly<Record<string, unknown>>): string[] {
  return names.map((name) => (outputs[name] as { serialNumber: string }).serialNumber);
}

it("has run every command that test/pages/run.yaml says it runs", () => {
  expect(leftOut(import.meta.filename)).toEqual([]);
});
