import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { kubectl } from "../engine/support/commands.mts";
import { Example } from "../engine/support/example.mts";
import { leftOut, Script } from "../pages/script.mts";

describe("examples/fresh", () => {
  let example: Example;
  let commands: readonly Script[];
  /** Mia's machine has the command in its PATH, and keeps what the command keeps. */
  let machine: Readonly<Record<string, string>>;

  beforeAll(async () => {
    example = await Example.copy("fresh");
    commands = example.commands(import.meta.filename);
    machine = {
      PATH: `${example.folder}/node_modules/.bin:${String(process.env["PATH"])}`,
      XDG_STATE_HOME: join(example.folder, "mias-machine/state"),
    };
  });

  afterAll(async () => {
    await example[Symbol.asyncDispose]();
  });

  const whoami = (): Promise<string> =>
    example.sh("kubectl --kubeconfig mias-machine/mia.kubeconfig auth whoami", machine);

  const published = (): Promise<string> =>
    kubectl('get clusterrolebindings -o jsonpath={.items[?(@.subjects[0].name=="mia")].roleRef.name}');

  async function credentialId(): Promise<string> {
    const [mia] = await example.certificates();
    return String(mia?.credentialId);
  }

  it("gives mia a kubeconfig without a certificate, which the command fetches", async () => {
    const [
      request = Script.none,
      copy = Script.none,
      up = Script.none,
      handOver = Script.none,
      setUp = Script.none,
      ...others
    ] = commands;
    expect(others).toHaveLength(2);
    await example.sh(request, machine);
    await example.sh(copy);
    await example.sh(up);
    await example.sh(handOver);
    expect(await example.sh(setUp, machine)).toMatch(/Username +mia\nGroups +\[developers /);
    const kubeconfig = await example.read("mias-machine/mia.kubeconfig");
    expect(kubeconfig).not.toMatch(/client-(certificate|key)/);
    expect(kubeconfig).toContain("exec:");
    expect(await published()).toMatch(/^kubernetes-user-certificate-[0-9a-f]{64}$/);
    const { notAfter, renewAfter } = await example.outputs();
    expect(Date.parse(String(notAfter)) - Date.parse(String(renewAfter))).toBe(13 * 86_400_000);
  });

  it("fetches what a run has renewed, with no hand in between", async () => {
    const before = await whoami();
    await example.edit("index.ts", "publish: true,", "publish: true,\n  expirationSeconds: 13 * 86400,");
    await example.sh("pulumi up");
    // It is not due, so kubectl does not ask yet.
    expect(await whoami()).toBe(before);
    const folder = join(example.folder, "mias-machine/state/kubernetes-user");
    const [file = ""] = await readdir(folder);
    const stored = JSON.parse(await readFile(join(folder, file), "utf8")) as object;
    await writeFile(join(folder, file), JSON.stringify({ ...stored, askAfter: "2020-01-01T00:00:00Z" }));
    const after = await whoami();
    expect(after).not.toBe(before);
    expect(after).toContain(await credentialId());
  });

  it("fetches it at once on demand, and nothing any more once the access is gone", async () => {
    await example.edit("index.ts", "13 * 86400", "12 * 86400");
    await example.sh("pulumi up");
    const [refresh = Script.none, destroy = Script.none] = commands.slice(-2);
    await example.sh(refresh, machine);
    expect(await whoami()).toContain(await credentialId());
    await example.sh(destroy);
    expect(await published()).toBe("");
    const { exitCode } = await example.run("kubectl --kubeconfig mias-machine/mia.kubeconfig get pods", machine);
    expect(exitCode).toBe(1);
  });
});

it("has run every command that test/pages/run.yaml says it runs", () => {
  expect(leftOut(import.meta.filename)).toEqual([]);
});
