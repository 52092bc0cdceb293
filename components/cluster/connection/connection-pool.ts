import { Agent, type RequestOptions } from "node:https";
import { type Duplex } from "node:stream";

/** How long an idle connection is kept. What stands between, a load balancer say, seldom has less patience. */
const longestIdleMs = 10_000;

/** What the pool is told of a request. */
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
  constructor(open: (ends: AbortSignal) => Promise<Duplex>) {
    super({ keepAlive: true, timeout: longestIdleMs });
    this.open = open;
  }

  /** Node.js calls it for a request that no idle connection can take. */
  override createConnection(
    { ends }: PooledRequest,
    done: (error: Error | null, connection: Duplex) => void,
  ): undefined {
    this.open(ends).then(
      (connection) => {
        done(null, connection);
      },
      // Of an error, nothing else is read.
      done as (error: Error) => void,
    );
  }
}
