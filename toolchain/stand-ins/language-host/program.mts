import { createRequire } from "node:module";
import { join } from "node:path";
import { type ProgramInfo, type RunRequest } from "@pulumi/pulumi/proto/language_pb.js";

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
