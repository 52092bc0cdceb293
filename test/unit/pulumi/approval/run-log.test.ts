import { engineAddress, tellOnce } from "../../../../components/pulumi/approval/run-log";

describe("engineAddress", () => {
  it.each([
    [["127.0.0.1:4321"], "127.0.0.1:4321"],
    [["-v=3", "--logtostderr", "127.0.0.1:4321"], "127.0.0.1:4321"],
    [["--tracing", "http://localhost:9411/api", "127.0.0.1:4321"], "127.0.0.1:4321"],
    [["[::1]:4321"], "[::1]:4321"],
    [["--address=127.0.0.1:80"], undefined],
    [["127.0.0.1"], undefined],
    [[], undefined],
  ])("in the words %p is %p", (words, address) => {
    expect(engineAddress(["node", "index.js", ...words])).toBe(address);
  });
});

describe("tellOnce", () => {
  it("prints, in order, where the engine cannot be told", async () => {
    const printed: unknown[] = [];
    const done = new Promise<void>((resolve) => {
      jest.spyOn(console, "log").mockImplementation((line: unknown) => {
        printed.push(line);
        if (printed.length === 3) {
          resolve();
        }
      });
    });
    ["one", "two", "::error::a\nb"].forEach(tellOnce);
    await done;
    expect(printed).toEqual(["one", "two", String.raw`\u{3a}:error::a\nb`]);
    jest.restoreAllMocks();
  });
});
