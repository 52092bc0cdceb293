import { ConnectionError } from "../connection/api-error";
import { type ExecCredential } from "./exec-answer";
import { type ExecPlugin } from "./exec-plugin";
import { runPlugin } from "./exec-run";
import { unlessAborted } from "../connection/unless-aborted";

/** A plugin's run, and what it has brought. */
interface Run {
  readonly result: Promise<ExecCredential>;
  readonly end: AbortController;
  waiting: number;
  credential: ExecCredential | undefined;
}

/** What plugins have brought, for the whole process: a run for 100 users logs in once. As client-go keeps it. */
const runs = new Map<string, Run>();

/**
 * A plugin's credential: the one that it has brought before, until that expires or is refused.
 *
 * @throws KubernetesUserError `unauthorized`; ConnectionError when `signal` aborts
 */
export async function execCredential(plugin: ExecPlugin, signal: AbortSignal): Promise<ExecCredential> {
  if (signal.aborted) {
    throw new ConnectionError("ETIMEDOUT");
  }
  const key = keyOf(plugin);
  const known = runs.get(key);
  const run = known === undefined || hasExpired(known) ? begin(plugin, key) : known;
  run.waiting += 1;
  try {
    return await unlessAborted(run.result, signal);
  } finally {
    run.waiting -= 1;
    if (run.waiting === 0 && run.credential === undefined) {
      forget(key, run);
      run.end.abort();
    }
  }
}

/** The server has refused a credential: the plugin is asked again, unless somebody else has done so already. */
export function refused(plugin: ExecPlugin, credential: ExecCredential): void {
  const key = keyOf(plugin);
  const run = runs.get(key);
  if (run?.credential === credential) {
    forget(key, run);
  }
}

function begin(plugin: ExecPlugin, key: string): Run {
  const end = new AbortController();
  const result = runPlugin(plugin, end.signal);
  const run: Run = { result, end, waiting: 0, credential: undefined };
  runs.set(key, run);
  result.then(
    (credential) => {
      run.credential = credential;
    },
    () => {
      forget(key, run);
    },
  );
  return run;
}

function forget(key: string, run: Run): void {
  if (runs.get(key) === run) {
    runs.delete(key);
  }
}

function hasExpired({ credential }: Run): boolean {
  return credential?.expires !== undefined && credential.expires < Date.now();
}

function keyOf(plugin: ExecPlugin): string {
  return JSON.stringify(plugin);
}
