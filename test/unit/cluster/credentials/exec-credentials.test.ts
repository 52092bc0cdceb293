import childProcess from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConnectionError } from "../../../../components/cluster/connection/api-error";
import { execCredential, refused } from "../../../../components/cluster/credentials/exec-credentials";
import { type ExecPlugin } from "../../../../components/cluster/credentials/exec-plugin";
import { expectError, rejectionOf } from "../../support/errors";
import { testBegin, useFakeTime } from "../../support/fake-time";
import { Lifelines, plugin, printing } from "../../support/plugin-programs";

useFakeTime();

let folder: string;
let lines: Lifelines;

beforeEach(async () => {
  lines = await Lifelines.open();
  folder = await mkdtemp(join(tmpdir(), "runs-"));
});

afterEach(async () => {
  await lines[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const runs = (): Promise<number> =>
  readFile(join(folder, "runs"), "utf8").then(
    (text) => text.length,
    () => 0,
  );
const get = (plugin: ExecPlugin) => execCredential(plugin, new AbortController().signal);

/** A plugin whose runs are counted; its token is the number of the run. */
function counted(status = "", more: Partial<ExecPlugin> = {}): ExecPlugin {
  const file = JSON.stringify(join(folder, "runs"));
  const code = `require("fs").appendFileSync(${file}, "."); const run = require("fs").statSync(${file}).size;`;
  return plugin(`${code} ${printing(`{ token: String(run), ${status} }`)}`, more);
}

describe("execCredential", () => {
  it("asks once for all who want the same", async () => {
    const plugins = Array.from({ length: 5 }, () => counted());
    const found = await Promise.all(plugins.map(get));
    expect(new Set(found.map(({ token }) => token))).toEqual(new Set(["1"]));
    expect(await get(counted())).toBe(found[0]);
    expect(await runs()).toBe(1);
  });

  it.each<[string, Partial<ExecPlugin>]>([
    ["variable", { env: { A: "1" } }],
    ["cluster", { cluster: { server: "https://other.test" } }],
    ["interactiveMode", { interactiveMode: "Never" }],
  ])("asks again for another %s", async (_, more) => {
    expect([(await get(counted())).token, (await get(counted("", more))).token]).toEqual(["1", "2"]);
  });

  it("asks again once it has expired, and not before", async () => {
    const end = testBegin + 600_000;
    const short = counted(`expirationTimestamp: "${new Date(end).toISOString()}"`);
    expect(await get(short)).toMatchObject({ token: "1" });
    jest.setSystemTime(end);
    expect(await get(short)).toMatchObject({ token: "1" });
    jest.setSystemTime(end + 1);
    expect(await get(short)).toMatchObject({ token: "2" });
    // What it brings has expired from the beginning: it is asked for each request, as by kubectl.
    expect(await get(short)).toMatchObject({ token: "3" });
  });

  it("asks again once the server has refused it, and once for all whom it has refused", async () => {
    const first = await get(counted());
    refused(counted(), first);
    refused(counted(), first);
    const second = await get(counted());
    refused(counted(), first);
    expect(await get(counted())).toBe(second);
    expect([second.token, await runs()]).toEqual(["2", 2]);
  });

  it("does not keep a failure", async () => {
    const file = JSON.stringify(join(folder, "runs"));
    const failing = plugin(`require("fs").appendFileSync(${file}, "."); process.exit(1)`);
    const both = await Promise.all([rejectionOf(get(failing)), rejectionOf(get(failing))]);
    both.forEach((error) => {
      expectError(error, "unauthorized", "exit code 1");
    });
    expect(await runs()).toBe(1);
    await rejectionOf(get(failing));
    expect(await runs()).toBe(2);
  });

  it("lets others wait when one gives up, and ends the plugin with the last", async () => {
    const [one, two] = [new AbortController(), new AbortController()];
    const results = [one, two].map(({ signal }) =>
      execCredential(plugin(lines.hang), signal).catch((error: unknown) => error),
    );
    const [gone] = await lines.next(1);
    one.abort();
    expect(await results[0]).toStrictEqual(new ConnectionError("ETIMEDOUT"));
    expect(await Promise.race([gone, results[1], new Promise((resolve) => setImmediate(resolve, "waits"))])).toBe(
      "waits",
    );
    two.abort();
    expect(await results[1]).toStrictEqual(new ConnectionError("ETIMEDOUT"));
    await gone;
    expect(jest.getTimerCount()).toBe(0);
  });

  it("asks again, once for all, when everybody has given up before", async () => {
    const spawn = jest.spyOn(childProcess, "spawn");
    const [one, others] = [new AbortController(), new AbortController()];
    const ask = ({ signal }: AbortController) =>
      execCredential(plugin(lines.hang), signal).catch((error: unknown) => error);
    const first = ask(one);
    const [gone] = await lines.next(1);
    one.abort();
    await first;
    const second = ask(others);
    const [alsoGone] = await lines.next(1);
    await gone;
    const third = ask(others);
    expect(spawn).toHaveBeenCalledTimes(2);
    others.abort();
    await Promise.all([second, third, alsoGone]);
  });

  it("runs nothing for somebody who has given up before", async () => {
    const spawn = jest.spyOn(childProcess, "spawn");
    const result = execCredential(counted(), AbortSignal.abort()).catch((error: unknown) => error);
    expect(await result).toStrictEqual(new ConnectionError("ETIMEDOUT"));
    expect(spawn).not.toHaveBeenCalled();
  });
});
