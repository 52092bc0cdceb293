import { parseClusterArguments, UsageError } from "../../control-plane/cluster-arguments.mts";

describe("the words after npm run cluster --", () => {
  it.each([
    [["start"], { command: "start", name: "default" }],
    [["start", "--signing-duration", "1h30m"], { command: "start", name: "default", signingDuration: "1h30m" }],
    [["--name", "two", "stop"], { command: "stop", name: "two" }],
    [["status", "--name=a-1"], { command: "status", name: "a-1" }],
    [["start", "--help"], { command: "help" }],
    [["-h"], { command: "help" }],
  ])("%j are understood", (words, expected) => {
    expect(parseClusterArguments(words)).toEqual(expected);
  });

  it.each([
    [[], "expected start, stop or status, got nothing"],
    [["restart"], 'expected start, stop or status, got "restart"'],
    [["stop", "now", "please"], 'stop: unexpected "now" "please"'],
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
  ])("%j are refused", (words, message) => {
    expect(() => parseClusterArguments(words)).toThrow(new UsageError(message));
  });
});
