import { CommandContext } from "../../../cli/command-context";

describe("Session", () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it.each([
    ["\u007f\u009b", "\\u007f\\u009b"],
    ["admin\u202etxt", "admin\\u202etxt"],
    ["filler\u3164", "filler\\u3164"],
    ["tag\u{e0041}", "tag\\udb40\\udc41"],
    ["größer, 日本", "größer, 日本"],
  ])("prints %j as JSON in which all can be seen", (username, shown) => {
    const write = jest.spyOn(process.stdout, "write").mockReturnValue(true);
    new CommandContext(new AbortController().signal).result("json", { username, groups: undefined }, () => []);
    const printed = String(write.mock.calls[0]?.[0]);
    expect(printed).toBe(`{\n  "username": "${shown}",\n  "groups": null\n}\n`);
    expect(JSON.parse(printed)).toEqual({ username, groups: null });
  });

  it("reports and asks in one line, whatever stands in it, and commands nothing", () => {
    const write = jest.spyOn(process.stderr, "write").mockReturnValue(true);
    const run = new CommandContext(new AbortController().signal);
    run.report("it said\n::error::a\u001b[2J");
    run.question("::add-mask::a\nb");
    expect(write.mock.calls.map(([text]) => text)).toEqual([
      String.raw`it said\n::error::a\u{1b}[2J` + "\n",
      String.raw`\u{3a}:add-mask::a\nb`,
    ]);
  });
});
