import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import { getEngine, getProject, getStack, resetOptions } from "@pulumi/pulumi/runtime/settings";
import { printableLine } from "../../core/text/printable";

/** Shows a text in the output of the run; rejects when it could not. */
type EngineLog = (text: string, ephemeral: boolean) => Promise<void>;

let engineLog: EngineLog | undefined;
let last: Promise<void> = Promise.resolve();

/**
 * Shows a line once in the output of the run, at the stack.
 *
 * What a dynamic provider prints comes twice: while it runs, and among the diagnostics at the end (engine 3.256). The
 * engine forgets an ephemeral message once it has shown it: a run without a terminal prints it when it comes, and the
 * live display shows the latest in the Info column. Only whoever knows the engine's address can send one.
 */
export function tellOnce(text: string): void {
  send(text, true);
}

/** Shows a line in the output of the run and among the diagnostics at its end, at the stack. */
export function tell(text: string): void {
  send(text, false);
}

function send(text: string, ephemeral: boolean): void {
  const line = printableLine(text);
  engineLog ??= connect(engineAddress(process.argv));
  const log = engineLog;
  // One after the other: the engine answers calls that come together in any order.
  last = last
    .then(() => log(line, ephemeral))
    .catch(() => {
      console.log(line);
    });
}

/** The engine starts the process with its address, after options such as `-v=3`. */
export function engineAddress(argv: readonly string[]): string | undefined {
  return argv.slice(2).findLast((word) => /^[\w.[\]:-]+:\d+$/.test(word) && !word.startsWith("-"));
}

function connect(address: string | undefined): EngineLog {
  if (address !== undefined && getEngine() === undefined) {
    resetOptions(getProject(), getStack(), -1, address, "", false, "");
  }
  const engine = getEngine();
  return async (text, ephemeral) => {
    if (engine === undefined) {
      throw new Error("the engine's address is not known");
    }
    const request = new LogRequest();
    request.setSeverity(LogSeverity.INFO);
    request.setMessage(text);
    request.setEphemeral(ephemeral);
    await new Promise<void>((resolve, reject) => {
      engine.log(request, (error) => {
        if (error === null) {
          resolve();
        } else {
          reject(error);
        }
      });
    });
  };
}
