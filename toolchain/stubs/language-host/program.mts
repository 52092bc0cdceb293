import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";

import language, { type ProgramInfo, type RunRequest, type RunResponse } from "@pulumi/pulumi/proto/language_pb.js";

import { codeOf, messageOf } from "../../errors.mts";

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

/** What `runtime.options` of Pulumi.yaml add to the environment of the SDK. @throws Error for any but `typescript` */
export function sdkEnvironment({ typescript = true, ...others }: Program["options"]): Record<string, string> {
  const [unknown] = Object.keys(others);
  if (unknown !== undefined)
    throw new Error(`runtime.options: expected typescript alone, got ${unknown}: not in this stub`);
  if (typeof typescript !== "boolean") throw new Error("typescript option must be a boolean");
  return typescript ? { PULUMI_NODEJS_TYPESCRIPT: "true" } : {};
}

/** A module of the SDK as the program itself would find it. */
export function resolveFrom(directory: string, module: string): string {
  try {
    return createRequire(join(directory, "_")).resolve(module);
  } catch (error) {
    if (codeOf(error) !== "MODULE_NOT_FOUND") throw error;
    const message = `It looks like the Pulumi SDK has not been installed. Have you run npm install in ${directory}?`;
    throw new Error(message, { cause: error });
  }
}

/** Runs the program once. Its output goes where the host's goes: the engine reads it there. */
export async function runProgram(request: RunRequest, engine: string, cancelled: AbortSignal): Promise<RunResponse> {
  try {
    if (request.getAttachDebugger()) throw new Error("the stub language host cannot attach a debugger");
    const program = programOf(request.getInfo());
    const module = resolveFrom(program.directory, "@pulumi/pulumi/cmd/run");
    const env = { ...process.env, ...configEnvironment(request), ...sdkEnvironment(program.options) };
    return outcomeOf(await runNode([module, ...runArguments(request, program, engine)], { env, cancelled }));
  } catch (error) {
    return new language.RunResponse().setError(messageOf(error));
  }
}

/** The arguments of the SDK's `cmd/run`. Configuration is not among them: it may be secret. */
export function runArguments(request: RunRequest, program: Program, engine: string): string[] {
  const valued: [string, string][] = [
    ["monitor", request.getMonitorAddress()],
    ["engine", engine],
    ["organization", request.getOrganization()],
    ["project", request.getProject()],
    ["root-directory", program.rootDirectory],
    ["stack", request.getStack()],
    ["pwd", program.directory],
    ["parallel", String(request.getParallel())],
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

/** How a program ended: its exit code, or the signal that ended it. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The SDK's exit code for: the user has seen what is wrong, say no more. */
const alreadyShown = 32;

/** The official host's words for each ending. */
export function outcomeOf({ code, signal }: Ending): RunResponse {
  const response = new language.RunResponse();
  if (code === 0) return response;
  if (code === alreadyShown) return response.setBail(true);
  if (code === null) return response.setError(`Program was ended by ${signal ?? "a signal"}`);
  return response.setError(`Program exited with non-zero exit code: ${code}`);
}

/** How long an interrupted program may take to end by itself. */
const graceMilliseconds = 5_000;

const running = new Set<ChildProcess>();

/** Runs Node.js to its end. */
export async function runNode(
  args: readonly string[],
  options: {
    readonly env: NodeJS.ProcessEnv;
    readonly cwd?: string;
    readonly cancelled: AbortSignal;
    /** Where its output goes; without it, where this process's own goes. */
    readonly output?: { stdout: (chunk: Buffer) => void; stderr: (chunk: Buffer) => void };
  },
): Promise<Ending> {
  const { env, cwd, cancelled, output } = options;
  const channel = output === undefined ? "inherit" : "pipe";
  const child = spawn(process.execPath, args, { env, cwd, stdio: ["ignore", channel, channel] });
  running.add(child);
  if (output !== undefined) {
    child.stdout?.on("data", output.stdout);
    child.stderr?.on("data", output.stderr);
  }
  const cancel = (): void => {
    interrupt(child);
  };
  cancelled.addEventListener("abort", cancel);
  // It may have been cancelled before there was anything to end.
  if (cancelled.aborted) cancel();
  try {
    return await new Promise<Ending>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, signal) => {
        resolve({ code, signal });
      });
    });
  } finally {
    cancelled.removeEventListener("abort", cancel);
    running.delete(child);
  }
}

function interrupt(child: ChildProcess): void {
  child.kill("SIGINT");
  setTimeout(() => child.kill("SIGKILL"), graceMilliseconds).unref();
}

/** Asks all programs to end, and ends those that do not. */
export function interruptAll(): void {
  running.forEach(interrupt);
}

/** Ends all programs at once. */
export function killAll(): void {
  for (const child of running) child.kill("SIGKILL");
}
