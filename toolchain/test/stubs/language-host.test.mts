import language from "@pulumi/pulumi/proto/language_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";

import { parseGoFlags, parseRuntimeOptions, sdkEnvironment, splitWords } from "../../stubs/language-host/options.mts";
import { choosePackageManager } from "../../stubs/language-host/package-manager.mts";
import {
  configEnvironment,
  outcomeOf,
  programOf,
  resolveFrom,
  runArguments,
} from "../../stubs/language-host/program.mts";
import { folderWith } from "./files.mts";

const known = { valued: ["tracing"], switches: ["version"] };

describe("the host's own arguments", () => {
  test.each([
    [["127.0.0.1:1"], [], ["127.0.0.1:1"]],
    [["-tracing", "file:x", "127.0.0.1:1"], [["tracing", "file:x"]], ["127.0.0.1:1"]],
    [["--tracing=a=b"], [["tracing", "a=b"]], []],
    [["-version", "-", "-tracing"], [["version", "true"]], ["-", "-tracing"]],
    [["--", "-x"], [], ["-x"]],
  ])("%j", (args, values, positional) => {
    const flags = parseGoFlags(args, known);

    expect([...flags.values]).toStrictEqual(values);
    expect(flags.positional).toStrictEqual(positional);
  });

  test("a flag that it does not know, or without its value, is refused", () => {
    expect(() => parseGoFlags(["-unheard", "of"], known)).toThrow("flag provided but not defined: -unheard");
    expect(() => parseGoFlags(["-tracing"], known)).toThrow("flag needs an argument: -tracing");
  });
});

describe("runtime.options", () => {
  test("have the official defaults", () => {
    expect(parseRuntimeOptions({})).toStrictEqual({
      typescript: true,
      tsconfig: "",
      nodeArguments: [],
      packageManager: "auto",
    });
    expect(sdkEnvironment(parseRuntimeOptions({}))).toStrictEqual({ PULUMI_NODEJS_TYPESCRIPT: "true" });
  });

  test("reach the SDK and node", () => {
    const options = parseRuntimeOptions({ typescript: false, tsconfig: "a.json", nodeargs: "--inspect -r 'a b'" });

    expect(sdkEnvironment(options)).toStrictEqual({ PULUMI_NODEJS_TSCONFIG_PATH: "a.json" });
    expect(options.nodeArguments).toStrictEqual(["--inspect", "-r", "a b"]);
  });

  test.each([
    [{ typescript: "yes" }, "typescript option must be a boolean"],
    [{ tsconfig: 1 }, "tsconfigpath option must be a string"],
    [{ nodeargs: ["a"] }, "nodeargs option must be a string"],
    [{ nodeargs: "'a" }, "left open"],
    [{ packagemanager: 1 }, "packagemanager option must be a string"],
    [{ packagemanager: "deno" }, 'must be one of auto, npm, yarn, pnpm or bun, got "deno"'],
  ])("%j is refused", (options, message) => {
    expect(() => parseRuntimeOptions(options)).toThrow(message);
  });

  test.each([
    ["", []],
    ["  a  b ", ["a", "b"]],
    [`a"b c"'d e'f`, ["ab cd ef"]],
    [String.raw`a\ b "\"" ''`, ["a b", '"', ""]],
  ])("words of %j", (line, words) => {
    expect(splitWords(line)).toStrictEqual(words);
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
  const args = runArguments(request, program, { engine: "127.0.0.1:1", tracing: "" });

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
    expect(outcomeOf(ending)).toStrictEqual(outcome);
  });

  test("is refused when the engine does not say where the program is", () => {
    expect(() => programOf(undefined)).toThrow("does not say where the program is");
  });
});

describe("the SDK of a program", () => {
  const folder = folderWith({ "node_modules/sdk/index.js": "" });

  test("is found as the program would find it", () => {
    expect(resolveFrom(folder, "sdk", "pulumi install")).toBe(`${folder}/node_modules/sdk/index.js`);
    expect(() => resolveFrom(folder, "absent-sdk", "pulumi install")).toThrow("Have you run pulumi install?");
  });
});

describe("the package manager", () => {
  const folder = folderWith({ "pnpm-lock.yaml": "" });
  const bare = folderWith({});

  test("is the one that the options name, that has a lock file, or npm", () => {
    expect(choosePackageManager("yarn", folder)).toBe("yarn");
    expect(choosePackageManager("auto", folder)).toBe("pnpm");
    expect(choosePackageManager("auto", bare)).toBe("npm");
  });
});
