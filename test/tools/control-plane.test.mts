import { spawn } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { chmodSync, existsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import {
  type ControlPlane,
  identifyProcess,
  recordedProcesses,
  startControlPlane,
  waitUntilGone,
} from "@kubernetes-user/toolchain";
import { certificateRequest, newKey } from "@kubernetes-user/toolchain/certificates";
import {
  answerOf,
  folders,
  kubectl,
  minute,
  ownEnv,
  programs,
  scratch,
  useOwnControlPlanes,
} from "../engine/support/own-control-planes.mts";

const started = new Set<ControlPlane>();

useOwnControlPlanes(async () => {
  await Promise.all([...started].map((controlPlane) => controlPlane.stop()));
  started.clear();
});

async function start(options: Partial<Parameters<typeof startControlPlane>[0]> = {}): Promise<ControlPlane> {
  const controlPlane = await startControlPlane({ programs, ...options });
  started.add(controlPlane);
  return controlPlane;
}

async function requestCertificate(kubeconfig: string, name: string): Promise<void> {
  const manifest = join(scratch, `${name}.json`);
  const spec = {
    request: Buffer.from(certificateRequest({ commonName: name }, newKey())).toString("base64"),
    signerName: "kubernetes.io/kube-apiserver-client",
    usages: ["client auth"],
    expirationSeconds: 86_400,
  };
  const kind = { apiVersion: "certificates.k8s.io/v1", kind: "CertificateSigningRequest" };
  writeFileSync(manifest, JSON.stringify({ ...kind, metadata: { name }, spec }));
  await kubectl(kubeconfig, "create", "--filename", manifest);
  await kubectl(kubeconfig, "certificate", "approve", name);
}

function expectEnded(pids: Readonly<Record<string, number>>): void {
  expect(Object.entries(pids).filter(([, pid]) => identifyProcess(pid) !== undefined)).toEqual([]);
}

/** Nobody tells when another process has removed a folder: this looks until it has. */
async function untilRemoved(folder: string): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (existsSync(folder)) {
    if (Date.now() > deadline) throw new Error(`${folder} is still there.`);
    await delay(20);
  }
}

function script(name: string, text: string): string {
  const path = join(scratch, name);
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o700);
  return path;
}

describe("a control plane", () => {
  it(
    "issues certificates by an authority that is not the server's, and limits their lifetime",
    async () => {
      const { kubeconfig, folder, server } = await start({ signingDuration: "1h" });
      expect(statSync(kubeconfig).mode & 0o777).toBe(0o600);
      expect(statSync(folder).mode & 0o777).toBe(0o700);
      const view = ["config", "view", "--raw", "--output"];
      expect(await kubectl(kubeconfig, ...view, "jsonpath={.current-context} {.clusters[0].cluster.server}")).toBe(
        `local ${server}`,
      );

      await requestCertificate(kubeconfig, "jane");
      await kubectl(kubeconfig, "wait", "csr/jane", "--for=jsonpath={.status.certificate}", "--timeout=60s");
      const issued = await kubectl(kubeconfig, "get", "csr", "jane", "--output=jsonpath={.status.certificate}");
      const authority = await kubectl(
        kubeconfig,
        ...view,
        "jsonpath={.clusters[0].cluster.certificate-authority-data}",
      );
      const certificate = new X509Certificate(Buffer.from(issued, "base64"));
      expect(certificate.subject).toBe("CN=jane");
      expect(certificate.issuer).toBe("CN=client-ca");
      expect(certificate.verify(new X509Certificate(Buffer.from(authority, "base64")).publicKey)).toBe(false);
      expect(certificate.validToDate.getTime()).toBeLessThanOrEqual(Date.now() + 60 * minute);
    },
    2 * minute,
  );

  it(
    "keeps its address and its data when the API server is restarted",
    async () => {
      const controlPlane = await start();
      const { tokenKubeconfig, pids: before } = controlPlane;
      await kubectl(tokenKubeconfig, "create", "namespace", "kept");

      await controlPlane.restartApiServer();

      expect(controlPlane.pids["kube-apiserver"]).not.toBe(before["kube-apiserver"]);
      expect(controlPlane.pids).toMatchObject({ etcd: before["etcd"] });
      expect(await kubectl(tokenKubeconfig, "auth", "whoami", "--output=jsonpath={.status.userInfo}")).toBe(
        '{"groups":["system:masters","system:authenticated"],"uid":"token-administrator","username":"token-administrator"}',
      );
      await kubectl(tokenKubeconfig, "delete", "namespace", "kept", "--timeout=60s");

      process.kill(controlPlane.pids["kube-apiserver"] ?? 0, "SIGKILL");
      await controlPlane.restartApiServer();
      expect(await kubectl(tokenKubeconfig, "get", "--raw=/readyz")).toBe("ok");
    },
    2 * minute,
  );

  it(
    "runs beside another one, has no signer where none is wanted, and leaves nothing when it is stopped",
    async () => {
      const [one, other] = await Promise.all([start(), start({ signer: false })]);
      expect(one.server).not.toBe(other.server);
      await requestCertificate(other.kubeconfig, "joe");
      // The controllers have work after the request, and do it: a signer would have had its chance.
      await kubectl(other.kubeconfig, "create", "namespace", "later");
      await kubectl(other.kubeconfig, "wait", "--namespace=later", "--for=create", "serviceaccount/default");
      const status = await kubectl(other.kubeconfig, "get", "csr", "joe", "--output=jsonpath={.status}");
      expect(status).toContain('"type":"Approved"');
      expect(status).not.toContain('"certificate"');

      const { pids, folder } = one;
      expect(Object.keys(pids).sort()).toEqual(["etcd", "kube-apiserver", "kube-controller-manager"]);
      await one.stop();
      await one.stop();
      expectEnded(pids);
      expect(existsSync(folder)).toBe(false);
      expect(identifyProcess(other.pids["kube-apiserver"] ?? 0)).toBeDefined();
    },
    2 * minute,
  );
});

