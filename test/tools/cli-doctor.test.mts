import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

import { type ControlPlane, startControlPlane } from "@kubernetes-user/toolchain";
import { Folder, cli, cliJson, serviceAccountKubeconfig, startCli } from "../engine/support/cli.mts";
import { type CommandResult, command } from "../engine/support/commands.mts";
import { controlPlanePrograms } from "../engine/support/control-plane-programs.mts";
import { foreignSigner } from "../engine/support/foreign-signer.mts";
import { type Administrator, administrator, kubeconfig } from "../engine/support/kubeconfigs.mts";
import { type PathFront, pathFront } from "../engine/support/path-front.mts";
import { closedPort } from "../engine/support/tunnel-proxy.mts";
import { httpProxy } from "../unit/support/test-proxies.ts";

interface Finding {
  readonly check: string;
  readonly status: string;
  readonly details: string;
  readonly remedy: string | null;
  readonly commands: readonly string[];
}

interface Diagnosis {
  readonly status: string;
  readonly clockDifferenceSeconds: number | null;
  readonly longestLifetimeSeconds: number | null;
  readonly findings: readonly Finding[];
}

/** What it prints as JSON, whatever it ends with. */
async function diagnose(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Diagnosis & Pick<CommandResult, "exitCode" | "stderr">> {
  const { exitCode, stdout, stderr } = await cli(["doctor", ...args, "--output", "json"], "", env);
  if (stdout === "") {
    throw new Error(`doctor ${args.join(" ")} ended with ${exitCode}: ${stderr}`);
  }
  return { exitCode, stderr, ...(JSON.parse(stdout) as Diagnosis) };
}

/** Checks whose finding is not ok, with its standing. */
function unwell({ findings }: Pick<Diagnosis, "findings">): Readonly<Record<string, string>> {
  return Object.fromEntries(
    findings.filter(({ status }) => status !== "ok").map(({ check, status }) => [check, status]),
  );
}

function findingOf({ findings }: Pick<Diagnosis, "findings">, name: string): Finding {
  const finding = findings.find(({ check }) => check === name);
  if (finding === undefined) {
    throw new Error(`there is no finding of ${name}`);
  }
  return finding;
}

const noCertificate = {
  signer: "problem",
  "longest-lifetime": "unknown",
  "client-ca": "unknown",
  "client-certificate": "unknown",
};

/** Throws when a cluster still has test requests. */
async function requireNoneLeft(path: string): Promise<void> {
  const { exitCode, stdout } = await command("kubectl", ["--kubeconfig", path, "get", "csr", "--output", "name"]);
  const left = stdout.split("\n").filter((name) => name.includes("kubernetes-user-doctor-"));
  if (exitCode !== 0 || left.length > 0) {
    throw new Error(`Left behind: ${left.join(", ")}`);
  }
}

describe("kubernetes-user doctor", () => {
  let folder: Folder;
  let admin: Administrator;

  beforeAll(async () => {
    folder = await Folder.create();
    admin = await administrator();
  });

  afterAll(async () => {
    await folder[Symbol.asyncDispose]();
  });

  afterEach(async () => {
    await requireNoneLeft(String(process.env["KUBECONFIG"]));
  });

  /** A kubeconfig of the administrator's, by token, for another way to the cluster. */
  function byToken(name: string, cluster: object): Promise<string> {
    return folder.write(name, kubeconfig(name, { ...cluster }, { token: admin.token }));
  }

  it("finds nothing in a cluster that is well", async () => {
    const diagnosis = (await cliJson("doctor")) as Diagnosis;
    expect(unwell(diagnosis)).toEqual({});
    expect(diagnosis).toMatchObject({ status: "ok", clockDifferenceSeconds: 0, longestLifetimeSeconds: 365 * 86400 });
    const { exitCode, stdout, stderr } = await cli(["doctor"]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^ok {7}connection: https:\/\/127/);
    expect(stderr).toContain("Submitting two test requests");
  });

  it("writes nothing with --no-request", async () => {
    const { stderr, ...diagnosis } = await diagnose(["--no-request"]);
    expect(unwell(diagnosis)).toEqual({ ...noCertificate, signer: "unknown" });
    expect(diagnosis.exitCode).toBe(0);
    expect(stderr).not.toContain("Submitting");
  });

  it("ends with 1 when the cluster cannot be reached, and with 2 for a wrong option", async () => {
    const path = await byToken("away", { ...admin.cluster, server: `https://127.0.0.1:${await closedPort()}` });
    const away = await cli(["doctor", "--kubeconfig", path]);
    expect(away).toMatchObject({ exitCode: 1, stdout: "" });
    expect(away.stderr).toContain("[server-unreachable]");
    expect(await cli(["doctor", "--mode", "all"])).toMatchObject({ exitCode: 2, stdout: "" });
  });

  it("names the proxy on the way, without its login", async () => {
    const port = Number(new URL(admin.cluster.server).port);
    const proxy = await httpProxy(port);
    const cluster = {
      ...admin.cluster,
      server: `https://kube.acme.test:${port}`,
      "tls-server-name": "kubernetes.default.svc",
    };
    const path = await byToken("proxied", cluster);
    try {
      const env = { HTTPS_PROXY: `http://jane:SEEKRIT@127.0.0.1:${proxy.port}`, NO_PROXY: "", no_proxy: "" };
      const diagnosis = await diagnose(["--kubeconfig", path], env);
      expect(unwell(diagnosis)).toEqual({});
      expect(findingOf(diagnosis, "proxy").details).toContain(`proxy http://127.0.0.1:${proxy.port} (HTTPS_PROXY)`);
      expect(JSON.stringify(diagnosis)).not.toContain("SEEKRIT");
    } finally {
      await proxy.close();
    }
  });

  describe("behind a server that ends TLS", () => {
    const open: PathFront[] = [];

    afterEach(async () => {
      await Promise.all(open.splice(0).map((front) => front.close()));
    });

    async function front(changed: Readonly<Record<string, string>> = {}): Promise<object> {
      const { server, "certificate-authority-data": ca } = admin.cluster;
      const opened = await pathFront("", server, Buffer.from(ca, "base64").toString(), changed);
      open.push(opened);
      return {
        server: opened.url,
        "certificate-authority-data": Buffer.from(opened.authority).toString("base64"),
      };
    }

    it("names it: a new certificate does not arrive", async () => {
      const diagnosis = await diagnose(["--kubeconfig", await byToken("ended", await front())]);
      expect(unwell(diagnosis)).toEqual({ "client-certificate": "problem" });
      expect(findingOf(diagnosis, "client-certificate").details).toContain("ends TLS");
      expect(diagnosis.exitCode).toBe(6);
    });

    it("names it when the kubeconfig's own certificate does not arrive", async () => {
      const text = kubeconfig("certificate", { ...(await front()) }, admin.certificate);
      const diagnosis = await diagnose(["--kubeconfig", await folder.write("certificate", text)]);
      expect(findingOf(diagnosis, "identity")).toMatchObject({ status: "problem" });
      expect(findingOf(diagnosis, "identity").remedy).toContain("ends TLS");
      expect(diagnosis.exitCode).toBe(6);
    });

    it.each([
      [3600, "behind"],
      [-3600, "ahead of"],
    ])("names clocks that differ by %i seconds", async (seconds, words) => {
      const date = new Date(Date.now() + seconds * 1000).toUTCString();
      const diagnosis = await diagnose(["--kubeconfig", await byToken("clock", await front({ date }))]);
      expect(unwell(diagnosis)).toMatchObject({ clock: "problem" });
      expect(findingOf(diagnosis, "clock").details).toContain(`clock is `);
      expect(findingOf(diagnosis, "clock").details).toContain(`${words} the server's`);
      expect(Math.abs(diagnosis.clockDifferenceSeconds ?? 0)).toBeGreaterThan(3500);
    });
  });

  it("names missing rights before anything is submitted, with commands that grant them", async () => {
    const requests = { apiGroups: ["certificates.k8s.io"], resources: ["certificatesigningrequests"] };
    const path = await serviceAccountKubeconfig(folder, "doctor-patient", [{ ...requests, verbs: ["get", "list"] }]);
    const args = ["--kubeconfig", path, "--mode", "automatic"];
    const diagnosis = await diagnose(args);
    expect(diagnosis.exitCode).toBe(6);
    expect(unwell(diagnosis)).toMatchObject({ ...noCertificate, signer: "unknown", "automatic-approval": "problem" });
    const { details, commands } = findingOf(diagnosis, "automatic-approval");
    expect(details).toBe(
      "You may not run pulumi up with automatic approval. Missing: create on certificatesigningrequests.certificates.k8s.io, " +
        "watch on certificatesigningrequests.certificates.k8s.io, update on certificatesigningrequests.certificates.k8s.io/approval, " +
        'approve on signers.certificates.k8s.io "kubernetes.io/kube-apiserver-client".',
    );
    expect(diagnosis.stderr).not.toContain("Submitting");

    for (const line of commands) {
      expect(await command("sh", ["-c", line])).toMatchObject({ exitCode: 0 });
    }
    // The authorizer learns of a binding a moment later.
    const end = performance.now() + 20_000;
    let granted = await diagnose([...args, "--no-request"]);
    while (findingOf(granted, "automatic-approval").status !== "ok" && performance.now() < end) {
      granted = await diagnose([...args, "--no-request"]);
    }
    const after = await diagnose(args);
    // It was granted nothing else.
    const others = { "grantable-roles": "warning", namespaces: "warning", "test-requests": "warning" };
    expect(unwell(after)).toEqual(others);
    expect(findingOf(after, "test-requests").remedy).toContain("an hour after they were approved");
    const [remove = ""] = findingOf(after, "test-requests").commands;
    expect(await command("sh", ["-c", remove])).toMatchObject({ exitCode: 0 });
  });
});

describe("kubernetes-user doctor, of a cluster without a signer", () => {
  let controlPlane: ControlPlane;

  beforeAll(async () => {
    controlPlane = await startControlPlane({ programs: controlPlanePrograms(), signer: false });
  });

  afterAll(async () => {
    await controlPlane.stop();
  });

  afterEach(async () => {
    await requireNoneLeft(controlPlane.kubeconfig);
  });

  it("names it", async () => {
    const diagnosis = await diagnose(["--kubeconfig", controlPlane.kubeconfig, "--timeout", "2s"]);
    expect(unwell(diagnosis)).toEqual(noCertificate);
    expect(findingOf(diagnosis, "signer").details).toContain("issued nothing within 2 seconds");
    expect(findingOf(diagnosis, "signer").remedy).toContain("Amazon EKS");
    expect(diagnosis.exitCode).toBe(6);
  });

  it("names a foreign certificate authority", async () => {
    const signer = foreignSigner(controlPlane.kubeconfig);
    const diagnosis = await diagnose(["--kubeconfig", controlPlane.kubeconfig]).finally(() => signer.stop());
    expect(unwell(diagnosis)).toEqual({
      "longest-lifetime": "warning",
      "client-ca": "problem",
      "client-certificate": "unknown",
    });
    expect(findingOf(diagnosis, "client-ca").remedy).toContain("--client-ca-file");
    expect(diagnosis.exitCode).toBe(6);
  });

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("leaves nothing after %s", async (signal, exitCode) => {
    const { kubeconfig } = controlPlane;
    const watch = spawn("kubectl", ["--kubeconfig", kubeconfig, "get", "csr", "--watch", "--output", "name"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      const submitted = once(createInterface({ input: watch.stdout }), "line");
      const run = startCli(["doctor", "--kubeconfig", kubeconfig]);
      await submitted;
      run.signal(signal);
      const { stdout, stderr, exitCode: code } = await run.ended;
      expect({ code, stdout }).toEqual({ code: exitCode, stdout: "" });
      expect(stderr).toContain("Interrupted. The test requests were deleted. [aborted]");
    } finally {
      watch.kill();
    }
  });
});

describe("kubernetes-user doctor, of a cluster whose signer grants little", () => {
  it("names it", async () => {
    const controlPlane = await startControlPlane({ programs: controlPlanePrograms(), signingDuration: "20m" });
    try {
      const diagnosis = await diagnose(["--kubeconfig", controlPlane.kubeconfig]);
      expect(unwell(diagnosis)).toEqual({ "longest-lifetime": "warning" });
      expect(findingOf(diagnosis, "longest-lifetime").details).toContain("grants 20 minutes at most");
      expect(diagnosis.longestLifetimeSeconds).toBe(1200);
      await requireNoneLeft(controlPlane.kubeconfig);
    } finally {
      await controlPlane.stop();
    }
  });
});
