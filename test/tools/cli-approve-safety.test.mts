import { generateKeyPairSync } from "node:crypto";
import { readFile } from "node:fs/promises";

import { stringify } from "yaml";
import { createRequest } from "../../components/core/csr/certification-request.ts";
import { type Identity } from "../../components/core/options/identity.ts";
import {
  Folder,
  anyName,
  cli,
  cliInto,
  cliJson,
  serviceAccountKubeconfig,
  startCli,
  submit,
} from "../engine/support/cli.mts";
import { kubectl } from "../engine/support/commands.mts";
import { administrator } from "../engine/support/kubeconfigs.mts";
import { testSigner } from "../engine/support/test-signer.mts";

async function conditionsOf(name: string): Promise<string> {
  return kubectl(`get csr ${name} -o jsonpath={.status.conditions[*].type}`);
}

/** Submits a request that no `kubernetes-user request` would make. */
async function submitAs(name: string, identity: Identity, metadata: object = {}): Promise<string> {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const pem = createRequest(identity, privateKey.export({ format: "pem", type: "pkcs8" }).toString());
  const request = Buffer.from(pem).toString("base64");
  const signerName = "kubernetes.io/kube-apiserver-client";
  await kubectl(
    "create -f -",
    JSON.stringify({
      apiVersion: "certificates.k8s.io/v1",
      kind: "CertificateSigningRequest",
      metadata: { name, ...metadata },
      spec: { request, signerName, usages: ["client auth"], expirationSeconds: 3600 },
    }),
  );
  return name;
}

const rbac = "rbac.authorization.k8s.io/v1";

