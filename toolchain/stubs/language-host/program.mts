import { createRequire } from "node:module";
import { join } from "node:path";

import type { ProgramInfo, RunRequest } from "@pulumi/pulumi/proto/language_pb.js";

import type { Children, Ending } from "./children.mts";
import { parseRuntimeOptions, sdkEnvironment } from "./options.mts";

/** Where a program is, and how Pulumi.yaml wants it run. */
export interface Program {
  /** The folder of Pulumi.yaml. */
  readonly rootDirectory: string;
  /** The folder of the program: `main` of Pulumi.yaml, or the root. */
  readonly directory: string;
  readonly entryPoint: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** @throws Error when the engine did not say where the program is */
export function programOf(info: ProgramInfo | undefined): Program {
  if (info === undefined) throw new Error("the engine's request does not say where the program is (info)");
  return {
    rootDirectory: info.getRootDirectory(),
    directory: info.getProgramDirectory(),
    entryPoint: info.getEntryPoint(),
    options: { ...info.getOptions()?.toJavaScript() },
  };
}

/**
 * A module as the program itself would find it.
 *
 * @throws Error that says how to install the SDK, when it is not there
 */
export function resolveFrom(directory: string, module: string, installCommand: string): string {
  try {
    return createRequire(join(directory, "_")).resolve(module);
  } catch (error) {
    if (typeof error === "object" && error !== null && "code" in error && error.code === "MODULE_NOT_FOUND") {
      throw new Error(`It looks like the Pulumi SDK has not been installed. Have you run ${installCommand}?`, {
        cause: error,
      });
    }
    throw error;
  }
}

/** The arguments of the SDK's `cmd/run`. Configuration is not among them: it may be secret. */
export function runArguments(
  request: RunRequest,
  program: Program,
  addresses: { engine: string; tracing: string },
): string[] {
  const valued: [string, string][] = [
    ["monitor", request.getMonitorAddress()],
    ["engine", addresses.engine],
    ["organization", request.getOrganization()],
    ["project", request.getProject()],
    ["root-directory", program.rootDirectory],
    ["stack", request.getStack()],
    ["pwd", program.directory],
    ["parallel", String(request.getParallel())],
    ["tracing", addresses.tracing],
  ];
  return [
    ...valued.flatMap(([name, value]) => (value === "" ? [] : [`--${name}`, value])),
    ...(request.getDryrun() ? ["--dry-run"] : []),
    program.entryPoint,
    ...request.getArgsList(),
  ];
}

/** The stack's configuration as the SDK expects it in its environment. */
export function configEnvironment(request: RunRequest): Record<string, string> {
  const config: Record<string, string> = {};
  request.getConfigMap().forEach((value, key) => {
    config[oldConfigKey(key)] = value;
  });
  return {
    PULUMI_CONFIG: JSON.stringify(config),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
  };
}

/** `namespace:name` as `namespace:config:name`, which SDKs of every age understand. */
function oldConfigKey(key: string): string {
  const [namespace = "", ...rest] = key.split(":");
  if (rest.length === 0 || (rest.length > 1 && rest[0] === "config")) return key;
  return `${namespace}:config:${rest.join(":")}`;
}

/** The SDK's exit code for: the user has seen what is wrong, say no more. */
const alreadyShown = 32;

/** What became of a program: nothing to say, an error to show, or an end without more words. */
export interface RunOutcome {
  readonly error: string;
  readonly bail: boolean;
}

/** What a run needs of the host. */
export interface RunContext {
  readonly children: Children;
  readonly engineAddress: string;
  readonly tracing: string;
  readonly cancelled: AbortSignal;
}

/** Runs the program once. Its output goes where the host's goes: the engine reads it there. */
export async function runProgram(request: RunRequest, context: RunContext): Promise<RunOutcome> {
  try {
    if (request.getAttachDebugger()) {
      throw new Error("the stub language host cannot attach a debugger: put --inspect-brk into nodeargs instead");
    }
    const program = programOf(request.getInfo());
    const options = parseRuntimeOptions(program.options);
    const module = process.env["PULUMI_LANGUAGE_NODEJS_RUN_PATH"] ?? "@pulumi/pulumi/cmd/run";
    const ending = await context.children.run(
      process.execPath,
      [
        ...options.nodeArguments,
        resolveFrom(program.directory, module, "pulumi install"),
        ...runArguments(request, program, { engine: context.engineAddress, tracing: context.tracing }),
      ],
      { env: { ...process.env, ...configEnvironment(request), ...sdkEnvironment(options) } },
      context.cancelled,
    );
    return outcomeOf(ending);
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error), bail: false };
  }
}

/** The official host's words for each ending. */
export function outcomeOf({ code, signal }: Ending): RunOutcome {
  if (code === 0) return { error: "", bail: false };
  if (code === alreadyShown) return { error: "", bail: true };
  if (code === null) return { error: `Program was ended by ${signal ?? "a signal"}`, bail: false };
  return { error: `Program exited with non-zero exit code: ${code}`, bail: false };
}
