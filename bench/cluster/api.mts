import { readFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import { parse } from "yaml";

/** A client of the local control plane, with as little as that takes. */
export interface Api {
  /** An answer's text. Throws when the server refuses. */
  call(method: string, path: string, body?: object): Promise<string>;
  /** Sees each line of an answer that goes on, and its end if the server ends it; the returned function does so before. */
  follow(path: string, onLine: (line: string) => void, onEnd: () => void): Promise<() => void>;
  close(): void;
}

/** As many connections as keep the server busy. With one for each of 1000 requests, the handshakes are all that is done. */
const maxSockets = 64;

/** Reads the control plane's own kubeconfig: one cluster, one user with a client certificate. */
export async function connect(kubeconfig: string): Promise<Api> {
  const { server, ca, cert, key } = credentialsIn(parse(await readFile(kubeconfig, "utf8")));
  const agent = new Agent({ keepAlive: true, maxSockets, ca, cert, key });
  const open = (method: string, path: string, body?: object): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const headers = { "Content-Type": "application/json", Accept: "application/json" };
      request(server + path, { method, agent, headers }, resolve)
        .on("error", reject)
        .end(body === undefined ? undefined : JSON.stringify(body));
    });
  const call = async (method: string, path: string, body?: object): Promise<string> => {
    const response = await open(method, path, body);
    const text = (await response.setEncoding("utf8").toArray()).join("");
    if ((response.statusCode ?? 0) >= 300) {
      throw new Error(`${method} ${path} answered ${String(response.statusCode)}: ${text}`);
    }
    return text;
  };
  const follow = async (path: string, onLine: (line: string) => void, onEnd: () => void): Promise<() => void> => {
    const response = await open("GET", path);
    if (response.statusCode !== 200) {
      throw new Error(`GET ${path} answered ${String(response.statusCode)}`);
    }
    let rest = "";
    response.setEncoding("utf8").on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      lines.forEach(onLine);
    });
    // A server that goes away breaks it off.
    response.once("end", onEnd).once("error", onEnd);
    return () => {
      response
        .off("end", onEnd)
        .off("error", onEnd)
        .on("error", () => undefined)
        .destroy();
    };
  };
  return {
    call,
    follow,
    close: () => {
      agent.destroy();
    },
  };
}

function credentialsIn(kubeconfig: unknown): { server: string; ca: Buffer; cert: Buffer; key: Buffer } {
  const text = (...path: readonly (string | number)[]): string => {
    const found = path.reduce<unknown>((value, name) => field(value, name), kubeconfig);
    if (typeof found !== "string") {
      throw new Error(`${path.join(".")}: expected a text in the control plane's kubeconfig`);
    }
    return found;
  };
  const bytes = (...path: readonly (string | number)[]): Buffer => Buffer.from(text(...path), "base64");
  return {
    server: text("clusters", 0, "cluster", "server"),
    ca: bytes("clusters", 0, "cluster", "certificate-authority-data"),
    cert: bytes("users", 0, "user", "client-certificate-data"),
    key: bytes("users", 0, "user", "client-key-data"),
  };
}

/** A field of something that was parsed; undefined where there is none. */
export function field(value: unknown, name: string | number): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
