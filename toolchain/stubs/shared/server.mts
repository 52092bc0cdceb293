import type { EventEmitter } from "node:events";
import { fstatSync } from "node:fs";

import {
  type handleServerStreamingCall,
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type ServerWritableStream,
  type ServiceDefinition,
  type ServiceError,
  status,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";

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

/** An error that reaches the engine with this code and message. */
export class RpcError extends Error implements Pick<ServiceError, "code" | "details"> {
  readonly code: status;
  readonly details: string;

  constructor(code: status, message: string) {
    super(message);
    this.name = "RpcError";
    this.code = code;
    this.details = message;
  }
}

/** A handler from a function that answers or throws. */
export function unary<Request, Response>(
  answer: (request: Request) => Response | Promise<Response>,
): handleUnaryCall<Request, Response> {
  return (call, callback) => {
    Promise.resolve(call.request)
      .then(answer)
      .then(
        (response) => {
          callback(null, response);
        },
        (error: unknown) => {
          callback(asRpcError(error));
        },
      );
  };
}

/** The answer to a method that a stub leaves to the official program. */
export function unimplemented<Request, Response>(program: string, method: string): handleUnaryCall<Request, Response> {
  return (_call, callback) => {
    callback(new RpcError(status.UNIMPLEMENTED, unimplementedText(program, method)));
  };
}

/** As {@link unimplemented}, for a method that answers with a stream. */
export function unimplementedStream<Request, Response>(
  program: string,
  method: string,
): handleServerStreamingCall<Request, Response> {
  return (call) => {
    fail(call, new RpcError(status.UNIMPLEMENTED, unimplementedText(program, method)));
  };
}

/** Ends a stream with an error. Destroying it would end it without a status, and the engine would wait for ever. */
export function fail(call: Pick<ServerWritableStream<unknown, unknown>, "emit">, error: unknown): void {
  call.emit("error", asRpcError(error));
}

/** Whatever was thrown, with a gRPC code: errors of ours keep theirs. */
function asRpcError(error: unknown): RpcError {
  if (error instanceof RpcError) return error;
  return new RpcError(status.UNKNOWN, error instanceof Error ? error.message : String(error));
}

function unimplementedText(program: string, method: string): string {
  return `${method}: not in this stub for ${program}. Install the official ${program} to use it.`;
}

/** How often the parent process is looked at where the standard input tells nothing. */
const parentCheckMilliseconds = 1_000;

/**
 * Calls back, once, when the engine that started this process is gone, however it went (kill -9 included).
 *
 * The engine keeps the write end of the standard input's pipe for as long as it lives: its end is seen at once. The
 * parent's process id tells it where standard input is no pipe, or where something else holds the pipe open.
 */
export function onEngineGone(callback: () => void): void {
  let gone = false;
  const report = (): void => {
    if (gone) return;
    gone = true;
    callback();
  };

  if (isPipe(0)) {
    process.stdin.once("end", report).once("close", report).once("error", report).resume();
  }
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) report();
  }, parentCheckMilliseconds).unref();
}

/** /dev/null, a file and a terminal end for reasons that have nothing to do with the engine. */
function isPipe(descriptor: number): boolean {
  try {
    const status = fstatSync(descriptor);
    return status.isFIFO() || status.isSocket();
  } catch {
    return false;
  }
}
