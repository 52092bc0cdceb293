import { once } from "node:events";
import net, { type AddressInfo } from "node:net";
import { type ExecPlugin } from "../../../components/cluster/credentials/exec-plugin";

export const apiVersion = "client.authentication.k8s.io/v1";

/** A credential plugin that is a piece of JavaScript. */
export function plugin(code: string, more: Partial<ExecPlugin> = {}): ExecPlugin {
  return {
    command: process.execPath,
    args: ["-e", code],
    env: {},
    apiVersion,
    interactiveMode: "IfAvailable",
    installHint: undefined,
    cluster: undefined,
    ...more,
  };
}

/** JavaScript that prints an ExecCredential; `status` is JavaScript as well. */
export function printing(status: string): string {
  return `console.log(JSON.stringify({ kind: "ExecCredential", apiVersion: "${apiVersion}", status: ${status} }))`;
}

/** Where processes of a test connect to, so that it knows when they are there and when they are gone. */
export class Lifelines implements AsyncDisposable {
  private readonly server = net.createServer();
  private readonly sockets: net.Socket[] = [];
  private taken = 0;

  static async open(): Promise<Lifelines> {
    const lifelines = new Lifelines();
    lifelines.server.on("connection", (socket) => lifelines.sockets.push(socket.on("error", () => undefined)));
    await once(lifelines.server.listen(0, "127.0.0.1"), "listening");
    return lifelines;
  }

  /** JavaScript that connects, and then waits until this is disposed of. */
  get hang(): string {
    return `require("net").connect(${(this.server.address() as AddressInfo).port}, "127.0.0.1").on("close", () => process.exit());`;
  }

  /** The next connections; each resolves, once there, to the end of its process. */
  async next(count: number): Promise<readonly Promise<unknown>[]> {
    const begin = this.taken;
    this.taken += count;
    while (this.sockets.length < begin + count) {
      await once(this.server, "connection");
    }
    return this.sockets.slice(begin, begin + count).map((socket) => once(socket.resume(), "close"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.server.close(), "close");
    this.sockets.forEach((socket) => socket.destroy());
    await closed;
  }
}
