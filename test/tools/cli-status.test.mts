import { once } from "node:events";
import { createServer } from "node:https";
import { type AddressInfo } from "node:net";

import { certificateAuthority, servingCertificate } from "@kubernetes-user/toolchain/certificates";
import {
  Folder,
  anyName,
  cli,
  cliJson,
  cliOnTerminal,
  hasTerminal,
  serviceAccountKubeconfig,
  submit,
} from "../engine/support/cli.mts";
import { type CommandResult, kubectl } from "../engine/support/commands.mts";
import { kubeconfig } from "../engine/support/kubeconfigs.mts";
import { Project } from "../engine/support/project.mts";
import { closedPort } from "../engine/support/tunnel-proxy.mts";

interface Status {
  readonly username: string;
  readonly status: string;
  readonly source: string;
  readonly issuedAt: string | null;
  readonly notBefore: string | null;
}

/** The users of this file among those that the cluster shows. */
async function statusOf(prefix: string, ...args: readonly string[]): Promise<Status[]> {
  const statuses = (await cliJson("status", ...args)) as Status[];
  return statuses
    .filter(({ username }) => username.startsWith(prefix))
    .sort((a, b) => (a.username < b.username ? -1 : 1));
}

describe("kubernetes-user status", () => {
  let folder: Folder;

  beforeAll(async () => {
    folder = await Folder.create();
  });

  afterAll(async () => {
    await folder[Symbol.asyncDispose]();
  });

  it("lists the cluster's requests, and says that they do not stay there", async () => {
    const began = Date.now();
    const [pending, denied, valid] = [
      await submit(folder, "status-pending"),
      await submit(folder, "status-denied"),
      await submit(folder, "status-valid", "--group", "developers"),
    ];
    await kubectl(`certificate deny ${denied}`);
    await cliJson("approve", valid, ...anyName);
    const [, , own] = await statusOf("status-");
    // The certificate itself says 5 minutes earlier.
    expect(Date.parse(own?.issuedAt ?? "") - Date.parse(own?.notBefore ?? "")).toBeGreaterThan(4 * 60_000);
    expect(Date.parse(own?.issuedAt ?? "")).toBeGreaterThan(began - 1000);
    expect(await statusOf("status-")).toMatchObject([
      { username: "status-denied", status: "denied", csrName: denied, notAfter: null },
      { username: "status-pending", status: "pending", csrName: pending, groups: [], source: "cluster" },
      { username: "status-valid", status: "valid", csrName: valid, groups: ["developers"], renewAfter: null },
    ]);
    const { exitCode, stdout, stderr } = await cli(["status"]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^cluster https:\/\/127\S+\nUSER +GROUPS +ISSUED +EXPIRES +STATE\n/);
    expect(stdout).toMatch(/\nstatus-denied +- +- +- +denied\n {2}request status-denied-\S+\n/);
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    const wide = await cli(["status", "--output", "wide"]);
    expect(wide.stdout).toMatch(/^USER +GROUPS +CLUSTER +REQUEST +ISSUED +EXPIRES +RENEWS +STATE\n/);
    expect(wide.stdout).toMatch(/\nstatus-denied +- +https:\/\/127\S+ +status-denied-\S+ +- +- +- +denied\n/);
    // Not even when asked for: what reads a pipe would get it into its data.
    expect(stdout).not.toContain("\u001b");
    expect(stderr).toContain("after an hour");
  });

  it("knows of a stack all its users without any cluster, and ends with 3 when one ends soon", async () => {
    await using project = await Project.create(`
      new KubernetesUser("stacked", { username: "stacked-jane", groups: ["a", "b"], expirationSeconds: 7200 });
      new KubernetesUser("waiting", { username: "stacked-waiting", approval: { mode: "manual", timeoutSeconds: 0 } });`);
    await project.stack.up();
    const { stdout: stack } = await project.stack.run(project.stack.on("stack", "export"));
    const path = await folder.write("stack.json", stack);
    const env = { KUBECONFIG: "/nowhere/kubeconfig" };
    const soon = await cli(["status", "--stack", "-", "--within", "3h", "--output", "json"], stack, env);
    expect(soon.exitCode).toBe(3);
    expect(soon.stderr).toMatch(/^"stacked-jane" at https:\S+ expires within 3h: 20\S+\n$/);
    expect(JSON.parse(soon.stdout)).toMatchObject([
      {
        username: "stacked-jane",
        groups: ["a", "b"],
        status: "valid",
        issuedAt: expect.stringMatching(/^20/) as string,
        renewAfter: expect.stringMatching(/^20/) as string,
      },
      { username: "stacked-waiting", groups: [], status: "pending", notAfter: null },
    ]);
    expect(await cli(["status", "--stack", path, "--within", "90m"], "", env)).toMatchObject({
      exitCode: 0,
      stderr: "",
    });
    // What has been decided since the state was written, only the cluster knows.
    const names = await kubectl("get csr -o jsonpath={.items[*].metadata.name}");
    await kubectl(`certificate approve ${/stacked-waiting-\S+/.exec(names)?.[0] ?? ""}`);
    const joined = await statusOf("stacked-", "--stack", path, "--cluster");
    expect(joined).toMatchObject([{ source: "stack" }, { username: "stacked-waiting", source: "stack" }]);
    expect(joined[1]?.status).not.toBe("pending");
  });

  it("tells of missing permissions and of a cluster that cannot be reached", async () => {
    const nobody = await serviceAccountKubeconfig(folder, "cli-status-nobody", []);
    expect(await cli(["status", "--kubeconfig", nobody])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("[forbidden]") as string,
    });
    const server = `https://127.0.0.1:${await closedPort()}`;
    const closed = await folder.write("closed", kubeconfig("closed", { server }, { token: "abc" }));
    expect(await cli(["status", "--kubeconfig", closed])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("[server-unreachable]") as string,
    });
  });

  it("sends nothing to a server of another certificate authority, whatever NODE_TLS_REJECT_UNAUTHORIZED says", async () => {
    const [authority, foreign] = [certificateAuthority("authority"), certificateAuthority("foreign")];
    const names = { commonName: "kube-apiserver" };
    const { keyPem: key, certificatePem: cert } = servingCertificate(foreign, names, ["127.0.0.1"]);
    const tokens: unknown[] = [];
    const server = createServer({ key, cert }, ({ headers }, response) => {
      tokens.push(headers.authorization);
      response.end('{"items":[]}');
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    try {
      const { port } = server.address() as AddressInfo;
      const run = async (name: string, fields: object): Promise<CommandResult> => {
        const path = await folder.write(
          name,
          kubeconfig(name, { server: `https://127.0.0.1:${port}`, ...fields }, { token: "abc" }),
        );
        return cli(["status", "--kubeconfig", path], "", { NODE_TLS_REJECT_UNAUTHORIZED: "0" });
      };
      const trust = (pem: string): object => ({ "certificate-authority-data": Buffer.from(pem).toString("base64") });
      const refused = await run("of-another", trust(authority.certificatePem));
      expect(tokens).toEqual([]);
      expect(refused.exitCode).toBe(1);
      expect(refused.stderr).toContain("[server-untrusted]");
      expect((await run("of-its-own", trust(foreign.certificatePem))).exitCode).toBe(0);
      const unverified = await run("of-none", { "insecure-skip-tls-verify": true });
      expect(unverified.exitCode).toBe(0);
      expect(unverified.stderr).toContain("is not verified (insecure-skip-tls-verify)");
      expect(tokens).toEqual(["Bearer abc", "Bearer abc"]);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it.each([
    [["--within", "7"], 2, "--within: expected a duration"],
    [["--stack", "/nowhere/stack"], 1, "[file-unreadable]"],
    [["--stack", "x", "--context", "y"], 2, "--cluster: it is needed"],
    [["--output", "yaml"], 2, "Allowed choices are text, json"],
  ])("refuses %p with exit code %i", async (args, code, message) => {
    const { exitCode, stdout, stderr } = await cli(["status", ...args]);
    expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: "" });
    expect(stderr).toContain(message);
  });
});

const terminal = hasTerminal ? describe : describe.skip;

terminal(`on a terminal${hasTerminal ? "" : " (skipped: this machine has no util-linux script to make one)"}`, () => {
  it("status has colours", async () => {
    await using folder = await Folder.create();
    const inputs = { username: "over", groups: [], cluster: "https://old.test ca:0" };
    const [notBefore, renewAfter, notAfter] = ["2020-01-01T00:00:00Z", "2020-01-01T12:00:00Z", "2020-01-02T00:00:00Z"];
    const type = "pulumi-nodejs:dynamic/kubernetes-user:CertificateSigningRequest";
    const resources = [{ type, inputs, outputs: { notBefore, renewAfter, notAfter } }];
    const stack = await folder.write("stack.json", JSON.stringify({ deployment: { resources } }));
    const { exitCode, output } = await cliOnTerminal("status", "--stack", stack, "--within", "1d").ended;
    expect(exitCode).toBe(3);
    expect(output).toContain("\u001b[31mexpired\u001b[39m");
  });
});
