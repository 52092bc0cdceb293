import { CommandContext } from "../../../../cli/command-context";
import { type Diagnosis } from "../../../../cli/doctor/examine";
import { printDiagnosis } from "../../../../cli/doctor/print-diagnosis";
import { place } from "../../support/issuances";

const diagnosis: Diagnosis = {
  findings: [
    { check: "clock", status: "ok", details: "Both agree." },
    {
      check: "signer",
      status: "problem",
      details: "it said\n::error::a\u001b[2J",
      remedy: "Fix it.",
      commands: ["kubectl get csr", "::add-mask::x"],
    },
  ],
  kubernetesVersion: undefined,
  clockDifferenceSeconds: 0,
  longestLifetimeSeconds: undefined,
  username: "ci\u202e",
  groups: [],
};

describe("what is printed", () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  function print(format: "text" | "json", ...findings: Diagnosis["findings"]): [string, number] {
    const write = jest.spyOn(process.stdout, "write").mockReturnValue(true);
    const run = new CommandContext(new AbortController().signal);
    printDiagnosis(run, format, { ...diagnosis, findings }, place);
    return [String(write.mock.calls[0]?.[0]), run.exitCode];
  }

  it("has a line for each finding, remedy and command, in which nothing commands", () => {
    const [text, exitCode] = print("text", ...diagnosis.findings);
    expect(text.split("\n")).toEqual([
      "ok       clock: Both agree.",
      String.raw`problem  signer: it said\n::error::a\u{1b}[2J`,
      "         Fix it.",
      "           kubectl get csr",
      String.raw`           \u{3a}:add-mask::x`,
      "",
    ]);
    expect(exitCode).toBe(6);
  });

  it("is JSON in which every finding has all its fields", () => {
    const [text, exitCode] = print("json", ...diagnosis.findings);
    expect(text).not.toContain("\u001b");
    expect(text).not.toContain("\u202e");
    expect(JSON.parse(text)).toEqual({
      ...place,
      status: "problem",
      kubernetesVersion: null,
      clockDifferenceSeconds: 0,
      longestLifetimeSeconds: null,
      username: "ci\u202e",
      groups: [],
      findings: [{ ...diagnosis.findings[0], remedy: null, commands: [] }, diagnosis.findings[1]],
    });
    expect(exitCode).toBe(6);
  });

  it.each([
    ["ok", 0],
    ["unknown", 0],
    ["warning", 0],
    ["problem", 6],
  ] as const)("ends with the exit code of its worst finding: %s, %i", (status, exitCode) => {
    const [text, code] = print(
      "json",
      { check: "clock", status: "ok", details: "" },
      { check: "proxy", status, details: "" },
    );
    expect(JSON.parse(text)).toMatchObject({ status });
    expect(code).toBe(exitCode);
  });
});
