import { log, runtime } from "@pulumi/pulumi";
import { currentProgram } from "../pulumi/outputs";
import { RunningProgram } from "./running-program";

/**
 * One component while it is made. What fails in code that the SDK runs later (in an `apply`, in a registration) reaches
 * nobody but the process: here it reaches the call that asked for this component, and no other.
 */
export class Construction {
  /** One for all components of a program. */
  readonly program: RunningProgram;
  private readonly failure = Promise.withResolvers<never>();
  /** Whether the component is made, so that no call waits for it any more. */
  private isMade = false;

  private constructor() {
    this.program = programOf(runtime.getMonitor());
    this.failure.promise.catch(() => undefined);
  }

  /**
   * Makes a component; rejects when anything of it has failed. At the first component that fails, the engine ends the
   * run for all resources (engine 3.256): it is told once the program's other components are made or have failed, too.
   *
   * @param onHeldBack is called when others are still being made.
   */
  static run<T>(make: () => Promise<T>, onHeldBack: () => void = () => undefined): Promise<T> {
    const construction = new Construction();
    const { program } = construction;
    return currentProgram.run(construction, async () => {
      try {
        return await program.during(async () => {
          const made = await Promise.race([make(), construction.failure.promise]);
          construction.isMade = true;
          return made;
        });
      } catch (error) {
        if (program.isBusy) {
          onHeldBack();
        }
        await program.othersDone();
        throw error;
      }
    });
  }

  /** Brings what nobody has caught to the component in which it happened. The rest goes where it went before. */
  static catchFailures(): void {
    const rejectionListeners = process.listeners("unhandledRejection");
    process.removeAllListeners("unhandledRejection");
    process.on("unhandledRejection", (error, promise) => {
      if (!failCurrent(error)) {
        rejectionListeners.forEach((listen) => {
          listen(error, promise);
        });
      }
    });
    const exceptionListeners = process.listeners("uncaughtException");
    process.removeAllListeners("uncaughtException");
    process.on("uncaughtException", (error, origin) => {
      if (!failCurrent(error)) {
        exceptionListeners.forEach((listen) => {
          listen(error, origin);
        });
      }
    });
  }

  /** Lets the call that waits for the component fail; when none does any more, says what has failed. */
  fail(error: unknown): void {
    if (this.isMade) {
      log.error(error instanceof Error ? error.message : String(error)).catch(() => undefined);
    } else {
      this.failure.reject(error);
    }
  }
}

/** Node calls those listeners in the context of what has failed. */
function failCurrent(error: unknown): boolean {
  const construction = currentProgram.getStore();
  if (!(construction instanceof Construction)) {
    return false;
  }
  construction.fail(error);
  return true;
}

const programs = new Map<string, RunningProgram>();

/** The SDK connects to the engine anew for each component: what stays the same in a run is the engine's address. */
function programOf(monitor: unknown): RunningProgram {
  const address = addressOf(monitor);
  const program = programs.get(address) ?? new RunningProgram();
  programs.set(address, program);
  return program;
}

function addressOf(client: unknown): string {
  const getChannel: unknown = typeof client === "object" && client !== null ? Reflect.get(client, "getChannel") : "";
  const channel: unknown = typeof getChannel === "function" ? Reflect.apply(getChannel, client, []) : undefined;
  const getTarget: unknown = typeof channel === "object" && channel !== null ? Reflect.get(channel, "getTarget") : "";
  return typeof getTarget === "function" ? String(Reflect.apply(getTarget, channel, [])) : "";
}
