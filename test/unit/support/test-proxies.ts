import { once } from "node:events";
import { type IncomingMessage, createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, type Server, type Socket, connect, createServer as createTcpServer } from "node:net";
import { type Duplex } from "node:stream";

/** A proxy on loopback that leads every tunnel to one port. */
export interface TestProxy {
  readonly port: number;
  /** Host and port of every tunnel that was asked for. */
  readonly targets: string[];
  /** What proved who asks: a header, or user and password. */
  readonly logins: (string | undefined)[];
  close(): Promise<void>;
}

/** How a proxy for http's CONNECT answers; without text it opens the tunnel. */
export interface HttpProxyOptions {
  /** Certificate and key of a proxy that speaks TLS. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** What it answers in place of a tunnel, with the head. */
  readonly answer?: string;
}

/** A proxy that is asked by CONNECT. */
export async function httpProxy(to: number, { tls, answer }: HttpProxyOptions = {}): Promise<TestProxy> {
  const [targets, logins]: [string[], (string | undefined)[]] = [[], []];
  const server = tls === undefined ? createServer() : createTlsServer(tls);
  server.on("connect", (request: IncomingMessage, client: Duplex) => {
    targets.push(String(request.url));
    logins.push(request.headers["proxy-authorization"]);
    client.on("error", () => undefined);
    if (answer === undefined) {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      join(client, to);
    } else {
      client.end(answer);
    }
  });
  return { ...(await listen(server)), targets, logins };
}

/** A SOCKS5 proxy, which wants `user:password` if it is given them. */
export async function socksProxy(to: number, login?: string, reply = 0): Promise<TestProxy> {
  const [targets, logins]: [string[], (string | undefined)[]] = [[], []];
  const server = createTcpServer((client) => {
    client.on("error", () => undefined);
    void (async () => {
      const read = reader(client);
      const [, methods = 0] = await read(2);
      await read(methods);
      client.write(Uint8Array.of(5, login === undefined ? 0 : 2));
      if (login !== undefined) {
        const [, length = 0] = await read(2);
        const user = (await read(length)).toString();
        const password = (await read((await read(1))[0] ?? 0)).toString();
        logins.push(`${user}:${password}`);
        client.write(Uint8Array.of(1, `${user}:${password}` === login ? 0 : 1));
      }
      const [, , , type] = await read(4);
      const host = type === 3 ? (await read((await read(1))[0] ?? 0)).toString() : (await read(4)).join(".");
      targets.push(`${host}:${(await read(2)).readUInt16BE()}`);
      client.write(Uint8Array.of(5, reply, 0, 1, 0, 0, 0, 0, 0, 0));
      join(client, to);
    })().catch(() => client.destroy());
  });
  return { ...(await listen(server)), targets, logins };
}

function reader(socket: Socket): (length: number) => Promise<Buffer> {
  return async (length) => {
    for (;;) {
      const bytes = (length === 0 ? Buffer.alloc(0) : socket.read(length)) as Buffer | null;
      if (bytes !== null) {
        return bytes;
      }
      await once(socket, "readable");
    }
  };
}

function join(client: Duplex, port: number): void {
  const upstream = connect(port, "127.0.0.1");
  upstream.on("error", () => client.destroy()).on("close", () => client.destroy());
  client.on("close", () => upstream.destroy());
  upstream.pipe(client).pipe(upstream);
}

async function listen(server: Server): Promise<Pick<TestProxy, "port" | "close">> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => sockets.add(socket));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const close = async (): Promise<void> => {
    const closed = once(server.close(), "close");
    sockets.forEach((socket) => socket.destroy());
    await closed;
  };
  return { port: (server.address() as AddressInfo).port, close };
}
