import { createHash } from "node:crypto";
import { kubectl, openssl } from "./support/commands.mts";
import { Project, succeed, summary } from "./support/project.mts";
import { bindingsOf, makeNamespace, namespace, requestsLike, user } from "./support/approvals.mts";

/** SHA-256 of the public key that a request names, as openssl reads it. */
async function keyFingerprint(name: string): Promise<string> {
  const request = Buffer.from(await kubectl(`get csr ${name} -o jsonpath={.spec.request}`), "base64").toString();
  const pem = await openssl("req -noout -pubkey", request);
  const der = Buffer.from(pem.replaceAll(/-----.*-----|\s/g, ""), "base64");
  return createHash("sha256").update(der).digest("hex");
}

describe("manual approval", () => {
  let project: Project;

  beforeAll(async () => {
    await makeNamespace();
    project = await Project.create(user("waiting", `{ mode: "manual", timeoutSeconds: 120 }`));
  });

  afterAll(async () => {
    await project[Symbol.asyncDispose]();
  });

  it("tells each fact once where there is no terminal, and goes on as soon as somebody approves", async () => {
    let approved: Promise<string> | undefined;
    let name = "";
    const run = await project.stack.pulumi(project.stack.on("up"), {
      onLine: (line) => {
        name ||= /kubernetes-user approve (\S+)/.exec(line)?.[1] ?? "";
        if (name !== "") {
          approved ??= kubectl(`certificate approve ${name}`);
        }
      },
    });
    succeed(run);
    await expect(approved).resolves.toContain("approved");
    const context = await kubectl("config current-context");
    const server = await kubectl("config view --minify -o jsonpath={.clusters[0].cluster.server}");
    for (const fact of [
      `"waiting" (no groups) asks signer kubernetes.io/kube-apiserver-client for a certificate of 1 day`,
      `public key sha256:${await keyFingerprint(name)}`,
      `in cluster "`,
      `context "${context}"`,
      `server ${server}`,
      "waiting up to 2 minutes",
      "Ctrl-C twice ends the run; the request stays, and the next run resumes it.",
      `kubernetes-user approve ${name} --context ${context}  # shows the request and approves it`,
      "--deny denies it",
      `kubectl --context ${context} certificate approve ${name} would approve whatever has that name by then`,
    ]) {
      expect({ fact, times: run.output.split(fact).length - 1 }).toEqual({ fact, times: 1 });
    }
    // The time left is a terminal's matter.
    expect(run.output).not.toMatch(/\d left/);
    expect(await bindingsOf("waiting")).not.toBe("");
  });

  it("loses nothing by a time-out: the next run goes on with the same request", async () => {
    await project.write(user("late", `{ mode: "manual", timeoutSeconds: 1 }`));
    const timedOut = await project.stack.up();
    expect(timedOut.exitCode).not.toBe(0);
    expect(timedOut.output).toContain("[approval-pending]");
    const [request, ...others] = await requestsLike(/^late-/);
    expect(others).toEqual([]);
    expect(await bindingsOf("late")).toBe("");
    await kubectl(`certificate approve ${String(request)}`);
    const up = await project.up();
    expect(up.output).toContain(`resuming request ${String(request)}`);
    expect(await project.stack.outputs()).toMatchObject({ late: { csrName: request } });
    expect(await requestsLike(/^late-/)).toEqual([request]);
  });

  it("tells at once through what it was denied and why, gives no access, and asks anew in the next run", async () => {
    await project.write(user("denied", `{ mode: "manual", timeoutSeconds: 120 }`));
    let denied: Promise<string> | undefined;
    const run = await project.stack.pulumi(project.stack.on("up"), {
      onLine: (line) => {
        const name = /kubernetes-user approve (\S+)/.exec(line)?.[1];
        if (name !== undefined) {
          denied ??= kubectl(`certificate deny ${name}`);
        }
      },
    });
    await expect(denied).resolves.toContain("denied");
    expect(run.exitCode).not.toBe(0);
    expect(run.output).toMatch(
      /Request denied-\S+ of "denied" was denied on 20\S+Z through kubectl \(KubectlDeny: This CSR was denied by kubectl/,
    );
    expect(run.output).toContain("[request-denied]");
    expect(await bindingsOf("denied")).toBe("");
    await project.write(user("denied", `{ mode: "automatic" }`));
    succeed(await project.stack.up());
    expect(await bindingsOf("denied")).not.toBe("");
    expect(await requestsLike(/^denied-/)).toHaveLength(2);
  });

  it("with timeoutSeconds 0 submits 30 requests in one run that succeeds; the next run takes them up", async () => {
    await project.write(`
      const access = [
        { namespaces: ["${namespace}"], clusterRole: "view" },
        { namespaces: ["${namespace}"], rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }] },
      ];
      const approval = { mode: "manual", timeoutSeconds: 0 };
      for (let i = 0; i < 30; i++) {
        const user = new KubernetesUser("many" + i, { approval, ...(i === 0 ? { access } : {}) });
        exports["many" + i] = user.kubeconfig;
      }`);
    const submitted = await project.up();
    expect(submitted.output).toMatch(/warning: The certificate of "many0" waits for approval of request many0-/);
    expect(submitted.output).toContain("[approval-pending]");
    const requests = await requestsLike(/^many\d+-/);
    expect(requests).toHaveLength(30);
    expect(await kubectl(`get roles,rolebindings -n ${namespace} -o name`)).not.toContain("many0");

    await kubectl(`certificate approve ${requests.join(" ")}`);
    expect(summary(await project.up())).toMatchObject({ updated: 30, created: 3 });
    expect(await requestsLike(/^many\d+-/)).toHaveLength(30);
    const { many0 } = await project.stack.outputs();
    expect(await project.kubectlAs(many0, `get pods -n ${namespace}`)).toMatchObject({ exitCode: 0 });
  });
});
