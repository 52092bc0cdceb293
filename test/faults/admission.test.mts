import { readFile } from "node:fs/promises";
import { resolve } from "node:path";

import { parseAllDocuments } from "yaml";

import { createRequest } from "../../components/core/csr/certification-request.ts";
import { newKey, privateKeyPem } from "@kubernetes-user/toolchain/certificates";
import { type PulumiRun } from "@kubernetes-user/toolchain";
import { command, kubectl } from "../engine/support/commands.mts";
import { Project, type StateResource, succeed } from "../engine/support/project.mts";
import { closedPort } from "../engine/support/tunnel-proxy.mts";
import { type AdmissionAnswer, type Webhook, beginsWith, registerWebhook, startWebhook } from "./support/webhook.mts";

const policies = resolve(import.meta.dirname, "../../examples/admission-policy");

/** A PKCS#10 request of nobody in particular. */
const probe = createRequest({ username: "admission-probe", groups: [] }, privateKeyPem(newKey()));

/** A user whose requests' names begin with its own name. */
const program = (name: string, options = ""): string =>
  `const user = new KubernetesUser("${name}", { ${options} });
   exports.serialNumber = user.serialNumber;`;

describe("admission", () => {
  let project: Project;

  beforeAll(async () => {
    project = await Project.create("");
  });

  afterAll(async () => {
    await project[Symbol.asyncDispose]();
  });

  async function refused(name: string, options?: string): Promise<string> {
    await project.write(program(name, options));
    const { exitCode, output } = await project.stack.up();
    expect(exitCode).not.toBe(0);
    expect(certificatesOf(name, await project.state())).toEqual([]);
    return output;
  }

  describe("by examples/admission-policy", () => {
    it("refuses what others ask for, told with the policy's words", async () => {
      await applyPolicy("requests.yaml", "admission-requests");
      await untilRefused("admission-requests", "only the deployer asks");
      const output = await refused("admission-requests");
      expect(output).toContain("ValidatingAdmissionPolicy 'admission-requests'");
      expect(output).toContain("only the deployer asks for client certificates, not administrator");
      expect(output).toContain("An admission policy, a quota or an authorizer of the cluster refused it");
      expect(output).toContain("[forbidden]");
      expect(output).not.toContain("Missing:");
    });

    it("refuses lifetimes that are too long, and lets others pass", async () => {
      await applyPolicy("requests.yaml", "admission-lifetimes", (text) =>
        text.replace("system:serviceaccount:ci:deployer", "administrator"),
      );
      await untilRefused("admission-lifetimes", "client certificates last a day at most");
      const output = await refused("admission-lifetimes", "expirationSeconds: 86401");
      expect(output).toContain("client certificates last a day at most");
      expect(output).toContain("[forbidden]");
      await project.write(program("admission-lifetimes"));
      await project.up();
    });

    it("has nobody approve their own requests; somebody else may", async () => {
      await applyPolicy("approvals.yaml", "admission-approvals");
      let probes = 0;
      await until(async () => {
        // Another one each time: approving what is approved already is refused by nobody.
        const probe = `admission-approvals-probe-${(probes += 1)}`;
        await kubectl("create -f -", JSON.stringify(request(probe)));
        return kubectlFails(["certificate", "approve", probe], "somebody else than");
      });
      const output = await refused("admission-approvals");
      expect(output).toContain("somebody else than administrator has to approve this");
      expect(output).toContain("[forbidden]");
      const name = /approve CertificateSigningRequest (admission-approvals-[0-9a-f]{12}-0)/.exec(output)?.[1] ?? "";
      const other = String(process.env["KUBERNETES_USER_TEST_TOKEN_KUBECONFIG"]);
      await kubectl(`--kubeconfig ${other} certificate approve ${name}`);
      expect((await project.up()).output).toContain(`resuming request ${name}`);
    });
  });

  describe("by a webhook", () => {
    const webhooks: Webhook[] = [];

    afterAll(async () => {
      await Promise.all(webhooks.map((webhook) => webhook.close()));
    });

    /** Has a webhook answer so about requests whose names begin with `name`. */
    async function answering(
      name: string,
      answer: AdmissionAnswer,
      kind: Parameters<typeof registerWebhook>[0] = "ValidatingWebhookConfiguration",
    ): Promise<void> {
      const webhook = await startWebhook(answer);
      webhooks.push(webhook);
      await registerWebhook(kind, name, webhook.clientConfig);
    }

    it("refuses, told at once with the webhook's words", async () => {
      await answering("admission-refused", { allowed: false, status: { message: "not on a Friday" } });
      await untilRefused("admission-refused", "not on a Friday");
      const output = await refused("admission-refused");
      expect(output).toContain(
        `admission webhook "admission-refused.kubernetes-user.test" denied the request: not on a Friday`,
      );
      expect(output).toContain("[request-rejected]");
    });

    it("refuses with 403, and no permission is said to be missing", async () => {
      await answering("admission-forbidden", { allowed: false, status: { code: 403, message: "not you" } });
      await untilRefused("admission-forbidden", "not you");
      const output = await refused("admission-forbidden");
      expect(output).toContain("denied the request: not you");
      expect(output).toContain("[forbidden]");
      expect(output).not.toContain("Missing:");
    });

    it("changes the lifetime: the request is neither approved nor used", async () => {
      const operation = { op: "replace", path: "/spec/expirationSeconds", value: 31_536_000 };
      const patch = Buffer.from(JSON.stringify([operation])).toString("base64");
      const answer = { allowed: true, patchType: "JSONPatch", patch };
      await answering("admission-changed", answer, "MutatingWebhookConfiguration");
      await until(async () => {
        const dryRun = ["create", "-f", "-", "--dry-run=server", "-o", "jsonpath={.spec.expirationSeconds}"];
        const { stdout } = await command("kubectl", dryRun, JSON.stringify(request("admission-changed-probe")));
        return stdout === "31536000";
      });
      const output = await refused("admission-changed");
      expect(output).toMatch(/CertificateSigningRequest admission-changed-\S+ was changed on its way into the cluster/);
      expect(output).toContain("[request-mismatch]");
      const requests = JSON.parse(await kubectl("get csr -o json")) as { items: CertificateSigningRequest[] };
      const changed = requests.items.filter(({ metadata }) => metadata.name.startsWith("admission-changed-"));
      expect(changed.map(({ spec, status }) => [spec.expirationSeconds, status])).toEqual([[31_536_000, {}]]);
    });

    it("cannot be reached: the run says that it waits, and goes on once it is mended", async () => {
      const url = `https://127.0.0.1:${await closedPort()}/`;
      await registerWebhook("ValidatingWebhookConfiguration", "admission-lost", { url, caBundle: "" });
      await untilRefused("admission-lost", "failed calling webhook");
      await project.write(program("admission-lost"));
      let mended: Promise<unknown> | undefined;
      const run: PulumiRun = await project.stack.pulumi(project.stack.on("up"), {
        onLine: (line) => {
          if (
            /answers 500 .*failed calling webhook.* while trying to create CertificateSigningRequest admission-lost-\S+: trying again/.test(
              line,
            )
          ) {
            mended ??= kubectl("delete validatingwebhookconfiguration admission-lost");
          }
        },
      });
      await mended;
      succeed(run);
      expect(mended).toBeDefined();
    });
  });

  describe("by a quota", () => {
    const roles = "count/roles.rbac.authorization.k8s.io";
    const options = `access: [{ namespaces: ["admission-quota"], rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }] }]`;

    /** No controller keeps quotas here, so their status is written along. */
    async function setQuota(count: number): Promise<void> {
      const hard = { [roles]: String(count) };
      const quota = {
        apiVersion: "v1",
        kind: "ResourceQuota",
        metadata: { name: "few", namespace: "admission-quota" },
      };
      await kubectl("apply -f -", JSON.stringify({ ...quota, spec: { hard } }));
      const status = JSON.stringify({ status: { hard, used: { [roles]: "0" } } });
      await kubectl(`patch resourcequota few -n admission-quota --subresource=status --type=merge -p ${status}`);
    }

    it("refuses a Role; the next run goes on with the same certificate", async () => {
      await kubectl("create namespace admission-quota");
      await setQuota(0);
      await until(async () => {
        const create = "create role probe -n admission-quota --verb=get --resource=pods --dry-run=server";
        return kubectlFails(create.split(" "), "exceeded quota");
      });
      await project.write(program("admission-quota", options));
      const { exitCode, output } = await project.stack.up();
      expect(exitCode).not.toBe(0);
      expect(output).toMatch(/"admission-quota:admission-quota-\S+" is forbidden: exceeded quota: few/);
      const kept = certificatesOf("admission-quota", await project.state());
      expect(kept).toHaveLength(1);
      await setQuota(10);
      await until(() => rolesMayBeMade());
      await project.up();
      expect(await project.stack.outputs()).toEqual({ serialNumber: kept[0] });
      expect(await kubectl("auth can-i get pods -n admission-quota --as=admission-quota")).toBe("yes");
    });

    async function rolesMayBeMade(): Promise<boolean> {
      const create = "create role probe -n admission-quota --verb=get --resource=pods --dry-run=server";
      return (await command("kubectl", create.split(" "))).exitCode === 0;
    }
  });
});

