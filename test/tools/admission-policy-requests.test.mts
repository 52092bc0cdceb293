import { X509Certificate } from "node:crypto";

import { createRequest } from "../../components/core/csr/certification-request.ts";
import { newKey, privateKeyPem } from "@kubernetes-user/toolchain/certificates";
import { applyPolicies, send, untilRefused } from "../engine/support/admission-policies.mts";
import { Folder } from "../engine/support/cli.mts";
import { type CommandResult, command, kubectl } from "../engine/support/commands.mts";
import { Deployers, applyExample } from "../engine/support/deployers.mts";

const csr = { apiVersion: "certificates.k8s.io/v1", kind: "CertificateSigningRequest" };

/** A request for a client certificate; `metadata` is laid over its name. */
function request(name: string, username = name, metadata: object = {}): object {
  const pem = createRequest({ username, groups: [] }, privateKeyPem(newKey()));
  return {
    ...csr,
    metadata: { name, ...metadata },
    spec: {
      request: Buffer.from(pem).toString("base64"),
      signerName: "kubernetes.io/kube-apiserver-client",
      expirationSeconds: 3600,
      usages: ["client auth"],
    },
  };
}

/** Something that a deployer may make and remove, and that a request may therefore have as its owner. */
async function makeOwner(name: string, env: Readonly<Record<string, string>>): Promise<object> {
  const role = { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", metadata: { name } };
  const { exitCode, stdout, stderr } = await send("create -f - -o jsonpath={.metadata.uid}", role, env);
  if (exitCode !== 0) throw new Error(stderr);
  return { apiVersion: role.apiVersion, kind: role.kind, name, uid: stdout };
}

async function issuedTo(name: string): Promise<string> {
  await kubectl(`wait csr/${name} --for=jsonpath={.status.certificate} --timeout=60s`);
  const certificate = await kubectl(`get csr ${name} -o jsonpath={.status.certificate}`);
  return new X509Certificate(Buffer.from(certificate, "base64")).subject;
}

const approve = (name: string, env: Readonly<Record<string, string>>): Promise<CommandResult> =>
  command("kubectl", ["certificate", "approve", name], "", env);

describe("requests for certificates, with a deployer that may not delete them", () => {
  let folder: Folder;
  let deployers: Deployers;
  let [deployer, second, approver]: Record<string, string>[] = [];

  beforeAll(async () => {
    folder = await Folder.create();
    await applyExample("manual-approval.yaml");
    await applyExample("without-access.yaml");
    deployers = await Deployers.create("policy-requests");
    const add = async (name: string, roles: readonly string[]) => ({
      KUBECONFIG: await folder.write(name, await deployers.add(name, roles)),
    });
    deployer = await add("deployer", ["kubernetes-user-manual-approval"]);
    second = await add("second", ["kubernetes-user-without-access"]);
    approver = await add("approver", ["kubernetes-user-approver"]);
  });

  afterAll(async () => {
    await folder[Symbol.asyncDispose]();
  });

  const env = (variables: Record<string, string> | undefined): Record<string, string> => variables ?? {};

  it("are swapped under who approves by name, where no policy is: the garbage collector deletes", async () => {
    const name = "policy-swapped";
    const forbidden = await command("kubectl", ["delete", "csr", name], "", deployer);
    expect(forbidden.stderr).toContain('cannot delete resource "certificatesigningrequests"');
    const owner = await makeOwner(name, env(deployer));
    const shown = request(name, "policy-jane", { ownerReferences: [owner] });
    expect(await send("create -f -", shown, deployer)).toMatchObject({ exitCode: 0 });
    await command("kubectl", ["delete", "clusterrole", name], "", deployer);
    await kubectl(`wait csr/${name} --for=delete --timeout=120s`);
    expect(await send("create -f -", request(name, "policy-boss"), deployer)).toMatchObject({ exitCode: 0 });
    expect(await approve(name, env(approver))).toMatchObject({ exitCode: 0 });
    expect(await issuedTo(name)).toBe("CN=policy-boss");
  });

  it("keep what they ask for, and a denial", async () => {
    const name = "policy-kept";
    await send("create -f -", request(name, name), deployer);
    const asked = await kubectl(`get csr ${name} -o jsonpath={.spec}`);
    const patch = ["patch", "csr", name, "--type=merge", "-p", JSON.stringify({ spec: { expirationSeconds: 86_400 } })];
    expect((await command("kubectl", patch)).exitCode).toBe(0);
    expect(await kubectl(`get csr ${name} -o jsonpath={.spec}`)).toBe(asked);
    await kubectl(`certificate deny ${name}`);
    expect((await approve(name, env(approver))).exitCode).not.toBe(0);
    expect(await kubectl(`get csr ${name} -o jsonpath={.status.conditions[*].type}`)).toBe("Denied");
  });

  describe("with requests.yaml", () => {
    beforeAll(async () => {
      await applyPolicies("requests.yaml", {
        name: "policy-requests",
        change: (text) => text.replace("system:serviceaccount:ci:deployer", deployers.usernameOf("deployer")),
        condition: 'object.metadata.name.startsWith("policy-held-")',
      });
      const others = request("policy-held-probe");
      await untilRefused(() => send("create -f - --dry-run=server", others), "only the deployer asks for client");
    });

    it("have no owners and no finalizers, neither at first nor later", async () => {
      const owner = await makeOwner("policy-held-owner", env(deployer));
      const owned = { ownerReferences: [owner] };
      const kept = { finalizers: ["example.com/kept"] };
      const name = "policy-held-request";
      for (const [metadata, words] of [
        [owned, "has no owners, who could have it deleted (metadata.ownerReferences)"],
        [kept, "nothing keeps a request for a client certificate from being deleted (metadata.finalizers)"],
      ] as const) {
        const refused = await send("create -f -", request(name, name, metadata), deployer);
        expect(refused.stderr).toContain(words);
        await send("create -f -", request(name), deployer);
        const patch = ["patch", "csr", name, "--type=merge", "-p", JSON.stringify({ metadata })];
        // Who may change metadata is nobody of the example's; the administrator may.
        expect((await command("kubectl", patch)).stderr).toContain(words);
      }
      expect(await kubectl(`get csr ${name} -o jsonpath={.metadata.ownerReferences}{.metadata.finalizers}`)).toBe("");
    });

    it("are made, labelled, approved and deleted otherwise", async () => {
      const name = "policy-held-good";
      expect(await send("create -f -", request(name), deployer)).toMatchObject({ exitCode: 0 });
      await kubectl(`label csr ${name} team=a`);
      expect(await approve(name, env(approver))).toMatchObject({ exitCode: 0 });
      expect(await issuedTo(name)).toBe(`CN=${name}`);
      await kubectl(`delete csr ${name} --cascade=orphan --timeout=60s`);
    });
  });

  describe("with approvals.yaml", () => {
    beforeAll(async () => {
      await applyPolicies("approvals.yaml", {
        name: "policy-approvals",
        condition: 'object.metadata.name.startsWith("policy-judged-")',
      });
      let probes = 0;
      await untilRefused(async () => {
        // Another one each time: approving what is approved already is refused by nobody.
        const probe = `policy-judged-probe-${(probes += 1)}`;
        await send("create -f -", request(probe), second);
        return approve(probe, env(second));
      }, "has to approve this");
    });

    it("are not approved when they have owners", async () => {
      const name = "policy-judged-owned";
      const owner = await makeOwner(name, env(deployer));
      await send("create -f -", request(name, name, { ownerReferences: [owner] }), deployer);
      expect((await approve(name, env(approver))).stderr).toContain("a request that has owners");
      expect(await kubectl(`get csr ${name} -o jsonpath={.status.conditions}`)).toBe("");
    });

    it("are approved by a deployer that has a second name, which no policy can hold", async () => {
      const name = "policy-judged-second";
      await send("create -f -", request(name, "policy-boss"), deployer);
      expect(await approve(name, env(second))).toMatchObject({ exitCode: 0 });
      expect(await issuedTo(name)).toBe("CN=policy-boss");
    });
  });
});
