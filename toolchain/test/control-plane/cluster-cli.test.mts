import path from "node:path";

import { repository, start } from "../support/cli.mts";
import { temporaryFolder } from "../support/fakes.mts";

describe("the words after npm run cluster --", () => {
  async function cluster(words: readonly string[]) {
    const cli = path.join(repository, "toolchain/control-plane/cluster-cli.mts");
    return start([cli, ...words], { KUBERNETES_USER_CACHE: await temporaryFolder() }).ended;
  }

  it.each([[["start", "--help"]], [["-h"]]])("%j ask for help", async (words) => {
    expect(await cluster(words)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Usage: /) as unknown });
  });

  it("--name=a-1 status asks for that cluster", async () => {
    const stdout = 'Control plane "a-1" is not running.\n';
    expect(await cluster(["--name=a-1", "status"])).toEqual({ code: 3, stdout, stderr: "" });
  });

  it.each([
    [[], 'expected start, stop or status, got "nothing"'],
    [["restart"], 'expected start, stop or status, got "restart"'],
    [["stop", "now", "please"], "stop: unexpected now please"],
    [["start", "--fast"], "Unknown option '--fast'"],
    [["start", "--name"], "Option '--name <value>' argument missing"],
    [["start", "--name", "../x"], '--name: expected up to 40 lower-case letters, digits and inner dashes, got "../x"'],
    [["start", "--name", ""], '--name: expected up to 40 lower-case letters, digits and inner dashes, got ""'],
    [["stop", "--signing-duration", "1h"], "--signing-duration: goes with start, not with stop"],
    [
      ["start", "--signing-duration", "1 year"],
      '--signing-duration: expected a duration such as 1h, 90m or 1h30m, got "1 year"',
    ],
    [
      ["start", "--signing-duration", "0s"],
      '--signing-duration: expected a duration such as 1h, 90m or 1h30m, got "0s"',
    ],
  ])("%j are refused", async (words, message) => {
    const { code, stderr } = await cluster(words);
    expect(code).toBe(2);
    expect(stderr).toMatch(/\n\nUsage: /);
    expect(stderr).toContain(`cluster: ${message}`);
  });
});
