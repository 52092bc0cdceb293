import { type EventEmitter } from "node:events";
import { Server, ServerCredentials, type ServiceDefinition, type UntypedServiceImplementation } from "@grpc/grpc-js";

/** The engine's own limit for one message. */
const maxMessageBytes = 400 * 1024 * 1024;

/** Serves one gRPC service on a free loopback port and tells the engine the port: the first line of the output. */
export async function serve(
  definition: ServiceDefinition,
  implementation: UntypedServiceImplementation,
): Promise<void> {
  const server = new Server({
    "grpc.max_receive_message_length": maxMessageBytes,
    "grpc.max_send_message_length": maxMessageBytes,
  });
  const calls = new RunningCalls();
  server.addService(definition, calls.counting(implementation));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error);
      else resolve(bound);
    });
  });
  // Before the engine knows the port, and may already want an end.
  stopOnInterrupt(calls);
  process.stdout.write(`${port}\n`);
}

/** Knows whether a call is being answered. */
class RunningCalls {
  #count = 0;
  #whenNone: (() => void) | undefined;

  /** The same service, with its calls counted. */
  counting(implementation: UntypedServiceImplementation): UntypedServiceImplementation {
    return Object.fromEntries(
      Object.entries(implementation).map(([name, handle]) => {
        const counted = (call: EventEmitter, callback?: (...answer: unknown[]) => void): unknown => {
          this.#count += 1;
          if (callback === undefined) {
            call.once("close", this.#ended);
            return Reflect.apply(handle, implementation, [call]);
          }
          const answer = (...words: unknown[]): void => {
            callback(...words);
            this.#ended();
          };
          return Reflect.apply(handle, implementation, [call, answer]);
        };
        return [name, counted];
      }),
    );
  }

  /** Calls back once no call is being answered; at once when that is so already. */
  whenNone(callback: () => void): void {
    this.#whenNone = callback;
    if (this.#count === 0) callback();
  }

  readonly #ended = (): void => {
    this.#count -= 1;
    // The answer goes out first.
    if (this.#count === 0) setImmediate(() => this.#whenNone?.());
  };
}

/**
 * Ends the process once the calls under way are answered, when it is interrupted: so the engine asks it to, and waits
 * five seconds before it kills. Ctrl-C does not reach it, for the engine starts every plugin in a process group of its
 * own. The server's own orderly shutdown waits for connections too, one of which now and then does not end.
 */
function stopOnInterrupt(calls: RunningCalls): void {
  // A second interrupt changes nothing: the engine kills what does not end.
  process.on("SIGINT", () => {
    calls.whenNone(() => {
      process.exit(0);
    });
  });
}
