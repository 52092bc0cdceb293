import { Agent, type RequestOptions } from "node:https";
import { type Duplex } from "node:stream";

/** How long an idle connection is kept. What stands between, a load balancer say, seldom has less patience. */
const longestIdleMs = 10_000;

/** A request that takes a connection of the pool. */
export interface PooledRequest extends RequestOptions {
  /** Ends the opening of a connection; Node.js keeps `signal` to itself. */
  readonly ends: AbortSignal;
}

/**
 * Connections to one server with one client certificate, which serve one request after another: to prove to each other
 * who one is takes both sides longer than most answers. Idle ones keep no process running.
 */
export class ConnectionPool extends Agent {
  private readonly open: (ends: AbortSignal) => Promise<Duplex>;

  /** @param open opens a connection over which something may be sent. */
  constructor(open: (ends: AbortSignal) => Promise<Duplex>, idleMs = longestIdleMs) {
    super({ keepAlive: true, timeout: idleMs });
    this.open = open;
  }

  /** Node.js calls it for a request that no idle connection can take. Of a failure, it wants the error alone. */
  override createConnection({ ends }: PooledRequest, done: (error: unknown, connection?: Duplex) => void): undefined {
    this.open(ends).then((connection) => {
      done(null, connection);
    }, done);
  }
}
