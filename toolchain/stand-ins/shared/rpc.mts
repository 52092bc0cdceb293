import {
  type handleServerStreamingCall,
  type handleUnaryCall,
  type ServerWritableStream,
  type ServiceError,
  status,
} from "@grpc/grpc-js";

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

/** The answer to a method that a stand-in leaves to the official program. */
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
  return `${method}: not in this stand-in for ${program}. Install the official ${program} to use it.`;
}
