import { fstatSync } from "node:fs";

import {
  type sendUnaryData,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceDefinition,
  status,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";

/** The engine's own limit for one message. */
const maxMessageBytes = 400 * 1024 * 1024;

let running = 0;
let interrupted = false;

/**
 * Serves one gRPC service on a free loopback port and tells the engine the port: the first line of the output. An
 * interrupt, by which the engine asks its plugins to end, ends the process once no call is being answered.
 */
export async function serve(
  definition: ServiceDefinition,
  implementation: UntypedServiceImplementation,
): Promise<void> {
  const server = new Server({
    "grpc.max_receive_message_length": maxMessageBytes,
    "grpc.max_send_message_length": maxMessageBytes,
  });
  server.addService(definition, implementation);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error);
      else resolve(bound);
    });
  });
  // Before the engine knows the port, and may already want an end.
  process.on("SIGINT", () => {
    interrupted = true;
    exitWhenIdle();
  });
  process.stdout.write(`${port}\n`);
}

/** The server's own orderly shutdown waits for connections too, one of which now and then does not end. */
function exitWhenIdle(): void {
  // The last answer goes out first.
  if (interrupted && running === 0) setImmediate(() => process.exit(0));
}

/** A handler from a function that answers or throws. */
export function unary<Request, Response>(
  answer: (request: Request, call: ServerUnaryCall<Request, Response>) => Response | Promise<Response>,
) {
  return (call: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>): void => {
    running += 1;
    Promise.resolve(call.request)
      .then((request) => answer(request, call))
      .then(
        (response) => {
          callback(null, response);
        },
        (error: unknown) => {
          callback(asRpcError(error));
        },
      )
      .finally(() => {
        running -= 1;
        exitWhenIdle();
      });
  };
}

/** The answer to a method that a stub leaves to the official program. */
export function unimplemented<Request, Response>(program: string, method: string) {
  return unary<Request, Response>(() => {
    throw new UnimplementedError(`${method}: not in this stub for ${program}. Install the official one to use it.`);
  });
}

/** What only the official program can do. */
export class UnimplementedError extends Error {}

/** Ends a stream with an error. Destroying it would end it without a status, and the engine would wait for ever. */
export function fail(call: Pick<ServerWritableStream<unknown, unknown>, "emit">, error: unknown): void {
  call.emit("error", asRpcError(error));
}

function asRpcError(error: unknown): { code: status; details: string } {
  const code = error instanceof UnimplementedError ? status.UNIMPLEMENTED : status.UNKNOWN;
  return { code, details: error instanceof Error ? error.message : String(error) };
}

/** How often the parent process is looked at where the standard input tells nothing. */
const parentCheckMilliseconds = 1_000;

/**
 * Calls back when the engine that started this process is gone, however it went (kill -9 included). The engine keeps
 * the write end of the standard input's pipe for as long as it lives: its end is seen at once. The parent's process id
 * tells it where standard input is no pipe, or where something else holds the pipe open.
 */
export function onEngineGone(callback: () => void): void {
  // /dev/null, a file and a terminal end for reasons that have nothing to do with the engine.
  const input = fstatSync(0);
  if (input.isFIFO() || input.isSocket()) {
    process.stdin.once("end", callback).once("error", callback).resume();
  }
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) callback();
  }, parentCheckMilliseconds).unref();
}
