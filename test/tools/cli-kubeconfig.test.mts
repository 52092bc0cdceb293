import { statSync } from "node:fs";
import { chmod, copyFile, readFile, readdir, symlink } from "node:fs/promises";

import { parse, stringify } from "yaml";
import { createRequest } from "../../components/core/csr/certification-request.ts";
import { privateKey, signCertificate } from "../unit/support/test-authority.ts";
import { Folder, anyName, cli, cliJson, submit } from "../engine/support/cli.mts";
import { command } from "../engine/support/commands.mts";
import { administrator, kubeconfig } from "../engine/support/kubeconfigs.mts";

/** Permissions of a file. */
function modeOf(path: string): number {
  return statSync(path).mode & 0o777;
}

describe("kubernetes-user kubeconfig", () => {
  const user = "complete-jane";
  let folder: Folder;
  let keyless: string;
  let key: string;

  /** A copy of the keyless kubeconfig. */
  async function copy(name: string): Promise<string> {
    await copyFile(keyless, folder.file(name));
    return folder.file(name);
  }

  async function whoami(path: string, ...options: readonly string[]): Promise<string> {
    const { stdout } = await command("kubectl", [
      "--kubeconfig",
      path,
      ...options,
      "auth",
      "whoami",
      "-o",
      "jsonpath={.status.userInfo.username}",
    ]);
    return stdout;
  }

  beforeAll(async () => {
    folder = await Folder.create();
    const name = await submit(folder, user, "--group", "developers");
    await cliJson("approve", name, ...anyName);
    await cliJson("collect", name, "--out", folder.path);
    keyless = folder.file(`${user}.kubeconfig`);
    key = folder.file(`${user}.key`);
  });

  afterAll(async () => {
    await folder[Symbol.asyncDispose]();
  });

  it("completes the file in place, for its owner alone, and it works", async () => {
    const path = await copy("in-place");
    await chmod(path, 0o644);
    const { exitCode, stdout, stderr } = await cli(["kubeconfig", path, "--key", key]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(/in-place is complete, valid until 20/);
    expect(await readFile(path, "utf8")).not.toContain("The private key is only with its owner");
    expect(modeOf(path)).toBe(0o600);
    expect(await whoami(path)).toBe(user);
    const again = await cli(["kubeconfig", path, "--key", key]);
    expect(again).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("[file-unreadable]") as string });
  });

  it("reads standard input, and writes a new file, never over another", async () => {
    const text = await readFile(keyless, "utf8");
    const args = ["kubeconfig", "-", "--key", key, "--out", folder.file("new/out")];
    const { exitCode, stdout } = await cli([...args, "--output", "json"], text);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      kubeconfigFile: folder.file("new/out"),
      changed: true,
      contextNames: [`${user}@local`],
    });
    expect(modeOf(folder.file("new/out"))).toBe(0o600);
    expect(await whoami(folder.file("new/out"))).toBe(user);
    expect(await cli(args, text)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("[file-unwritable]") as string,
    });
  });

  it("merges into another kubeconfig, with a backup, and leaves the rest as it is", async () => {
    const text = `# mine
apiVersion: v1
kind: Config
clusters:
- name: other # the other one
  cluster: {server: "https://other.test"}
users:
- name: me
  user:
    token: 'abc'
contexts: []
current-context: ""
preferences: {colors: true}
`;
    const target = await folder.write("config", text);
    await symlink(target, folder.file("link"));
    const result = await cliJson("kubeconfig", keyless, "--key", key, "--merge", folder.file("link"));
    expect(result).toMatchObject({
      kubeconfigFile: folder.file("link"),
      backupFile: folder.file("link.backup"),
      changed: true,
    });
    const merged = await readFile(target, "utf8");
    for (const line of [
      "# mine\n",
      "- name: other # the other one\n",
      `  cluster: {server: "https://other.test"}\n`,
      "    token: 'abc'\n",
      'current-context: "complete-jane@local"\n',
    ]) {
      expect(merged).toContain(line);
    }
    expect(await readFile(folder.file("link.backup"), "utf8")).toBe(text);
    expect([modeOf(target), modeOf(folder.file("link.backup"))]).toEqual([0o600, 0o600]);
    expect(await whoami(target, "--context", `${user}@local`)).toBe(user);
    // Once more there is nothing to do, and the backup stays.
    expect(await cliJson("kubeconfig", keyless, "--key", key, "--merge", target)).toMatchObject({ changed: false });
    expect(await readFile(target, "utf8")).toBe(merged);
  });

  it("makes the kubeconfig to merge into when there is none, and renews its certificate later", async () => {
    const target = folder.file("fresh/config");
    await cliJson("kubeconfig", keyless, "--key", key, "--merge", target);
    const before = await readFile(target, "utf8");
    expect([modeOf(target), await whoami(target)]).toEqual([0o600, user]);
    await using renewed = await Folder.create();
    const name = await submit(renewed, user, "--group", "developers", "--key", key);
    await cliJson("approve", name, ...anyName);
    await cliJson("collect", name, "--out", renewed.path);
    const args = ["kubeconfig", renewed.file(`${user}.kubeconfig`), "--key", key, "--merge", target];
    expect(await cliJson(...args)).toMatchObject({ changed: true, backupFile: `${target}.backup` });
    expect(await readFile(`${target}.backup`, "utf8")).toBe(before);
    expect(Object.values(parse(await readFile(target, "utf8")) as object).flat()).toHaveLength(6);
    expect(await whoami(target)).toBe(user);
  });

  it("refuses an entry of the same name that is somebody else's, and leaves the file as it is", async () => {
    const { clusters, users } = parse(await readFile(keyless, "utf8")) as {
      clusters: [{ name: string; cluster: object }];
      users: [{ name: string }];
    };
    const taken = stringify({
      clusters: [{ name: clusters[0].name, cluster: { ...clusters[0].cluster, server: "https://elsewhere.test" } }],
      users: [{ name: users[0].name, user: { token: "abc" } }],
      contexts: [{ name: `${user}@local`, context: { cluster: "a", user: "b" } }],
    });
    const target = await folder.write("taken", taken);
    const { exitCode, stderr } = await cli(["kubeconfig", keyless, "--key", key, "--merge", target]);
    expect(exitCode).toBe(2);
    for (const words of [
      `clusters "local": it already exists and has another server`,
      `users "${user}@local": it already exists and has no certificate`,
      `contexts "${user}@local"`,
    ]) {
      expect(stderr).toContain(words);
    }
    expect(await readFile(target, "utf8")).toBe(taken);
    expect((await readdir(folder.path)).filter((name) => name.startsWith("taken"))).toEqual(["taken"]);
  });

  it("refuses a key of another request, and what is no key, and says nothing of what is in them", async () => {
    await using other = await Folder.create();
    await cliJson("request", user, "--out", other.path);
    const path = await copy("wrong-key");
    const before = await readFile(path, "utf8");
    const wrong = await cli(["kubeconfig", path, "--key", other.file(`${user}.key`)]);
    expect(wrong.exitCode).toBe(1);
    expect(wrong.stderr).toMatch(/the key matches none of its certificates.*\[certificate-mismatch\]/);
    const pem = await readFile(key, "utf8");
    const broken = await other.write("broken.key", pem.replace("PRIVATE KEY-----\n", "PRIVATE KEY-----\nAAAA"));
    for (const [file, words] of [
      [broken, "holds no PEM private key"],
      [other.file(`${user}.csr`), "holds no PEM private key"],
      [other.file("absent"), "(ENOENT)"],
    ] as const) {
      const { exitCode, stderr } = await cli(["kubeconfig", path, "--key", file]);
      expect(exitCode).toBe(1);
      expect(stderr).toContain(words);
      expect(stderr).toContain("[file-unreadable]");
      expect(stderr).not.toContain(pem.split("\n")[1]);
    }
    expect(await readFile(path, "utf8")).toBe(before);
  });

  it("refuses a key with a passphrase, and warns of one that others can read", async () => {
    const encrypted = folder.file("encrypted.key");
    await command("openssl", ["pkcs8", "-topk8", "-in", key, "-out", encrypted, "-passout", "pass:secret"]);
    const path = await copy("encrypted");
    const { exitCode, stderr } = await cli(["kubeconfig", path, "--key", encrypted]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("is encrypted");
    const open = folder.file("open.key");
    await copyFile(key, open);
    await chmod(open, 0o644);
    expect(await cli(["kubeconfig", path, "--key", open])).toMatchObject({
      exitCode: 0,
      stderr: `${open} can be read by others. Keep it to yourself: chmod 600 ${open}\n`,
    });
  });

  it("refuses an expired certificate", async () => {
    const identity = { username: "late", groups: [] };
    const request = createRequest(identity, privateKey());
    const now = Date.now();
    const pem = signCertificate({ ...identity, request, notBefore: now - 7_200_000, notAfter: now - 3_600_000 });
    const data = Buffer.from(pem).toString("base64");
    const path = await folder.write(
      "late",
      kubeconfig("late", { server: "https://late.test" }, { "client-certificate-data": data }),
    );
    const { exitCode, stderr } = await cli(["kubeconfig", path, "--key", await folder.write("late.key", privateKey())]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/the certificate of "late" expired 20.*\[certificate-mismatch\]/);
  });

  it.each([
    [["absent", "--key", "k"], 1, "[file-unreadable]"],
    [["-", "--key", "k"], 2, "--out: expected --out or --merge"],
    [["a", "--key", "-"], 2, "--key: expected a file's path"],
    [["a", "--key", "k", "--out", "o", "--merge", "m"], 2, "got both"],
    [["a"], 2, "required option '--key <file>' not specified"],
  ])("refuses %p with exit code %i", async (args, code, message) => {
    const { exitCode, stdout, stderr } = await cli(["kubeconfig", ...args]);
    expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: "" });
    expect(stderr).toContain(message);
  });
});