interface CertificateSigningRequest {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly expirationSeconds: number };
  readonly status: object;
}

/** Serial numbers of a user's certificates in a state, which may still hold the users of earlier tests. */
function certificatesOf(name: string, state: readonly StateResource[]): unknown[] {
  return state
    .filter(({ urn }) => urn.endsWith(`::${name}-certificate`))
    .map(({ outputs }) => outputs?.["serialNumber"]);
}

/** Applies a file of the example under another name, for requests alone whose names begin with it. */
async function applyPolicy(file: string, name: string, change = (text: string): string => text): Promise<void> {
  const text = change(await readFile(`${policies}/${file}`, "utf8"));
  const objects = parseAllDocuments(text).map((document) => document.toJS() as PolicyObject);
  const items = objects.map(({ spec, ...object }) => ({
    ...object,
    metadata: { name },
    spec:
      object.kind === "ValidatingAdmissionPolicy"
        ? {
            ...spec,
            matchConditions: [...(spec.matchConditions ?? []), { name: "ours", expression: beginsWith(name) }],
          }
        : { ...spec, policyName: name },
  }));
  await kubectl("apply -f -", JSON.stringify({ apiVersion: "v1", kind: "List", items }));
}

interface PolicyObject {
  readonly kind: string;
  readonly spec: Readonly<Record<string, unknown>> & { readonly matchConditions?: readonly object[] };
}

/** A request that nobody wants, to see what becomes of it. */
function request(name: string): object {
  return {
    apiVersion: "certificates.k8s.io/v1",
    kind: "CertificateSigningRequest",
    metadata: { name },
    spec: {
      request: Buffer.from(probe).toString("base64"),
      signerName: "kubernetes.io/kube-apiserver-client",
      expirationSeconds: 86_401,
      usages: ["client auth"],
    },
  };
}

/** Waits until admission, which learns of new rules a moment later, refuses requests whose names begin so. */
async function untilRefused(name: string, words: string): Promise<void> {
  const manifest = JSON.stringify(request(`${name}-probe`));
  await until(() => kubectlFails(["create", "-f", "-", "--dry-run=server"], words, manifest));
}

async function kubectlFails(args: readonly string[], words: string, input?: string): Promise<boolean> {
  const { exitCode, stderr } = await command("kubectl", args, input);
  return exitCode !== 0 && stderr.includes(words);
}

/** Asks again until it is so. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 120_000;
  while (!(await condition())) {
    if (performance.now() > end) {
      throw new Error("the cluster does not take notice of the new rule");
    }
  }
}
