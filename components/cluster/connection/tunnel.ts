import { type ClientRequest, type IncomingMessage, request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { type Socket, connect, isIPv6 } from "node:net";
import { ConnectionError, connectionCode } from "./api-error";
import { type Proxy } from "./proxy";
import { type Trust, verifyAs } from "./trust";

/** A server as its proxy is told it: by name, which the proxy looks up, as Go's programs do it. */
export interface Destination {
  /** A name, or an address without brackets. */
  readonly host: string;
  readonly port: number;
}

/**
 * Opens a connection to a server through its proxy.
 *
 * @param trust with which a proxy that speaks TLS has to prove who it is.
 * @throws ConnectionError, whose code names the proxy without its login
 */
export function openTunnel(proxy: Proxy, to: Destination, trust: Trust, signal: AbortSignal): Promise<Socket> {
  return proxy.kind === "socks5" ? throughSocks(proxy, to, signal) : throughHttp(proxy, to, trust, signal);
}

/**
 * Asks an http or https proxy for a tunnel.
 *
 * It is not done with https-proxy-agent, which takes what a proxy says to refuse the tunnel for the server's answer: a
 * proxy without any certificate could answer in the API server's place.
 */
function throughHttp(proxy: Proxy, to: Destination, trust: Trust, signal: AbortSignal): Promise<Socket> {
  const target = `${isIPv6(to.host) ? `[${to.host}]` : to.host}:${to.port}`;
  const options = {
    host: proxy.host,
    port: proxy.port,
    method: "CONNECT",
    path: target,
    setHost: false,
    headers: { host: target, ...authorization(proxy) },
    agent: false,
    signal,
  };
  return new Promise((resolve, reject) => {
    const failed = (error: unknown): void => {
      reject(new ConnectionError(signal.aborted ? "ETIMEDOUT" : `${connectionCode(error)} at the ${proxy.title}`));
    };
    try {
      const request: ClientRequest =
        proxy.kind === "http"
          ? httpRequest(options)
          : httpsRequest({ ...options, ...verifyAs(proxy.host), rejectUnauthorized: true, ...trust.forProxy() });
      request
        .on("connect", ({ statusCode = 0 }: IncomingMessage, socket: Socket) => {
          if (statusCode === 200) {
            resolve(socket);
            return;
          }
          socket.destroy();
          reject(refusal(proxy, statusCode));
        })
        .on("error", failed)
        .end();
    } catch (error) {
      // A header that Node refuses to send, say: its text would show the header.
      failed(error);
    }
  });
}

function authorization({ login }: Proxy): { readonly "proxy-authorization"?: string } {
  return login === undefined
    ? {}
    : { "proxy-authorization": `Basic ${Buffer.from(`${login.user}:${login.password}`).toString("base64")}` };
}

/** A refusal lasts, as for want of a password, unless it is the proxy's own trouble. */
function refusal({ title }: Proxy, status: number): ConnectionError {
  return new ConnectionError(`${status} from the ${title}`, { lasting: status < 500 });
}

/** socks-proxy-agent looks names up itself; Go leaves that to the proxy, which may be the only one to know them. */
async function throughSocks(proxy: Proxy, to: Destination, signal: AbortSignal): Promise<Socket> {
  const { SocksClient, SocksClientError } = await import("socks");
  const { host, port, login, title } = proxy;
  const socket = connect({ host, port });
  // Only while the tunnel is opened: later it serves requests that have other signals.
  const giveUp = (): void => {
    socket.destroy(new Error("given up"));
  };
  signal.addEventListener("abort", giveUp, { once: true });
  try {
    signal.throwIfAborted();
    await new Promise((resolve, reject) => {
      socket.once("connect", resolve).once("error", reject);
    });
    await SocksClient.createConnection({
      command: "connect",
      proxy: {
        host,
        port,
        type: 5,
        ...(login === undefined ? {} : { userId: login.user, password: login.password }),
      },
      destination: to,
      existing_socket: socket,
    });
    return socket;
  } catch (error) {
    socket.destroy();
    if (signal.aborted) {
      throw new ConnectionError("ETIMEDOUT");
    }
    // The library's own words, which are fixed; its errors carry the login besides.
    const what = error instanceof SocksClientError ? error.message : connectionCode(error);
    throw new ConnectionError(`${what} at the ${title}`, { lasting: /authentication|NotAllowed/i.test(what) });
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
}
