import { cpuSecondsOf, measureCommand } from "../../../bench/measure/command.mts";

const never = new AbortController().signal;
/** Keeps a processor busy for 0.3 s, by a child of its own. */
const busy = `
  require("node:child_process").spawnSync(process.execPath, ["-e", \`
    while (process.cpuUsage().user < 300_000) {}
  \`]);
`;

describe("measureCommand", () => {
  it("counts the CPU of what a program starts and waits for", async () => {
    const { cpuSeconds, seconds } = await measureCommand([process.execPath, "-e", busy], { signal: never });
    expect(cpuSeconds).toBeGreaterThan(0.3);
    expect(seconds).toBeGreaterThan(0.3);
  });

  it("hands over what a program prints on both streams", async () => {
    const { output } = await measureCommand(["sh", "-c", "echo one; echo two >&2"], { signal: never });
    expect(output).toBe("one\ntwo\n");
  });

  it("fails with what a program printed when it fails", async () => {
    const failing = measureCommand(["sh", "-c", "echo broken; exit 3"], { signal: never });
    await expect(failing).rejects.toThrow(/exit code 3\):\nbroken/);
  });

  it("measures a server until its first line, and ends it", async () => {
    const server = ["sh", "-c", "echo 4711; exec sleep 60"];
    const { output, seconds } = await measureCommand(server, { signal: never, untilFirstLine: true });
    expect(output).toContain("4711");
    expect(seconds).toBeLessThan(30);
  });

  it("fails for a server that ends without a line", async () => {
    await expect(measureCommand(["true"], { signal: never, untilFirstLine: true })).rejects.toThrow("true failed");
  });

  it("ends a program and rejects when its signal aborts", async () => {
    const abort = new AbortController();
    const running = measureCommand(["sleep", "60"], {
      signal: abort.signal,
      onStart: () => {
        abort.abort(new Error("enough"));
      },
    });
    await expect(running).rejects.toThrow("enough");
  });
});

describe("cpuSecondsOf", () => {
  it("adds user and system time, whatever bash has said before", () => {
    expect(cpuSecondsOf("bash: line 1: 42 Terminated\n1.250 0.500\n")).toBe(1.75);
  });

  it("refuses anything else", () => {
    expect(() => cpuSecondsOf("1,250 0,500")).toThrow("expected two numbers");
  });
});
