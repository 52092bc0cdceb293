import { existsSync, statSync } from "node:fs";
import { mkdir, readFile, readdir } from "node:fs/promises";

import { Folder, cli, cliJson } from "../engine/support/cli.mts";
import { openssl } from "../engine/support/commands.mts";

const withoutKubeconfig = { KUBECONFIG: "/nowhere/kubeconfig" };

describe("kubernetes-user request", () => {
  let folder: Folder;

  beforeEach(async () => {
    folder = await Folder.create();
  });

  afterEach(async () => {
    await folder[Symbol.asyncDispose]();
  });

  it.each([
    [[], /ASN1 OID: prime256v1/],
    [["--key-algorithm", "ECDSA-P384"], /ASN1 OID: secp384r1/],
    [["--key-algorithm", "RSA-2048"], /\(2048 bit/],
    [["--key-algorithm", "ED25519"], /ED25519 Private-Key/],
  ])("makes key and request that openssl takes: %p", async (options, algorithm) => {
    const args = ["request", "jane", "--group", "developers", "-g", "on call", "--out", folder.path, ...options];
    const { exitCode, stdout, stderr } = await cli(args, "", withoutKubeconfig);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    const [key, request] = await Promise.all(
      ["jane.key", "jane.csr"].map((name) => readFile(folder.file(name), "utf8")),
    );
    expect(await openssl("pkey -noout -text", key ?? "")).toMatch(algorithm);
    const said = await openssl("req -noout -verify -subject -nameopt RFC2253", request ?? "");
    expect(said).toContain("subject=CN=jane,O=on call,O=developers");
    expect(said).toMatch(/verify OK/i);
    expect(stdout).toContain(`new KubernetesUser("jane", { request: readFileSync(`);
    expect(stdout).not.toContain((key ?? "").split("\n")[1]);
    expect(statSync(folder.file("jane.key")).mode & 0o777).toBe(0o600);
  });

  it("prints as JSON what it made, and nothing secret", async () => {
    const made = await cliJson("request", "team/jane", "--manifest", "--out", folder.file("new"));
    expect(made).toMatchObject({
      username: "team/jane",
      groups: [],
      keyAlgorithm: "ECDSA",
      keySize: 256,
      keyFile: folder.file("new/team-jane.key"),
      requestFile: folder.file("new/team-jane.csr"),
      manifestFile: folder.file("new/team-jane.yaml"),
    });
    expect(await readFile(folder.file("new/team-jane.yaml"), "utf8")).not.toContain("PRIVATE");
  });

  it("never writes over a key, and makes nothing beside it", async () => {
    const key = await folder.write("jane.key", "precious");
    const { exitCode, stderr } = await cli(["request", "jane", "--out", folder.path]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^kubernetes-user: ".*jane\.key" already exists.*\[file-unwritable\]\n$/);
    expect(await readFile(key, "utf8")).toBe("precious");
    expect(await readdir(folder.path)).toEqual(["jane.key"]);
  });

  it.each(["jane.csr", "jane.yaml"])("leaves no key behind when %s cannot be made", async (name) => {
    await mkdir(folder.file(name));
    const { exitCode, stderr } = await cli(["request", "jane", "--manifest", "--out", folder.path]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("Nothing was made.");
    expect(await readdir(folder.path)).toEqual([name]);
  });

  it("makes another request for a key that exists, and leaves the key alone", async () => {
    await cliJson("request", "jane", "--out", folder.path);
    const key = await readFile(folder.file("jane.key"), "utf8");
    const options = ["--group", "admins", "--key", folder.file("jane.key"), "--out", folder.file("new")];
    expect(await cliJson("request", "jane", ...options)).toMatchObject({ keyFile: folder.file("jane.key") });
    const request = await readFile(folder.file("new/jane.csr"), "utf8");
    expect(await openssl("req -noout -pubkey", request)).toBe(await openssl("pkey -pubout", key));
    expect(existsSync(folder.file("new/jane.key"))).toBe(false);
  });

  it.each([
    [["system:admin"], "NAME: "],
    [["jane", "--group", "system:masters"], "--group[0]: "],
    [["jane", "--key-algorithm", "DSA"], "--key-algorithm: expected one of"],
    [["jane", "--lifetime", "7d"], "--lifetime: it needs --manifest"],
    [["jane", "--manifest", "--lifetime", "5m"], "--lifetime: expected an integer of at least 600"],
    [["jane", "--manifest", "--lifetime", "soon"], "--lifetime: expected a duration"],
    [["jane", "--manifest", "--signer-name", "mine"], "--signer-name: expected a domain"],
    [["jane", "joe"], "too many arguments"],
    [[], "missing required argument"],
  ])("refuses %p before it makes anything", async (args, message) => {
    const { exitCode, stdout, stderr } = await cli(["request", ...args, "--out", folder.file("out")]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr).toContain("[invalid-arguments]");
    expect(existsSync(folder.file("out"))).toBe(false);
  });
});

describe("kubernetes-user", () => {
  it("teaches: every command's help has examples and exit codes", async () => {
    const { stdout } = await cli(["--help"], "", withoutKubeconfig);
    const commands = [...stdout.matchAll(/^ {2}(\w+) \[options\]/gm)].map(([, name]) => String(name));
    const withResults = ["request", "kubeconfig", "whoami", "refresh", "approve", "collect", "status", "doctor"];
    expect(commands.toSorted()).toEqual([...withResults, "credential", "completion"].toSorted());
    for (const name of commands) {
      const help = await cli([name, "--help"]);
      expect(help.exitCode).toBe(0);
      expect(help.stdout).toMatch(/\nExamples:\n {2}(pulumi .* \| |source <\()?kubernetes-user/);
      expect(help.stdout).toContain("\nExit codes: 0 ");
      expect(help.stdout.includes("--output <format>")).toBe(withResults.includes(name));
    }
  });

  it("does not wait for @kubernetes/client-node, which takes half a second to load", async () => {
    await using folder = await Folder.create();
    const preload = await folder.write(
      "preload.cjs",
      `require("node:module").registerHooks({
        resolve(name, context, next) {
          if (["@kubernetes/client-node", "./program.js"].includes(name)) console.log("LOADED " + name);
          return next(name, context);
        },
      });`,
    );
    const env = { NODE_OPTIONS: `--require ${preload}` };
    const request = await cli(["request", "jane", "--out", folder.path], "", env);
    for (const { exitCode, stdout } of [request, await cli(["whoami"], "", env)]) {
      expect(exitCode).toBe(0);
      expect(new Set(stdout.match(/^LOADED .*$/gm))).toEqual(new Set(["LOADED ./program.js"]));
    }
  });

  it("tells of an unknown command, and never repeats a key that was typed by mistake", async () => {
    expect(await cli(["aprove"])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("unknown command 'aprove'") as string,
    });
    const key = "-----BEGIN PRIVATE KEY-----\nSEEKRIT\n-----END PRIVATE KEY-----";
    for (const args of [["kubeconfig", key, "--key", "x"], ["kubeconfig", "-", "--key", key, "--out", "y"], [key]]) {
      const { exitCode, stdout, stderr } = await cli(args);
      expect(exitCode).not.toBe(0);
      expect(stdout + stderr).not.toContain("SEEKRIT");
    }
  });
});
