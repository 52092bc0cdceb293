import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, readFile } from "node:fs/promises";

import { bundleProgram } from "../../packaging/bundles.mts";
import { askBoth, kubectlWith, whoami } from "../engine/support/both-clients.mts";
import { cliOnTerminal, Folder, hasTerminal } from "../engine/support/cli.mts";
import { administrator, type Administrator, type Fields, kubeconfig } from "../engine/support/kubeconfigs.mts";
import { apiVersion, Lifelines } from "../unit/support/plugin-programs.ts";

let admin: Administrator;
let user: string;
let certified: string;
let folder: Folder;
let count = 0;

beforeAll(async () => {
  admin = await administrator();
  folder = await Folder.create();
  user = String((await askBoth(await write({ token: admin.token }))).kubectl);
  certified = String((await askBoth(await write(admin.certificate))).kubectl);
});

afterAll(async () => {
  await folder[Symbol.asyncDispose]();
});

function write(user: Fields, cluster: Fields = {}): Promise<string> {
  count += 1;
  return folder.write(`kubeconfig-${count}`, kubeconfig("tried", { ...admin.cluster, ...cluster }, user));
}

interface Plugin {
  readonly path: string;
  /** One line for each run. */
  readonly runs: () => Promise<readonly string[]>;
}

/** A shell script, which notes each of its runs with what the clients told it; client-go ends that with a line break. */
async function plugin(script: string): Promise<Plugin> {
  count += 1;
  const log = folder.file(`runs-${count}`);
  const path = await folder.write(
    `plugin-${count}`,
    `#!/bin/sh\nprintf '%s\\n' "$KUBERNETES_EXEC_INFO" >> '${log}'\n${script}\n`,
  );
  await chmod(path, 0o700);
  return {
    path,
    runs: () =>
      readFile(log, "utf8").then(
        (text) => text.split("\n").filter((line) => line !== ""),
        () => [],
      ),
  };
}

const answer = (status: object): string => JSON.stringify({ kind: "ExecCredential", apiVersion, status });
const print = (status: object): string => `cat <<'END'\n${answer(status)}\nEND`;

const exec = (path: string, more: object = {}): Fields => ({
  exec: { apiVersion, command: path, interactiveMode: "IfAvailable", ...more },
});

const decode = (data: unknown): string => Buffer.from(String(data), "base64").toString();

