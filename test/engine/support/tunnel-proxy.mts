import { once } from "node:events";
import { type IncomingMessage, createServer } from "node:http";
import { type Socket, connect } from "node:net";

/** A proxy on loopback that leads every tunnel to one server. */
export interface Proxy {
  readonly url: string;
  /** Host and port of every tunnel that was asked for. */
  readonly targets: readonly string[];
  close(): Promise<void>;
}

/** Starts a proxy. */
export async function startProxy(target: string): Promise<Proxy> {
  const { hostname, port } = new URL(target);
  const targets: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer().on("connect", (request: IncomingMessage, client: Socket) => {
    targets.push(String(request.url));
    const upstream = connect(Number(port), hostname, () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      upstream.pipe(client).pipe(upstream);
    });
    for (const [socket, peer] of [[client, upstream] as const, [upstream, client] as const]) {
      sockets.add(socket.on("error", () => peer.destroy()));
    }
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const close = async (): Promise<void> => {
    const closed = once(server.close(), "close");
    for (const socket of sockets) {
      socket.destroy();
    }
    await closed;
  };
  return { url: `http://127.0.0.1:${portOf(server)}`, targets, close };
}

/** A port that nobody listens on. */
export async function closedPort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const port = portOf(server);
  await once(server.close(), "close");
  return port;
}

function portOf(server: ReturnType<typeof createServer>): number {
  const address = server.address();
  if (address === null || typeof address === "string") {
    throw new Error("it listens on no port");
  }
  return address.port;
}
