import language from "@pulumi/pulumi/proto/language_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";

import {
  configEnvironment,
  outcomeOf,
  programOf,
  resolveFrom,
  runArguments,
  runProgram,
  sdkEnvironment,
} from "../../stubs/language-host/program.mts";
import { folderWith } from "./files.mts";

describe("runtime.options", () => {
  test("have the SDK compile TypeScript unless they say otherwise", () => {
    expect(sdkEnvironment({})).toStrictEqual({ PULUMI_NODEJS_TYPESCRIPT: "true" });
    expect(sdkEnvironment({ typescript: false })).toStrictEqual({});
  });

  test.each([
    [{ typescript: "yes" }, "typescript option must be a boolean"],
    [{ nodeargs: "--inspect" }, "expected typescript alone, got nodeargs: not in this stub"],
  ])("%j are refused", (options, message) => {
    expect(() => sdkEnvironment(options)).toThrow(message);
  });
});

describe("a run", () => {
  const request = new language.RunRequest()
    .setProject("project")
    .setStack("dev")
    .setMonitorAddress("127.0.0.1:2")
    .setParallel(8)
    .setDryrun(true)
    .setConfigsecretkeysList(["project:password"])
    .setInfo(
      new language.ProgramInfo()
        .setRootDirectory("/root")
        .setProgramDirectory("/root/program")
        .setEntryPoint(".")
        .setOptions(struct.Struct.fromJavaScript({ typescript: false })),
    );
  request.getConfigMap().set("project:password", "hush").set("other:config:old", "1").set("a:b:c", "2");
  const program = programOf(request.getInfo());
  const args = runArguments(request, program, "127.0.0.1:1");

  test("gets its arguments, without those that are empty", () => {
    expect(args.join(" ")).toBe(
      "--monitor 127.0.0.1:2 --engine 127.0.0.1:1 --project project --root-directory /root --stack dev " +
        "--pwd /root/program --parallel 8 --dry-run .",
    );
    expect(program.options).toStrictEqual({ typescript: false });
  });

  test("gets its configuration by the environment alone", () => {
    const environment = configEnvironment(request);

    expect(JSON.parse(environment["PULUMI_CONFIG"] ?? "")).toStrictEqual({
      "project:config:password": "hush",
      "other:config:old": "1",
      "a:config:b:c": "2",
    });
    expect(environment["PULUMI_CONFIG_SECRET_KEYS"]).toBe('["project:password"]');
    expect(args.join(" ")).not.toContain("hush");
  });

  test.each([
    [
      { code: 0, signal: null },
      { error: "", bail: false },
    ],
    [
      { code: 32, signal: null },
      { error: "", bail: true },
    ],
    [
      { code: 3, signal: null },
      { error: "Program exited with non-zero exit code: 3", bail: false },
    ],
    [
      { code: null, signal: "SIGKILL" as const },
      { error: "Program was ended by SIGKILL", bail: false },
    ],
  ])("that ends with %j", (ending, outcome) => {
    const response = outcomeOf(ending);

    expect({ error: response.getError(), bail: response.getBail() }).toStrictEqual(outcome);
  });

  test.each([
    [new language.RunRequest(), "does not say where the program is"],
    [new language.RunRequest().setAttachDebugger(true), "cannot attach a debugger"],
  ])("that cannot be made ends with an error", async (refused, message) => {
    const response = await runProgram(refused, "", new AbortController().signal);

    expect(response.getError()).toContain(message);
  });
});

describe("the SDK of a program", () => {
  const folder = folderWith({ "node_modules/sdk/index.js": "" });

  test("is found as the program would find it", () => {
    expect(resolveFrom(folder, "sdk")).toBe(`${folder}/node_modules/sdk/index.js`);
    expect(() => resolveFrom(folder, "absent-sdk")).toThrow(`Have you run npm install in ${folder}?`);
  });
});