describe("a credential plugin", () => {
  it("brings a token or a certificate, as for kubectl", async () => {
    const certificate = {
      clientCertificateData: decode(admin.certificate["client-certificate-data"]),
      clientKeyData: decode(admin.certificate["client-key-data"]),
    };
    const [token, pair] = [await plugin(print({ token: admin.token })), await plugin(print(certificate))];
    expect(await askBoth(await write(exec(token.path)))).toMatchObject({ kubectl: user, ours: user });
    expect(await askBoth(await write(exec(pair.path)))).toMatchObject({ kubectl: certified, ours: certified });
    expect([(await token.runs()).length, (await pair.runs()).length]).toEqual([2, 2]);
  });

  it("is not run beside a certificate or a token of the kubeconfig, as by kubectl", async () => {
    const { path, runs } = await plugin(print({ token: "no" }));
    expect(await askBoth(await write({ ...exec(path), ...admin.certificate }))).toMatchObject({
      kubectl: certified,
      ours: certified,
    });
    expect(await askBoth(await write({ ...exec(path), token: admin.token }))).toMatchObject({
      kubectl: user,
      ours: user,
    });
    expect(await runs()).toEqual([]);
  });

  it("lies beside its kubeconfig, gets its arguments and variables, and an empty standard input", async () => {
    const { path } = await plugin(
      `[ "$1,$2,$ADDED" = "a,b c,added" ] && [ -z "$(cat)" ] || exit 9\n${print({ token: admin.token })}`,
    );
    const env = [{ name: "ADDED", value: "added" }];
    const relative = exec(`./${path.slice(folder.path.length + 1)}`, { args: ["a", "b c"], env });
    expect(await askBoth(await write(relative))).toMatchObject({ kubectl: user, ours: user });
  });

  it.each([["client.authentication.k8s.io/v1"], ["client.authentication.k8s.io/v1beta1"]])(
    "learns of the cluster what it learns from kubectl: %s",
    async (version) => {
      const { path, runs } = await plugin(print({ token: admin.token }).replace(apiVersion, version));
      const extension = { audience: "prod", nested: { list: [1, "two", null] } };
      const cluster = {
        "tls-server-name": "kubernetes.default.svc",
        "disable-compression": true,
        extensions: [{ name: "client.authentication.k8s.io/exec", extension }],
      };
      for (const provideClusterInfo of [true, false]) {
        const user = exec(path, { apiVersion: version, provideClusterInfo });
        const answers = await askBoth(await write(user, cluster));
        expect(answers.ours).toBe(answers.kubectl);
      }
      const told = (await runs()).map((line): unknown => JSON.parse(line));
      expect(told).toHaveLength(4);
      expect(told[1]).toEqual(told[0]);
      expect(told[3]).toEqual(told[2]);
      expect(told[0]).toMatchObject({ apiVersion: version, spec: { cluster: { config: extension } } });
      expect(told[2]).toMatchObject({ spec: { interactive: false } });
    },
  );

  it("is asked again when the server refuses what it has brought", async () => {
    const first = folder.file("first");
    const { path, runs } = await plugin(
      `[ -e '${first}' ] && { ${print({ token: admin.token })}\nexit; }\ntouch '${first}'\n${print({ token: "old" })}`,
    );
    const own = await whoami(await write(exec(path)));
    expect(JSON.parse(own.stdout || own.stderr)).toMatchObject({ username: user });
    expect(await runs()).toHaveLength(2);
  });

  it.each([
    ["another version", answer({ token: "SEEKRIT" }).replace("/v1", "/v1beta1"), "another apiVersion"],
    ["a certificate without a key", answer({ clientCertificateData: "SEEKRIT" }), "only one of"],
    ["nothing", "", "did not print an ExecCredential"],
    ["a time that is none", answer({ token: "SEEKRIT", expirationTimestamp: "SEEKRIT" }), "expirationTimestamp"],
  ])("that answers with %s is refused, as by kubectl", async (_, text, words) => {
    const { path } = await plugin(`cat <<'END'\n${text}\nEND`);
    const answers = await askBoth(await write(exec(path)));
    expect(answers).toMatchObject({ kubectl: undefined, ours: undefined });
    expect(answers.said).toContain(words);
    expect(answers.said).not.toContain("SEEKRIT");
  });

  it("that wants a terminal is not run where there is none", async () => {
    const { path, runs } = await plugin(print({ token: admin.token }));
    const answers = await askBoth(await write(exec(path, { interactiveMode: "Always" })));
    expect(answers).toMatchObject({ kubectl: undefined, ours: undefined });
    expect(answers.said).toContain("interactiveMode: Always");
    expect(answers.said).toContain("in CI");
    expect(answers.said).toContain("[unauthorized]");
    expect(await runs()).toEqual([]);
  });

  it("that is missing is named, with what the kubeconfig says to install it", async () => {
    const path = await write(exec("login-nowhere", { installHint: "apt install login-nowhere" }));
    const [theirs, own] = [await kubectlWith(path), await whoami(path)];
    expect([theirs.exitCode, own.exitCode]).toEqual([1, 1]);
    expect(theirs.stderr).toContain("apt install login-nowhere");
    expect(own.stderr).toContain("apt install login-nowhere");
    expect(own.stderr).toContain("login-nowhere was not found in PATH");
  });

  it("that hangs is gone after the limit, with what it has started, and nobody waits for it", async () => {
    await using lines = await Lifelines.open();
    const child = `require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(lines.hang)}], { stdio: "inherit" });`;
    const args = ["-e", `${child} ${lines.hang}`];
    const asked = { command: process.execPath, args, env: {}, apiVersion, interactiveMode: "Never" };
    // The limit begins once both are there.
    const code = `
      const { runPlugin } = require("./components/cluster/credentials/exec-run");
      const { TimeLimit } = require("./components/cluster/connection/time-limit");
      process.stdin.once("data", () => limits.forEach((limit) => renew.call(limit, 0))).unref();
      const limits = [], renew = TimeLimit.prototype.renew;
      TimeLimit.prototype.renew = function (seconds) { limits.push(this); renew.call(this, seconds); };
      runPlugin(${JSON.stringify(asked)}, new AbortController().signal).catch((error) => console.log(error.message));`;
    await bundleProgram(folder.path, { file: "run-plugin.cjs", contents: code });
    const run = spawn(process.execPath, [folder.file("run-plugin.cjs")], { stdio: ["pipe", "pipe", "inherit"] });
    let printed = "";
    run.stdout.setEncoding("utf8").on("data", (text: string) => (printed += text));
    const closed = once(run, "close");
    const gone = await lines.next(2);
    run.stdin.write("now\n");
    await Promise.all(gone);
    expect(await closed).toEqual([0, null]);
    expect(printed).toContain("no answer within 60 seconds");
  });
});

const terminal = hasTerminal ? describe : describe.skip;

terminal(
  `on a terminal${hasTerminal ? "" : " (skipped: this machine has no util-linux script to make one)"}, a plugin`,
  () => {
    it("may ask somebody at the terminal, and shows what it says", async () => {
      const { path, runs } = await plugin(
        `printf 'Token: ' >&2; read -r token; printf '${answer({ token: "%s" })}' "$token"`,
      );
      const file = await write(exec(path, { interactiveMode: "Always" }));
      const run = cliOnTerminal("whoami", file, "--allow-exec");
      await run.shows("Token: ");
      run.type(`${admin.token}\r`);
      const { exitCode, output } = await run.ended;
      expect(output).toContain(user);
      expect(exitCode).toBe(0);
      expect((await runs()).map((line): unknown => JSON.parse(line))).toMatchObject([{ spec: { interactive: true } }]);
    });
  },
);

describe("other credentials", () => {
  it("are a token's file, and another user's name, as for kubectl", async () => {
    const tokenFile = await folder.write("token", `${admin.token}\n`);
    expect(await askBoth(await write({ tokenFile }))).toMatchObject({ kubectl: user, ours: user });
    const as = { as: "Zoë 王", "as-groups": ["développeurs"], "as-uid": "7" };
    expect(await askBoth(await write({ tokenFile, ...as }))).toMatchObject({ kubectl: "Zoë 王", ours: "Zoë 王" });
  });

  it("are the files of a certificate, as for kubectl", async () => {
    const files = {
      "client-certificate": await folder.write("cert", decode(admin.certificate["client-certificate-data"])),
      "client-key": await folder.write("key", decode(admin.certificate["client-key-data"])),
    };
    expect(await askBoth(await write(files))).toMatchObject({ kubectl: certified, ours: certified });
  });
});