describe("a control plane whose owner is killed", () => {
  it(
    "ends with all its data",
    async () => {
      const code = `
      import { startControlPlane } from "@kubernetes-user/toolchain";
      const { pids, folder } = await startControlPlane({ programs: ${JSON.stringify(programs)} });
      console.log(JSON.stringify({ pids, folder }));
      setInterval(() => undefined, 1000);
    `;
      const owner = spawn(process.execPath, ["--input-type=module", "-e", code], {
        env: ownEnv,
        stdio: ["ignore", "pipe", "inherit"],
      });
      const [line] = (await once(createInterface({ input: owner.stdout }), "line")) as [string];
      const { pids, folder } = JSON.parse(line) as ControlPlane;
      const processes = recordedProcesses(folder);
      expect(processes.map(({ pid }) => pid).sort()).toEqual(Object.values(pids).sort());
      owner.kill("SIGKILL");
      expect(await waitUntilGone(processes, 20_000)).toEqual([]);
      await untilRemoved(folder);
    },
    minute,
  );

  it(
    "lets go of an owner that has nothing left to do, and ends with it",
    async () => {
      const code = `
      import { startControlPlane } from "@kubernetes-user/toolchain";
      const { folder } = await startControlPlane({ programs: ${JSON.stringify(programs)} });
      console.log(JSON.stringify({ folder }));
    `;
      const { folder } = await answerOf<ControlPlane>(code);
      expect(await waitUntilGone(recordedProcesses(folder), 20_000)).toEqual([]);
      await untilRemoved(folder);
    },
    minute,
  );
});

describe("a start that fails", () => {
  it.each(["etcd", "kube-apiserver", "kube-controller-manager"] as const)(
    "for the sake of %s tells so with the end of its log",
    async (name) => {
      const broken = script("broken", 'echo "no such flag" >&2; exit 3');
      const lines: string[] = [];
      const log = (line: string): number => lines.push(line);
      await expect(start({ programs: { ...programs, [name]: broken }, log })).rejects.toThrow(
        `${name} ended with exit code 3. The last lines of its log:\n  no such flag`,
      );
      expect(lines.join("\n")).not.toContain("no such flag");
    },
    minute,
  );

  it("for a missing program names it", async () => {
    const etcd = join(scratch, "nowhere");
    await expect(start({ programs: { ...programs, etcd } })).rejects.toThrow(
      `programs["etcd"]: expected the path of an executable program, got ${etcd}`,
    );
  });

  it("for a lifetime that is none says so", async () => {
    await expect(start({ signingDuration: "long" })).rejects.toThrow("signingDuration: expected a duration");
  });

  it(
    "because it was aborted leaves nothing",
    async () => {
      const abort = new AbortController();
      const pids: Record<string, number> = {};
      const log = (line: string): void => {
        const [, name = "", pid] = /^started (\S+) \(process (\d+)\)$/.exec(line) ?? [];
        pids[name] = Number(pid);
        if (name === "kube-apiserver") abort.abort(new Error("Enough."));
      };
      await expect(start({ log, signal: abort.signal })).rejects.toThrow("Enough.");
      expect(Object.keys(pids)).toEqual(["etcd", "kube-apiserver"]);
      expectEnded(pids);
      expect(folders()).toEqual([]);
    },
    minute,
  );

  it(
    "for a port that somebody else took is tried again with another",
    async () => {
      const marker = join(scratch, "tried");
      const apiServer = script(
        "apiserver",
        `[ -e ${marker} ] && exec ${programs["kube-apiserver"]} "$@"
      touch ${marker}; echo "listen tcp 127.0.0.1: bind: address already in use" >&2; exit 1`,
      );
      const lines: string[] = [];
      const log = (line: string): number => lines.push(line);
      const { server } = await start({ programs: { ...programs, "kube-apiserver": apiServer }, log });
      expect(lines.join("\n")).toMatch(/port \d+ has been taken meanwhile/);
      expect(lines.join("\n")).not.toContain(`port ${new URL(server).port} has been taken`);
    },
    minute,
  );
});
