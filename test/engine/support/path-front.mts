import { once } from "node:events";
import { request as httpsRequest } from "node:https";
import { type Server, createServer } from "node:https";
import { type AddressInfo } from "node:net";
import { certificateAuthority, servingCertificate } from "@kubernetes-user/toolchain/certificates";

/** A server before the API server. */
export interface PathFront {
  readonly url: string;
  readonly authority: string;
  /** What was asked for. */
  readonly paths: string[];
  close(): Promise<unknown>;
}

/**
 * A server that ends TLS and passes on what is asked below a path.
 *
 * @param changed headers of the answers that it replaces.
 */
export async function pathFront(
  path: string,
  apiServer: string,
  ca: string,
  changed: Readonly<Record<string, string>> = {},
): Promise<PathFront> {
  const ownAuthority = certificateAuthority("front");
  const { certificatePem: cert, keyPem: key } = servingCertificate(ownAuthority, { commonName: "f" }, ["127.0.0.1"]);
  const paths: string[] = [];
  const server: Server = createServer({ cert, key }, (request, response) => {
    const asked = request.url ?? "";
    paths.push(asked);
    if (!asked.startsWith(`${path}/`)) {
      response.writeHead(404).end();
      return;
    }
    const { method, headers } = request;
    const options = { method, headers, ca };
    const upstream = httpsRequest(apiServer + asked.slice(path.length), options, (answer) => {
      answer.pipe(response.writeHead(answer.statusCode ?? 502, { ...answer.headers, ...changed }));
    });
    // A watch would go on without its watcher.
    response.on("close", () => upstream.destroy());
    request.pipe(upstream.on("error", () => response.destroy()));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const close = (): Promise<unknown> => {
    const closed = once(server.close(), "close");
    server.closeAllConnections();
    return closed;
  };
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    authority: ownAuthority.certificatePem,
    paths,
    close,
  };
}

/** Does something for each item, six at a time: most of it is waiting. */
export async function inTurns<T, R>(items: readonly T[], act: (item: T) => Promise<R>): Promise<R[]> {
  const queue = items.entries();
  const results: R[] = [];
  const work = async (): Promise<void> => {
    for (const [index, item] of queue) {
      results[index] = await act(item);
    }
  };
  await Promise.all(Array.from({ length: 6 }, work));
  return results;
}
