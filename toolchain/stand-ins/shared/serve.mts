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
  server.addService(definition, implementation);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error);
      else resolve(bound);
    });
  });
  // Before the engine knows the port, and may already want an end.
  stopOnInterrupt(server);
  process.stdout.write(`${port}\n`);
}

/**
 * Ends the process once the calls under way are answered, when it is interrupted: so the engine asks it to, and waits
 * five seconds before it kills. Ctrl-C does not reach it, for the engine starts every plugin in a process group of its
 * own.
 */
function stopOnInterrupt(server: Server): void {
  process.once("SIGINT", () => {
    server.tryShutdown(() => {
      process.exit(0);
    });
    // A second one changes nothing: the engine kills what does not end.
    process.on("SIGINT", () => undefined);
  });
}