describe("kubernetes-user approve against whoever wants more", () => {
  let folder: Folder;

  beforeAll(async () => {
    folder = await Folder.create();
  });

  afterAll(async () => {
    await folder[Symbol.asyncDispose]();
  });

  it.each([
    ["hidden-direction", { username: "safety-\u202enimda", groups: [] }, "U+202E"],
    ["hidden-space", { username: "safety-jane", groups: ["admins\u200b"] }, "U+200B"],
    ["hidden-filler", { username: "safety-jane", groups: ["a\u3164dmins"] }, "U+3164"],
  ])("refuses names with characters that are not seen: %s", async (name, identity, character) => {
    await submitAs(`safety-${name}`, identity);
    const { exitCode, stdout, stderr } = await cli(["approve", `safety-${name}`, ...anyName]);
    expect(exitCode).toBe(4);
    expect(stdout).toContain(`Remove ${character}`);
    expect(stdout + stderr).not.toMatch(/\p{Cf}|\u3164/u);
    expect(await conditionsOf(`safety-${name}`)).toBe("");
  });

  it("shows what an approver wrote as text: no command to a terminal or a CI", async () => {
    const name = await submit(folder, "safety-denied");
    const reason = "no\u001b[2J\n::error::all is well\n##vso[task.complete result=Succeeded]";
    const denied = await cliJson("approve", name, "--deny", "--yes", "--reason", reason);
    expect(denied).toMatchObject([{ status: "denied" }]);
    for (const output of ["text", "json"]) {
      const { stdout, stderr } = await cli(["approve", name, ...anyName, "--output", output]);
      expect(stdout).toContain("all is well");
      expect(stdout + stderr).not.toMatch(/^\s*::|##vso\[|(?!\n)\p{Cc}/mu);
    }
  });

  it("refuses a request with owners, through which the garbage collector can make room for another", async () => {
    await kubectl("create clusterrole safety-owner --verb=get --resource=pods");
    const uid = await kubectl("get clusterrole safety-owner -o jsonpath={.metadata.uid}");
    const owner = { apiVersion: rbac, kind: "ClusterRole", name: "safety-owner", uid };
    const name = await submitAs("safety-owned", { username: "safety-owned", groups: [] }, { ownerReferences: [owner] });
    const { exitCode, stdout } = await cli(["approve", name, ...anyName]);
    expect(exitCode).toBe(4);
    expect(stdout).toContain(`${name} refused: it has owners (metadata.ownerReferences)`);
    expect(await conditionsOf(name)).toBe("");
    // Who owns it decides when it goes.
    await kubectl("delete clusterrole safety-owner");
    await kubectl(`wait csr ${name} --for=delete --timeout=120s`);
  });

  it("refuses a request that is being deleted", async () => {
    const name = await submitAs("safety-going", { username: "safety-going", groups: [] }, { finalizers: ["a.test/b"] });
    await kubectl(`delete csr ${name} --wait=false`);
    const { exitCode, stdout } = await cli(["approve", name, ...anyName]);
    await kubectl(`patch csr ${name} --type=merge -p {"metadata":{"finalizers":null}}`);
    expect(exitCode).toBe(4);
    expect(stdout).toContain("it is being deleted");
  });

  it.each([
    ["no policy", undefined],
    ["a policy without groups", "allowedUsernames: [safety-*]\n"],
    ["a policy without users", "allowedGroups: []\nmaxExpirationSeconds: 86400\n"],
  ])("with --yes refuses %s before it asks the cluster", async (what, text) => {
    const policy =
      text === undefined ? [] : ["--policy", await folder.write(`${what.replaceAll(" ", "-")}.yaml`, text)];
    const env = { KUBECONFIG: "/nowhere/kubeconfig" };
    const { exitCode, stderr } = await cli(["approve", "safety-nobody", "--yes", ...policy], "", env);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/--yes: expected a policy with allowedUsernames and allowedGroups.*\["\*"\] allows all/);
  });

  it("warns of names that may do everything, and gives them without a question only if they are named in full", async () => {
    await kubectl("create clusterrolebinding safety-root --clusterrole=cluster-admin --group=safety-root");
    const name = await submit(folder, "safety-rooted", "--group", "safety-root", "--group", "kubeadm:cluster-admins");
    const refused = await cli(["approve", name, ...anyName]);
    expect(refused.exitCode).toBe(4);
    expect(refused.stderr).toContain(
      `  warning    group "safety-root" may already do everything in this cluster (* on *).`,
    );
    expect(refused.stderr).toContain('  warning    group "kubeadm:cluster-admins" ');
    expect(refused.stdout).toContain(
      `group "safety-root" gives the whole cluster: with --yes, allowedGroups must name`,
    );
    expect(await conditionsOf(name)).toBe("");
    const policy = await folder.write(
      "root.yaml",
      `allowedUsernames: ["*"]\nallowedGroups: [safety-root, "kubeadm:cluster-admins"]\n`,
    );
    expect(await cliJson("approve", name, "--policy", policy, "--yes")).toMatchObject([
      { status: "issued", warnings: [expect.stringContaining("safety-root"), expect.stringContaining("kubeadm")] },
    ]);
  });

  it("says that there is no warning when it may not ask for it", async () => {
    const name = await submit(folder, "safety-unasked");
    const path = await serviceAccountKubeconfig(folder, "safety-approver", [
      { apiGroups: ["certificates.k8s.io"], resources: ["certificatesigningrequests"], verbs: ["get", "watch"] },
      { apiGroups: ["certificates.k8s.io"], resources: ["certificatesigningrequests/approval"], verbs: ["update"] },
      { apiGroups: ["certificates.k8s.io"], resources: ["signers"], verbs: ["approve"] },
    ]);
    const { exitCode, stdout, stderr } = await cli([
      "approve",
      name,
      ...anyName,
      "--kubeconfig",
      path,
      "--output",
      "json",
    ]);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject([{ status: "issued", warnings: null }]);
    expect(stderr).toContain("needs create on subjectaccessreviews.authorization.k8s.io");
  });

  it("names the cluster that it acts in", async () => {
    const { cluster } = await administrator();
    const { server } = cluster as { server: string };
    const name = await submit(folder, "safety-named");
    const { stdout, stderr } = await cli(["approve", name, ...anyName, "--output", "json"]);
    const [outcome] = JSON.parse(stdout) as readonly Readonly<Record<string, unknown>>[];
    expect(outcome).toMatchObject({
      server,
      context: expect.any(String) as unknown,
      clusterName: expect.any(String) as unknown,
    });
    expect(stderr.split("\n")[0]).toBe(
      `Cluster "${String(outcome?.["clusterName"])}" at ${server}, by context "${String(outcome?.["context"])}"`,
    );
  });

  it("judges by the policy what the manifests grant beside a request", async () => {
    await using manifests = await Folder.create();
    const name = await submit(manifests, "safety-granted");
    const binding = {
      apiVersion: rbac,
      kind: "RoleBinding",
      metadata: { name: "safety-granted", namespace: "default" },
      subjects: [{ kind: "User", name: "safety-granted", apiGroup: "rbac.authorization.k8s.io" }],
      roleRef: { kind: "ClusterRole", name: "cluster-admin", apiGroup: "rbac.authorization.k8s.io" },
    };
    // kubectl applies it like a RoleBinding.
    const list = { apiVersion: rbac, kind: "RoleBindingList", items: [binding] };
    await manifests.write("binding.yaml", stringify(list));
    await kubectl(`apply --dry-run=server -f ${manifests.file("binding.yaml")}`);
    const policy = await folder.write(
      "access.yaml",
      `allowedUsernames: ["*"]\nallowedGroups: ["*"]\naccess: { namespaces: [default], clusterRoles: [view] }\n`,
    );
    const options = ["--policy", policy, "--yes"];
    const refused = await cli(["approve", "-f", manifests.path, ...options]);
    expect(refused.exitCode).toBe(4);
    expect(refused.stdout).toContain(`ClusterRole: expected one of view, got "cluster-admin".`);
    const unjudged = await cli(["approve", name, ...options]);
    expect(unjudged.exitCode).toBe(0);
    expect(unjudged.stderr.match(/access was not judged/g)).toHaveLength(1);
  });

  it.each([
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)("tells on %s what was approved, with exit code %i", async (signal, code) => {
    const name = await submit(folder, `safety-${signal.toLowerCase()}`, "--signer-name", testSigner);
    const run = startCli(["approve", name, ...anyName, "--timeout", "1h", "--output", "json"]);
    // The cluster has it a moment before the command has the cluster's answer.
    await run.said(`${name} approved\n`);
    run.signal(signal);
    const { exitCode, stdout, stderr } = await run.ended;
    expect(exitCode).toBe(code);
    expect(stderr).toContain(`${name} approved\n`);
    expect(stderr).toContain("Interrupted. What was approved or denied is reported above");
    expect(JSON.parse(stdout)).toMatchObject([{ csrName: name, status: "approved" }]);
  });

  it("tells on an interrupt what was approved when nobody reads its result, too", async () => {
    const name = await submit(folder, "safety-sigint", "--signer-name", testSigner);
    const run = startCli(["approve", name, ...anyName, "--timeout", "1h"], { deaf: true });
    await kubectl(`wait csr ${name} --for=condition=Approved --timeout=120s`);
    run.signal("SIGINT");
    const { exitCode, stderr } = await run.ended;
    expect(exitCode).toBe(130);
    expect(stderr).toContain(`${name} approved\n`);
    expect(stderr).toContain("Interrupted. What was approved or denied is reported above");
  });

  it("keeps its exit code and its tale when nobody reads the result", async () => {
    const name = await submit(folder, "safety-unread");
    const { ended } = startCli(["approve", name, ...anyName], { deaf: true });
    const { exitCode, stderr } = await ended;
    expect(exitCode).toBe(0);
    expect(stderr).toContain(`${name} approved\n`);
  });

  it("fails when its result is lost on the way, and says that the approval stands", async () => {
    const name = await submit(folder, "safety-full");
    const { exitCode, stderr } = await cliInto("/dev/full", "approve", name, ...anyName);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`${name} approved\n`);
    expect(stderr).toMatch(/"standard output" cannot be written \(ENOSPC\).*\[file-unwritable\]/);
  });

  it("shows the fingerprint of the key to those who collect", async () => {
    const name = await submit(folder, "safety-collected");
    const [{ fingerprint } = { fingerprint: "" }] = (await cliJson("approve", name, ...anyName)) as {
      fingerprint: string;
    }[];
    expect(fingerprint).toMatch(/^sha256:[0-9a-f]{64}$/);
    const { stdout } = await cli(["collect", name, "--out", folder.file("out")]);
    expect(stdout).toContain(`for key ${fingerprint}.`);
    expect(await readFile(folder.file("out/safety-collected.kubeconfig"), "utf8")).toContain("safety-collected");
  });
});
