import { createRequest } from "../../components/core/csr/certification-request.ts";
import { newKey, privateKeyPem } from "@kubernetes-user/toolchain/certificates";
import { applyPolicies, send, untilRefused } from "../engine/support/admission-policies.mts";
import { Folder } from "../engine/support/cli.mts";
import { type CommandResult, command, kubectl, openssl } from "../engine/support/commands.mts";
import { administrator, kubeconfig } from "../engine/support/kubeconfigs.mts";

const namespace = "policy-lost";
const user = "policy-lost-jane";
const words = "this credential was reported lost: X509SHA256=";

/** One of a person's certificates. */
interface Credential {
  readonly certificate: string;
  readonly env: Readonly<Record<string, string>>;
}

async function issuanceRequest(folder: Folder, name: string): Promise<Credential> {
  const key = privateKeyPem(newKey());
  const request = Buffer.from(createRequest({ username: user, groups: [] }, key)).toString("base64");
  const spec = { request, signerName: "kubernetes.io/kube-apiserver-client", usages: ["client auth"] };
  const kind = { apiVersion: "certificates.k8s.io/v1", kind: "CertificateSigningRequest" };
  await send("create -f -", { ...kind, metadata: { name }, spec: { ...spec, expirationSeconds: 3600 } });
  await kubectl(`certificate approve ${name}`);
  await kubectl(`wait csr/${name} --for=jsonpath={.status.certificate} --timeout=60s`);
  const certificate = Buffer.from(await kubectl(`get csr ${name} -o jsonpath={.status.certificate}`), "base64");
  const { cluster } = await administrator();
  const credentials = {
    "client-certificate-data": certificate.toString("base64"),
    "client-key-data": Buffer.from(key).toString("base64"),
  };
  const KUBECONFIG = await folder.write(name, kubeconfig(name, cluster, credentials));
  return { certificate: certificate.toString(), env: { KUBECONFIG } };
}

describe("a credential in lost-credential.yaml", () => {
  let folder: Folder;
  let lost: Credential;
  let other: Credential;
  let id: string;

  beforeAll(async () => {
    folder = await Folder.create();
    await kubectl(`create namespace ${namespace}`);
    // Of the whole cluster, and with the right to act as others: the most that a lost credential can be.
    await kubectl(`create clusterrolebinding ${user} --clusterrole=cluster-admin --user=${user}`);
    [lost, other] = await Promise.all([
      issuanceRequest(folder, "policy-lost-1"),
      issuanceRequest(folder, "policy-lost-2"),
    ]);
    const fingerprint = await openssl("x509 -noout -fingerprint -sha256", lost.certificate);
    id = `X509SHA256=${fingerprint.replace(/^.*=/, "").replaceAll(":", "").toLowerCase()}`;
    await run(lost, `create configmap kept -n ${namespace}`);
    await applyPolicies("lost-credential.yaml", {
      name: "policy-lost",
      change: (text) => text.replace(/X509SHA256=0{64}/, id),
    });
    await untilRefused(() => run(lost, `create configmap probe -n ${namespace} --dry-run=server`), words);
  });

  afterAll(async () => {
    await kubectl("delete validatingadmissionpolicybinding policy-lost-lost-credential");
    await kubectl(`delete clusterrolebinding ${user}`);
    await folder[Symbol.asyncDispose]();
  });

  const run = ({ env }: Credential, args: string): Promise<CommandResult> =>
    command("kubectl", args.split(" "), "", env);

  it("is called what kubectl auth whoami and openssl call it", async () => {
    const extra = String.raw`jsonpath={.status.userInfo.extra.authentication\.kubernetes\.io/credential-id[0]}`;
    expect((await run(lost, `auth whoami -o ${extra}`)).stdout).toBe(id);
    expect((await run(other, `auth whoami -o ${extra}`)).stdout).toMatch(/^X509SHA256=[0-9a-f]{64}$/);
    const der = await folder.write("lost.pem", lost.certificate);
    const piped = await command("sh", ["-c", `openssl x509 -in ${der} -outform DER | sha256sum`]);
    expect(`X509SHA256=${piped.stdout.slice(0, 64)}`).toBe(id);
  });

  it.each([
    ["create", `create configmap new -n ${namespace}`],
    ["update", `label configmap kept -n ${namespace} a=b`],
    ["delete", `delete configmap kept -n ${namespace}`],
    ["delete many", `delete configmaps --all -n ${namespace}`],
    ["write subresources", `create token default -n ${namespace}`],
    ["write for the whole cluster", "create clusterrolebinding policy-lost-more --clusterrole=view --user=x"],
    ["open a connection by GET", "get --raw /api/v1/namespaces/default/services/kubernetes/proxy/"],
  ])("may not %s; the same person's other certificate may", async (_, args) => {
    expect((await run(lost, args)).stderr).toContain(`${words}${id.slice("X509SHA256=".length)}`);
    expect((await run(other, args)).stderr).not.toContain(words);
  });

  it("may read, and who may act as others writes as they do", async () => {
    expect(await run(lost, `get configmaps -n ${namespace}`)).toMatchObject({ exitCode: 0 });
    expect(
      await run(lost, `create configmap by-another -n ${namespace} --as=policy-lost-other --as-group=system:masters`),
    ).toMatchObject({ exitCode: 0 });
    const policies = "delete validatingadmissionpolicybinding policy-lost-absent";
    expect((await run(lost, policies)).stderr).toContain("not found");
  });
});
