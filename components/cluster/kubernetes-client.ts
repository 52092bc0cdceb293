import pRetry from "p-retry";
import { setTimeout as delay } from "node:timers/promises";
import { KubernetesUserError } from "../core/errors";
import { isRecord } from "../core/options/validation-errors";
import { withoutStop } from "../core/text/sentence";
import { ApiStatusError, explain, isTransient } from "./connection/api-error";
import { type ApiRequest, type ApiServer, type WatchEvent } from "./connection/api-server";

/** How often the first contact is tried: a wrong address should be told soon, a busy server gets a second chance. */
const firstContactAttempts = 3;

/** A server that has answered before may be away for this long, as in an upgrade of its control plane. */
const longestTroubleMs = 300_000;

/** A server may ask for more patience than this, but not get it. */
const longestRetryAfterSeconds = 30;

/** A request with the status codes that are an answer and not a failure, and what else may end it. */
export interface ClientRequest extends Omit<ApiRequest, "signal"> {
  readonly expected?: readonly number[];
  readonly signal?: AbortSignal;
}

/** What one run gives to all that it does. */
export interface RunContext {
  /** Aborts when nobody waits for the result any more. */
  readonly signal: AbortSignal;
  /** Shows a line to whoever runs this. */
  readonly report: (line: string) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** What a client uses of an {@link ApiServer}. */
export type Api = Pick<ApiServer, "server" | "send" | "watch" | "close">;

/** Servers that have answered, whichever client asked. */
const answering = new WeakSet<Api>();

/** Requests to one API server with retries: transient trouble is waited out, and errors come in users' words. */
export class KubernetesClient {
  private readonly api: Api;
  private readonly run: RunContext;
  private troubleTold = false;

  constructor(api: Api, run: RunContext) {
    this.api = api;
    this.run = run;
  }

  /** The server's address, for messages. */
  get server(): string {
    return this.api.server;
  }

  /**
   * Sends a request and returns the answer's JSON, or the status error itself when its code is among the expected.
   *
   * @param doing what it is for, in errors: `read namespace dev`.
   */
  async send(doing: string, { expected = [], signal, ...request }: ClientRequest): Promise<unknown> {
    const ends = signal === undefined ? this.run.signal : AbortSignal.any([signal, this.run.signal]);
    try {
      return await pRetry(() => this.attempt({ ...request, signal: ends }, expected), {
        retries: Number.POSITIVE_INFINITY,
        maxRetryTime: longestTroubleMs,
        minTimeout: 200,
        maxTimeout: 5000,
        randomize: true,
        signal: ends,
        shouldRetry: ({ error, attemptNumber }) =>
          isTransient(error) && (answering.has(this.api) || attemptNumber < firstContactAttempts),
        onFailedAttempt: ({ error }) => this.waitOut(error, doing, ends),
      });
    } catch (error) {
      throw this.run.signal.aborted ? aborted() : explain(error, doing, this.api.server);
    }
  }

  /** The events of a watch; it ends without an error when the connection does. */
  async *watch(path: string, signal: AbortSignal): AsyncGenerator<WatchEvent, void, undefined> {
    try {
      yield* this.api.watch(path, AbortSignal.any([signal, this.run.signal]));
    } catch (error) {
      if (!isTransient(error) && !(error instanceof ApiStatusError && error.statusCode === 410)) {
        throw this.run.signal.aborted ? aborted() : explain(error, "watch the request", this.api.server);
      }
    }
  }

  /** Throws when nobody waits any more. Lets events that are due arrive first, so that the answer is of this moment. */
  async stillWanted(): Promise<void> {
    await delay(0);
    if (this.run.signal.aborted) {
      throw aborted();
    }
  }

  private async attempt(request: ApiRequest, expected: readonly number[]): Promise<unknown> {
    try {
      const answer = await this.api.send(request);
      answering.add(this.api);
      return answer;
    } catch (error) {
      if (error instanceof ApiStatusError && expected.includes(error.statusCode)) {
        answering.add(this.api);
        return error;
      }
      throw error;
    }
  }

  private async waitOut(error: Error, doing: string, signal: AbortSignal): Promise<void> {
    // A request that was given up ends like one that timed out.
    if (!isTransient(error) || signal.aborted) {
      return;
    }
    if (answering.has(this.api) && !this.troubleTold) {
      this.troubleTold = true;
      const what =
        error instanceof ApiStatusError
          ? ["answers", error.statusCode, withoutStop(error.message)].join(" ").trimEnd()
          : `does not answer (${error.message})`;
      this.run.report(`${this.api.server} ${what} while trying to ${doing}: trying again`);
    }
    if (error instanceof ApiStatusError && error.retryAfterSeconds !== undefined) {
      await delay(Math.min(error.retryAfterSeconds, longestRetryAfterSeconds) * 1000, undefined, { signal });
    }
  }
}

function aborted(): KubernetesUserError {
  return new KubernetesUserError(
    "aborted",
    "The run ended before the cluster had answered. Nothing is lost: the next run continues from there.",
  );
}

/** The objects of a list as a server sent it. */
export function itemsOf(list: unknown): readonly unknown[] {
  const items: unknown = isRecord(list) ? list["items"] : undefined;
  return Array.isArray(items) ? items : [];
}
