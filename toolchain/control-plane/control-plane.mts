import { access, constants } from "node:fs/promises";
import { resolve } from "node:path";

import { messageOf } from "../errors.mts";
import { release } from "../processes.mts";
import { createFolder, guardFolder, recordProcesses, removeFolder, sweepFolders } from "./folders.mts";
import { Servers } from "./servers.mts";

/** Paths of the programs that make up a control plane. */
export interface ControlPlanePrograms {
  readonly etcd: string;
  readonly "kube-apiserver": string;
  readonly "kube-controller-manager": string;
}

/** How a control plane is to be. */
export interface ControlPlaneOptions {
  readonly programs: ControlPlanePrograms;
  /**
   * The longest lifetime of an issued certificate: kube-controller-manager's `--cluster-signing-duration`, e.g. `1h`.
   *
   * @default one year, Kubernetes' own default
   */
  readonly signingDuration?: string;
  /**
   * False: a control plane whose signer never issues, as on EKS.
   *
   * @default true
   */
  readonly signer?: boolean;
  /** Called with each line about the start and about servers that end unexpectedly. */
  readonly log?: (line: string) => void;
  /** Ends a start that is under way. A control plane that has been started is ended by `stop()`. */
  readonly signal?: AbortSignal;
}

/** A running control plane. It ends with this process, however that ends. */
export interface ControlPlane {
  /** Holds all its data. */
  readonly folder: string;
  /** Path of the administrator's kubeconfig (mode 0600); its current context is called `local`. */
  readonly kubeconfig: string;
  /** Path of a kubeconfig (mode 0600) that has the same rights by a bearer token instead of a certificate. */
  readonly tokenKubeconfig: string;
  /** `https://127.0.0.1:PORT` */
  readonly server: string;
  /** The servers that run now, by name. */
  readonly pids: Readonly<Record<string, number>>;
  /**
   * Stops the API server, or finds it stopped, and starts it again on the same port with the same data. Resolves when
   * it is ready; the controllers, the signer among them, may take some seconds more to find it again.
   */
  restartApiServer(): Promise<void>;
  /** Lets the control plane live on when this process ends. */
  detach(): void;
  /** Resolves when every process has exited and the folder is gone. */
  stop(): Promise<void>;
}

/**
 * Starts etcd, kube-apiserver and kube-controller-manager on 127.0.0.1, with fresh keys and no data. Resolves when
 * certificates are being issued.
 *
 * @throws Error naming the server that could not be started, with the end of its log
 */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const { signingDuration, signer = true, log = () => undefined, signal } = options;
  const programs = await executables(options.programs);
  if (signingDuration !== undefined) requireDuration("signingDuration", signingDuration);
  signal?.throwIfAborted();
  void sweepFolders().then(
    (swept) => {
      for (const stale of swept) log(`removed ${stale}, left behind by a killed control plane`);
    },
    (error: unknown) => {
      log(`could not remove what a killed control plane left behind: ${messageOf(error)}`);
    },
  );

  const folder = createFolder();
  const guard = guardFolder(folder);
  let gone = false;
  const changed = (): void => {
    if (!gone) recordProcesses(folder, servers.processes);
  };
  const servers = new Servers({ folder, programs, signer, signingDuration, log, changed });
  const stop = async (): Promise<void> => {
    gone = true;
    await servers.stop();
    await removeFolder(folder);
    release(guard);
  };
  const abort = (): void => {
    servers.abort(signal?.reason);
  };
  signal?.addEventListener("abort", abort, { once: true });
  try {
    const ready = await servers.start();
    return {
      folder,
      ...ready,
      get pids() {
        return Object.fromEntries(servers.processes.map(({ name, pid }) => [name, pid]));
      },
      restartApiServer: () => servers.restartApiServer(),
      detach: () => {
        recordProcesses(folder, servers.processes, false);
        gone = true;
        servers.release();
        release(guard);
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    signal?.removeEventListener("abort", abort);
  }
}

/** The programs' absolute paths: the servers are started in a folder of their own. */
async function executables(programs: ControlPlanePrograms): Promise<ControlPlanePrograms> {
  const executable = async (name: keyof ControlPlanePrograms): Promise<string> => {
    const path = resolve(programs[name]);
    await access(path, constants.X_OK).catch((error: unknown) => {
      const message = `programs[${JSON.stringify(name)}]: expected the path of an executable program, got ${path}`;
      throw new Error(message, { cause: error });
    });
    return path;
  };
  return {
    etcd: await executable("etcd"),
    "kube-apiserver": await executable("kube-apiserver"),
    "kube-controller-manager": await executable("kube-controller-manager"),
  };
}

const duration = /^(?:\d+(?:\.\d+)?(?:h|m|s|ms))+$/;

/** Fails unless the text is a duration as Kubernetes' flags take it, and longer than nothing. */
export function requireDuration(option: string, text: string): void {
  if (!duration.test(text) || !/[1-9]/.test(text)) {
    throw new Error(`${option}: expected a duration such as 1h, 90m or 1h30m, got ${JSON.stringify(text)}`);
  }
}
