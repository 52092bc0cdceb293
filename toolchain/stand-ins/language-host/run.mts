import { type RunRequest } from "@pulumi/pulumi/proto/language_pb.js";
import { type Children, type Ending } from "./children.mts";
import { parseRuntimeOptions, sdkEnvironment } from "./options.mts";
import { configEnvironment, programOf, resolveFrom, runArguments } from "./program.mts";

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
      throw new Error("the stand-in language host cannot attach a debugger: put --inspect-brk into nodeargs instead");
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
