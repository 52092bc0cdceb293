import { existsSync } from "node:fs";
import { chmod, lstat, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { createRequest } from "../../components/core/csr/certification-request.ts";
import { Folder, anyName, cli, cliJson } from "../engine/support/cli.mts";
import { type CommandResult, command } from "../engine/support/commands.mts";
import { administrator, kubeconfig as kubeconfigOf } from "../engine/support/kubeconfigs.mts";
import { privateKey, signCertificate } from "../unit/support/test-authority.ts";
import { readByKubectl } from "../engine/support/read-by-kubectl.mts";

describe("a kubeconfig that came by mail and was changed on its way", () => {
  let folder: Folder;
  let key: string;
  let marker: string;
  let certificate: string;

  beforeAll(async () => {
    folder = await Folder.create();
    key = await folder.write("jane.key", privateKey());
    marker = folder.file("marker");
    const identity = { username: "jane", groups: [] };
    const now = Date.now();
    const request = createRequest(identity, privateKey());
    const pem = signCertificate({ ...identity, request, notBefore: now - 60_000, notAfter: now + 3_600_000 });
    certificate = Buffer.from(pem).toString("base64");
  });

  afterAll(async () => {
    await folder[Symbol.asyncDispose]();
  });

  beforeEach(() => rm(marker, { force: true }));

  /** A kubeconfig without a key, with places for what an attacker writes. Nothing listens at its server. */
  const mailed = (more: { users?: string; user?: string; context?: string; contexts?: string; current?: string }) => `
apiVersion: v1
kind: Config
clusters:
- name: prod
  cluster:
    server: https://127.0.0.1:1
users:
- name: ${more.user ?? "jane@prod"}
  user:
    client-certificate-data: ${certificate}${more.users ?? ""}
contexts:
- name: jane@prod
  context:
    cluster: prod
    user: ${more.user ?? "jane@prod"}${more.context ?? ""}${more.contexts ?? ""}
current-context: ${more.current ?? "jane@prod"}
`;

  /** An exec credential plugin that leaves a mark, in lines without ": ", which would make others quote them. */
  const plugin = (indent: number): string[] =>
    [
      ...["exec:", "  apiVersion:", "    client.authentication.k8s.io/v1", "  command:", "    touch"],
      ...["  args:", `    - ${marker}`, "  interactiveMode:", "    Never"],
    ].map((line) => " ".repeat(indent) + line);

  /** Uses a kubeconfig, as its owner would next. */
  const use = (path: string, ...options: readonly string[]): Promise<CommandResult> =>
    command("kubectl", ["--kubeconfig", path, ...options, "get", "--raw", "/version"]);

  it("runs what it says when kubectl uses it as it is", async () => {
    const path = await folder.write("as-it-is", ["users:", "- name: evil", "  user:", ...plugin(4)].join("\n"));
    await use(path, "--user", "evil", "--server", "https://127.0.0.1:1");
    expect(existsSync(marker)).toBe(true);
  });

  it("is refused in place when another user's entry runs something, and stays as it was", async () => {
    const text = mailed({
      users: ["", "- name: evil", "  user:", ...plugin(4)].join("\n"),
      contexts: "\n- name: evil\n  context:\n    cluster: prod\n    user: evil",
      current: "evil",
    });
    const path = await folder.write("in-place", text);
    const { exitCode, stderr } = await cli(["kubeconfig", path, "--key", key]);
    expect(stderr).toMatch(/its user "evil" has unexpected fields: "exec".*\[file-unreadable\]/);
    expect(exitCode).toBe(1);
    expect(await readFile(path, "utf8")).toBe(text);
  });

  it("loses a comment in which kubectl sees other lines", async () => {
    const path = await folder.write(
      "comment",
      mailed({
        contexts: " #\u0085- name: evil\u0085  context:\u0085    cluster: prod\u0085    user: evil",
        current: ["jane@prod #", "current-context: evil", "users:", "- name: evil", "  user:", ...plugin(4)].join(
          "\u0085",
        ),
      }),
    );
    expect(await cli(["kubeconfig", path, "--key", key])).toMatchObject({ exitCode: 0, stderr: "" });
    await use(path);
    expect(existsSync(marker)).toBe(false);
    const read = await readByKubectl(path);
    expect(read.users?.map(({ name, user }) => [name, Object.keys(user)])).toEqual([
      ["jane@prod", ["client-certificate-data", "client-key-data"]],
    ]);
    expect([read.contexts?.length, read["current-context"]]).toEqual([1, "jane@prod"]);
  });

  it.each(["\\u2028", "\\u2029", "\\u0085"])("is refused with other lines in a namespace: %s", async (escape) => {
    const lines = ["x", "      user:", "        evil", "users:", "  - name:", "      evil", "    user:", ...plugin(6)];
    const path = await folder.write("namespace", mailed({ context: `\n    namespace: "${lines.join(escape)}"` }));
    const out = folder.file(`namespace-out${escape.slice(1)}`);
    const { exitCode, stderr } = await cli(["kubeconfig", path, "--key", key, "--out", out]);
    await use(out);
    expect(existsSync(marker)).toBe(false);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/an invalid namespace.*\[file-unreadable\]/);
    expect(existsSync(out)).toBe(false);
  });

  it.each(["\\u2028", "\\u2029", "\\u0085"])("is refused with other lines in a user's name: %s", async (escape) => {
    const lines = ["jane@prod", "    user:", ...plugin(6), "  - name:", "      zz"];
    const path = await folder.write("user", mailed({ user: `"${lines.join(escape)}"` }));
    const text =
      "apiVersion: v1\nkind: Config\nclusters:\n  - name: other\n    cluster:\n      server: https://other.test\n";
    const target = await folder.write("config", text);
    const { exitCode, stderr } = await cli(["kubeconfig", path, "--key", key, "--merge", target]);
    await use(target);
    expect(existsSync(marker)).toBe(false);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/users\[0\].name is empty or holds hidden characters.*\[file-unreadable\]/);
    expect(await readFile(target, "utf8")).toBe(text);
  });

  it("is not merged into a file in which kubectl sees other lines", async () => {
    const path = await folder.write("clean", mailed({}));
    const target = await folder.write("ambiguous", "# mine\u2028users: []\nkind: Config\n");
    const { exitCode, stderr } = await cli(["kubeconfig", path, "--key", key, "--merge", target]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/line 1 holds U\+2028.*\[kubeconfig-unreadable\]/);
  });

  it("is completed for its owner alone, through a link, and never written over a link", async () => {
    const path = await folder.write("linked", mailed({}));
    await chmod(path, 0o666);
    await symlink(path, folder.file("link"));
    expect(await cli(["kubeconfig", folder.file("link"), "--key", key])).toMatchObject({ exitCode: 0 });
    expect((await lstat(folder.file("link"))).isSymbolicLink()).toBe(true);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await symlink(folder.file("nowhere"), folder.file("out-link"));
    const clean = await folder.write("clean", mailed({}));
    const { exitCode, stderr } = await cli(["kubeconfig", clean, "--key", key, "--out", folder.file("out-link")]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("[file-unwritable]");
    expect(existsSync(folder.file("nowhere"))).toBe(false);
  });

  it("is refused in UTF-16, which kubectl reads and would not be written back", async () => {
    const path = folder.file("utf16");
    await writeFile(path, Buffer.from(`\ufeff${mailed({})}`, "utf16le"));
    const { exitCode, stderr } = await cli(["kubeconfig", path, "--key", key]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/is not UTF-8 text.*\[file-unreadable\]/);
  });

  it("shows the fingerprint of the cluster's certificate authority, as openssl has it", async () => {
    const { cluster } = await administrator();
    const data = cluster["certificate-authority-data"];
    const authority = await folder.write("ca.crt", Buffer.from(data, "base64").toString());
    const script = `openssl x509 -in ${authority} -noout -pubkey | openssl pkey -pubin -outform der | openssl dgst -sha256 -hex`;
    const { stdout: digest } = await command("bash", ["-c", script]);
    const expected = `sha256:${String(/[0-9a-f]{64}/.exec(digest)?.[0])}`;
    const text = (fields: object): string =>
      kubeconfigOf("jane", { server: cluster.server, ...fields }, { "client-certificate-data": certificate });
    const complete = async (name: string, fields: object): Promise<unknown> =>
      cliJson("kubeconfig", await folder.write(name, text(fields)), "--key", key);
    const { server } = cluster;
    expect(await complete("a", { "certificate-authority-data": data })).toMatchObject({
      clusters: [
        { clusterName: "jane", server, verifiedBy: "certificate-authority", certificateAuthorities: [expected] },
      ],
    });
    expect(await complete("b", {})).toMatchObject({ clusters: [{ verifiedBy: "system", certificateAuthorities: [] }] });
    expect(await complete("c", { "insecure-skip-tls-verify": true })).toMatchObject({
      clusters: [{ verifiedBy: "none", certificateAuthorities: [] }],
    });
    const shown = async (name: string, fields: object): Promise<string> =>
      (await cli(["kubeconfig", await folder.write(name, text(fields)), "--key", key])).stdout;
    expect(await shown("d", { "certificate-authority-data": data })).toContain(
      `  certificate authority  ${expected}\n`,
    );
    expect(await shown("e", {})).toContain("none: the system's store");
    expect(await shown("f", { "insecure-skip-tls-verify": true })).toContain("not checked: insecure-skip-tls-verify");
  });
});