describe("kubernetes-user whoami", () => {
  it("tells who the cluster says that it is, and until when", async () => {
    const end = /^20..-..-..T..:..:..Z$/;
    expect(await cliJson("whoami")).toEqual({
      username: "administrator",
      groups: ["system:masters"],
      server: expect.stringMatching(/^https:\/\/127/) as string,
      notAfter: expect.stringMatching(end) as string,
    });
  });

  it("works with a token, and with standard input", async () => {
    const path = String(process.env["KUBERNETES_USER_TEST_TOKEN_KUBECONFIG"]);
    const { exitCode, stdout } = await cli(["whoami", "-"], await readFile(path, "utf8"));
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /^user {5}".+"\ngroups {3}.*\ncluster {2}https:.*\nuntil {4}unknown: the credential is not a certificate\n$/,
    );
  });

  it("explains a kubeconfig without its key, a refused credential, and a text in place of a path", async () => {
    await using folder = await Folder.create();
    const name = await submit(folder, "whoami-keyless");
    await cliJson("approve", name, ...anyName);
    await cliJson("collect", name, "--out", folder.path);
    const path = folder.file("whoami-keyless.kubeconfig");
    const keyless = await cli(["whoami", path]);
    expect(keyless.exitCode).toBe(1);
    expect(keyless.stderr).toMatch(/has a certificate but no private key.*--key KEY.*\[kubeconfig-unreadable\]/);
    const { cluster } = await administrator();
    const refused = await folder.write("refused", kubeconfig("refused", cluster, { token: "SEEKRIT" }));
    const unauthorized = await cli(["whoami", refused]);
    expect(unauthorized.exitCode).toBe(1);
    expect(unauthorized.stderr).toContain("[unauthorized]");
    const text = await cli(["whoami", await readFile(refused, "utf8")]);
    expect(text.exitCode).toBe(2);
    expect(unauthorized.stderr + text.stderr).not.toContain("SEEKRIT");
  });

  it.each([
    [["/nowhere/kubeconfig"], 1, "[kubeconfig-unreadable]"],
    [["--context", "nowhere"], 2, "[invalid-arguments]"],
    [["a", "--kubeconfig", "b"], 2, "[invalid-arguments]"],
  ])("refuses %p with exit code %i", async (args, code, message) => {
    const { exitCode, stdout, stderr } = await cli(["whoami", ...args]);
    expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: "" });
    expect(stderr).toContain(message);
  });
});
