import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

import { parseRequest } from "../../../components/core/csr/certification-request.ts";
import { command } from "./commands.mts";
import { testAuthority } from "./test-authority.mts";

interface SigningRequest {
  readonly spec: { readonly request: string };
  readonly status?: { readonly certificate?: string; readonly conditions?: readonly { readonly type: string }[] };
}

/**
 * Signs every approved request of a cluster by an authority that the cluster does not know, until it is stopped.
 *
 * @param kubeconfig file of an administrator of a cluster without a signer.
 */
export function foreignSigner(kubeconfig: string): { readonly stop: () => Promise<void> } {
  const watch = spawn("kubectl", ["--kubeconfig", kubeconfig, "get", "csr", "--watch", "--output", "name"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = signAll(createInterface({ input: watch.stdout }), kubeconfig);
  return {
    stop: () => {
      watch.kill();
      return ended;
    },
  };
}

async function signAll(events: AsyncIterable<string>, kubeconfig: string): Promise<void> {
  for await (const event of events) {
    await sign(event.replace(/^.*\//, ""), kubeconfig);
  }
}

async function sign(name: string, kubeconfig: string): Promise<void> {
  const read = await command("kubectl", ["--kubeconfig", kubeconfig, "get", "csr", name, "--output", "json"]);
  if (read.exitCode !== 0) {
    return;
  }
  const object = JSON.parse(read.stdout) as SigningRequest;
  const { certificate, conditions = [] } = object.status ?? {};
  if (certificate !== undefined || !conditions.some(({ type }) => type === "Approved")) {
    return;
  }
  const request = parseRequest(Buffer.from(object.spec.request, "base64").toString());
  const { username, groups } = request;
  const now = Date.now();
  const { signCertificate } = await testAuthority();
  const pem = signCertificate({ username, groups, request, notBefore: now - 300_000, notAfter: now + 600_000 });
  const status = { ...object.status, certificate: Buffer.from(pem).toString("base64") };
  const path = `/apis/certificates.k8s.io/v1/certificatesigningrequests/${name}/status`;
  const args = ["--kubeconfig", kubeconfig, "replace", "--raw", path, "-f", "-"];
  await command("kubectl", args, JSON.stringify({ ...object, status }));
}