describe("kubernetes-user whoami of a file that came from elsewhere", () => {
  let folder: Folder;
  let marker: string;
  let hostile: string;

  beforeAll(async () => {
    folder = await Folder.create();
    marker = folder.file("marker");
    const { cluster, token } = await administrator();
    const status = JSON.stringify({
      apiVersion: "client.authentication.k8s.io/v1",
      kind: "ExecCredential",
      status: { token },
    });
    const script = await folder.write("login.sh", `#!/bin/sh\ntouch ${marker}\necho '${status}'\n`);
    const exec = {
      apiVersion: "client.authentication.k8s.io/v1",
      command: "sh",
      args: [script],
      interactiveMode: "Never",
    };
    hostile = await folder.write("hostile", kubeconfigOf("evil", cluster, { exec }));
  });

  afterAll(async () => {
    await folder[Symbol.asyncDispose]();
  });

  beforeEach(() => rm(marker, { force: true }));

  it.each([
    ["FILE", (path: string) => cli(["whoami", path])],
    ["--kubeconfig", (path: string) => cli(["whoami", "--kubeconfig", path])],
    ["standard input", async (path: string) => cli(["whoami", "-"], await readFile(path, "utf8"))],
    ["status --kubeconfig", (path: string) => cli(["status", "--kubeconfig", path])],
    ["approve --kubeconfig", (path: string) => cli(["approve", "a", ...anyName, "--kubeconfig", path])],
    ["collect --kubeconfig", (path: string) => cli(["collect", "a", "--out", "o", "--kubeconfig", path])],
  ])("runs nothing of what it names: %s", async (_, run) => {
    const { exitCode, stdout, stderr } = await run(hostile);
    expect(existsSync(marker)).toBe(false);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toMatch(/would run the command "sh" with 1 arguments.*--allow-exec. \[command-not-allowed\]/);
  });

  it("runs it with --allow-exec", async () => {
    expect(await cli(["whoami", hostile, "--allow-exec"])).toMatchObject({ exitCode: 0 });
    expect(existsSync(marker)).toBe(true);
    await rm(marker);
    const input = await readFile(hostile, "utf8");
    expect(await cli(["whoami", "-", "--allow-exec"], input)).toMatchObject({ exitCode: 0 });
    expect(existsSync(marker)).toBe(true);
  });

  it("runs it when it is the person's own kubeconfig", async () => {
    expect(await cli(["whoami"], "", { KUBECONFIG: hostile })).toMatchObject({ exitCode: 0 });
    expect(existsSync(marker)).toBe(true);
  });

  it("escapes what it names, and sends no file as a token", async () => {
    const { cluster } = await administrator();
    const command = "/tmp/\u202eevil\u001b[2J";
    const plugin = { apiVersion: "client.authentication.k8s.io/v1", interactiveMode: "Never" };
    const escaped = await folder.write("escaped", kubeconfigOf("evil", cluster, { exec: { ...plugin, command } }));
    expect((await cli(["whoami", escaped])).stderr).toMatch(/"\/tmp\/\\u\{202e\}evil\\u001b\[2J"/);
    const token = await folder.write("token-file", kubeconfigOf("evil", cluster, { tokenFile: "/etc/hostname" }));
    expect((await cli(["whoami", token])).stderr).toMatch(/the file "\/etc\/hostname".*\[command-not-allowed\]/);
  });
});
