import { once } from "node:events";
import { type AddressInfo, type Server, type Socket, connect, createServer } from "node:net";
import { type TLSSocket, connect as connectTls, createServer as createTlsServer } from "node:tls";

/** Something that listens before the API server. */
export interface Front extends AsyncDisposable {
  readonly port: number;
  /** What it was asked for: a SOCKS proxy's targets, or a reverse proxy's request lines. */
  readonly asked: readonly string[];
}

async function listening(server: Server, sockets: Set<Socket>, asked: readonly string[]): Promise<Front> {
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    asked,
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      const closed = once(server.close(), "close");
      sockets.forEach((socket) => socket.destroy());
      await closed;
    },
  };
}

function join(one: Socket, other: Socket, sockets: Set<Socket>): void {
  for (const [socket, peer] of [[one, other] as const, [other, one] as const]) {
    sockets.add(socket.on("error", () => peer.destroy()).on("close", () => peer.destroy()));
  }
}

/** A SOCKS 5 proxy that leads every name to one port of this machine (RFC 1928). */
export async function startSocksProxy(port: number): Promise<Front> {
  const [sockets, asked] = [new Set<Socket>(), [] as string[]];
  const server = createServer((client) => {
    client.once("data", () => {
      client.write(Uint8Array.of(5, 0));
      client.once("data", (request: Buffer) => {
        // Version, command, reserved, kind of address; 3 is a name, with its length.
        asked.push(
          request[3] === 3 ? request.subarray(5, 5 + (request[4] ?? 0)).toString() : `address ${request[3] ?? 0}`,
        );
        const upstream = connect(port, "127.0.0.1", () => {
          client.write(Uint8Array.of(5, 0, 0, 1, 0, 0, 0, 0, 0, 0));
          client.pipe(upstream).pipe(client);
        });
        join(client, upstream, sockets);
      });
    });
  });
  return listening(server, sockets, asked);
}

/** A server that ends TLS with a certificate of its own and leads to another server, without a path's beginning. */
export async function startReverseProxy(
  target: URL,
  { cert, key, prefix = "" }: { readonly cert: string; readonly key: string; readonly prefix?: string },
): Promise<Front> {
  const [sockets, asked] = [new Set<Socket>(), [] as string[]];
  const server = createTlsServer({ cert, key }, (client: TLSSocket) => {
    const upstream = connectTls({ host: target.hostname, port: Number(target.port), rejectUnauthorized: false }, () => {
      client.on("data", (data: Buffer) => {
        const text = data.toString("latin1");
        const [line = ""] = text.split("\r\n");
        asked.push(line);
        upstream.write(Buffer.from(text.replace(` ${prefix}/`, " /"), "latin1"));
      });
      upstream.pipe(client);
    });
    join(client, upstream, sockets);
  });
  return listening(server, sockets, asked);
}
