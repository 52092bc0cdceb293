import { chmod, readFile, readdir, rename, writeFile } from "node:fs/promises";
import { type AddressInfo, type Socket, createServer } from "node:net";
import { resolve } from "node:path";

import { startCli } from "../engine/support/cli.mts";
import { command, kubectl } from "../engine/support/commands.mts";
import { Machine, credentialIdOf } from "../engine/support/machine.mts";
import { Project } from "../engine/support/project.mts";
import { Person } from "../engine/support/publication.mts";

const main = resolve(import.meta.dirname, "../../dist/cli/main.js");

const long = 14 * 24 * 60;
const past = "2020-01-01T00:00:00Z";

describe("a kubeconfig that stays fresh", () => {
  let machine: Machine;

  beforeEach(async () => {
    machine = await Machine.create();
  });

  afterEach(async () => {
    await machine[Symbol.asyncDispose]();
  });

  it("survives eight kubectl at once while a newer certificate is due", async () => {
    const person = await Person.create("fresh-crowd");
    const [first, second] = [person.certificate(-60, long), person.certificate(-30, long)];
    await person.publish(second);
    await machine.handOver(person, first);
    await machine.change({ askAfter: past });
    const answers = await Promise.all(Array.from({ length: 8 }, () => machine.whoami()));
    // On a busy machine some do not get through within their five seconds, and go on with the old one.
    const known = [first, second].map(credentialIdOf);
    expect(answers.filter(({ credentialId, stderr }) => !known.includes(credentialId) || stderr !== "")).toEqual([]);
    expect(await machine.cli("refresh")).toMatchObject({ exitCode: 0 });
    expect((await machine.stored())["certificate"]).toBe(second);
    expect((await machine.whoami()).credentialId).toBe(credentialIdOf(second));
    await person.withdraw();
  });

  it("has a whole file after each of 60 kills", async () => {
    const person = await Person.create("fresh-killed");
    const certificates = [person.certificate(-60, long), person.certificate(-30, long)];
    await person.publish(certificates[1] ?? "");
    await machine.handOver(person, certificates[0] ?? "");
    const file = await machine.credentialFile();
    for (let kill = 0; kill < 60; kill += 1) {
      const before = JSON.parse(await readFile(file, "utf8")) as object;
      await writeFile(file, JSON.stringify({ ...before, certificate: certificates[0], askAfter: past }));
      const run = startCli(["credential", file]);
      // At another moment each time, from its start to its end.
      setTimeout(() => {
        run.signal("SIGKILL");
      }, kill * 8);
      await run.ended;
      const { certificate, privateKey } = JSON.parse(await readFile(file, "utf8")) as Record<string, unknown>;
      expect(certificates).toContain(certificate);
      expect(privateKey).toBe(person.privateKey);
    }
    await person.withdraw();
  });

  it("answers where it cannot store, and says so", async () => {
    const person = await Person.create("fresh-unwritable");
    const [first, second] = [person.certificate(-60, long), person.certificate(-30, long)];
    await person.publish(second);
    await machine.handOver(person, first);
    await machine.change({ askAfter: past });
    // No file beside it can have a longer name, and the superuser may write to every folder.
    const file = machine.folder.file("x".repeat(255));
    await rename(await machine.credentialFile(), file);
    const { exitCode, stdout, stderr } = await machine.cli("credential", file);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ status: { clientCertificateData: second } });
    expect(stderr).toContain("ENAMETOOLONG");
    await person.withdraw();
  });

  it("does not wait for a silent server for longer than five seconds", async () => {
    await using silent = await SilentServer.start();
    const person = await Person.create("fresh-silent");
    const next = await machine.folder.write("next", person.certificate(-5, long));
    const received = await machine.folder.write(
      "silent",
      await person.keyless(person.certificate(-60, long), silent.url),
    );
    const key = await machine.folder.write("key", person.privateKey);
    const out = machine.folder.file("kubeconfig");
    await machine.cli("kubeconfig", received, "--key", key, "--renew", "--from", next, "--out", out);
    await machine.change({ askAfter: past, renewAfter: past });
    const { exitCode, stderr } = await machine.cli("credential", await machine.credentialFile());
    expect(exitCode).toBe(0);
    expect(stderr).toContain("did not answer within 5 seconds in all");
  });

  it("tells what it found, and how long it lasts, when it is asked", async () => {
    const person = await Person.create("fresh-refresh");
    const [first, second] = [person.certificate(-60, long), person.certificate(-30, 24 * 60)];
    await person.publish(second);
    await machine.handOver(person, first);
    const refreshed = await machine.cli("refresh", "--output", "json", "--within", "2d");
    expect(refreshed.exitCode).toBe(3);
    expect(JSON.parse(refreshed.stdout)).toMatchObject([
      { status: "renewed", credentialFile: await machine.credentialFile() },
    ]);
    const again = await machine.cli("refresh", machine.folder.file("kubeconfig"), "--within", "1h");
    expect(again).toMatchObject({ exitCode: 0, stderr: "" });
    expect(again.stdout).toContain("is unchanged");
    await person.withdraw();
  });

  it("lets whoami see the certificate without running what the kubeconfig names", async () => {
    const person = await Person.create("fresh-whoami");
    await machine.handOver(person, person.certificate(-60, long));
    const path = machine.folder.file("kubeconfig");
    const marker = machine.folder.file("marker");
    const evil = await machine.folder.write("evil", `#!/bin/sh\ntouch ${marker}\n`);
    await chmod(evil, 0o700);
    await writeFile(path, (await readFile(path, "utf8")).replace(/command: .*/, `command: ${evil}`));
    const { exitCode, stdout } = await machine.cli("whoami", path);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('"fresh-whoami"');
    expect(await readdir(machine.folder.path)).not.toContain("marker");
  });

  it("is used by other clients", async () => {
    const person = await Person.create("fresh-clients");
    await machine.handOver(person, person.certificate(-60, long));
    // @kubernetes/client-node, which sends no KUBERNETES_EXEC_INFO.
    const program = await machine.folder.write(
      "client.mjs",
      `import { AuthenticationV1Api, KubeConfig } from "${import.meta.resolve("@kubernetes/client-node")}";
      const config = new KubeConfig();
      config.loadFromFile(process.env.KUBECONFIG);
      const api = config.makeApiClient(AuthenticationV1Api);
      const review = await api.createSelfSubjectReview({ body: {} });
      console.log(review.status.userInfo.username);`,
    );
    const { stdout, stderr } = await command(process.execPath, [program], "", machine.environment);
    expect({ stdout, stderr }).toEqual({ stdout: "fresh-clients\n", stderr: "" });
    // client-go in another program: the Kubernetes provider of Pulumi.
    await kubectl("create clusterrolebinding fresh-clients --clusterrole=view --user=fresh-clients");
    await using project = await Project.create(
      `const provider = new kubernetes.Provider("jane", { kubeconfig: process.env.KUBECONFIG });
      exports.phase = kubernetes.core.v1.Namespace.get("default", "default", { provider }).status.phase;`,
      machine.environment,
    );
    await project.up();
    expect(await project.stack.outputs()).toEqual({ phase: "Active" });
  });

  it("loads no module but fs while the certificate is fresh", async () => {
    const person = await Person.create("fresh-modules");
    await machine.handOver(person, person.certificate(-60, long));
    const file = await machine.credentialFile();
    const report = `process.on("exit", () => process.stderr.write(JSON.stringify(Object.keys(require.cache).map((f) => f.split("/").slice(-2).join("/")))))`;
    const preload = await machine.folder.write("preload.cjs", report);
    const { stderr } = await command(process.execPath, ["--require", preload, main, "credential", file]);
    expect(JSON.parse(stderr)).toEqual([expect.stringContaining("preload.cjs"), "cli/main.js"]);
    const bundle = await readFile(main, "utf8");
    expect([...bundle.matchAll(/require\("([^"]+)"\)/g)].map(([, name]) => name)).toEqual(["node:fs"]);
  });
});

/** Takes connections and says nothing. */
class SilentServer implements AsyncDisposable {
  private readonly sockets = new Set<Socket>();
  private readonly server = createServer((socket) => this.sockets.add(socket.on("error", () => undefined)));

  static async start(): Promise<SilentServer> {
    const silent = new SilentServer();
    await new Promise<void>((resolve) => silent.server.listen(0, "127.0.0.1", resolve));
    return silent;
  }

  get url(): string {
    return `https://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.sockets.forEach((socket) => socket.destroy());
    await closed;
  }
}
