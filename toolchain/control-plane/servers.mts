import { mkdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import type { ControlPlanePrograms } from "./control-plane.mts";
import { freePort } from "./free-port.mts";
import { kubeconfig, type KubeconfigOptions } from "./kubeconfig.mts";
import { createPki, type Pki } from "./pki.mts";
import type { NamedProcess } from "./process-identity.mts";
import { ApiClient, apiServerReady, controllersReady, signerReady } from "./readiness.mts";
import { apiServerFlags, controllerManagerFlags, etcdFlags } from "./server-flags.mts";
import { ServerExitError, type ServerName, ServerProcess } from "./server-process.mts";

/** What the servers of one control plane are started with. */
export interface ServersOptions {
  readonly folder: string;
  readonly programs: ControlPlanePrograms;
  readonly signer: boolean;
  readonly signingDuration?: string | undefined;
  readonly log: (line: string) => void;
  /** Called whenever a server has started or ended. */
  readonly changed: () => void;
}

/** How to reach a control plane once it is ready. */
export interface ServersReady {
  readonly server: string;
  readonly kubeconfig: string;
  readonly tokenKubeconfig: string;
}

/** Relative to the servers' working folder: absolute paths of sockets may not be longer than 103 bytes on macOS. */
const etcdSocket = "etcd.sock";

const readyMilliseconds = 120_000;
const portAttempts = 5;

/** The three servers of a control plane: started in order, restarted, stopped. */
export class Servers {
  readonly #options: ServersOptions;
  /** The latest process of each server, whether it still runs or not. */
  readonly #servers = new Map<ServerName, ServerProcess>();
  readonly #stopping = new AbortController();
  #starting = false;
  #port = 0;
  #pki: Pki | undefined;

  constructor(options: ServersOptions) {
    this.#options = options;
  }

  /** The servers that run now. */
  get processes(): readonly NamedProcess[] {
    return [...this.#servers.values()].flatMap(({ name, identity, ended }) =>
      identity === undefined || ended ? [] : [{ name, ...identity }],
    );
  }

  /** Starts everything and resolves when certificates are being issued. */
  start(): Promise<ServersReady> {
    return this.#whileStarting(() => this.#start());
  }

  async #start(): Promise<ServersReady> {
    const { folder, log, signer } = this.#options;
    mkdirSync(join(folder, "logs"), { mode: 0o700 });
    const pki = await createPki(join(folder, "pki"));
    this.#pki = pki;
    await this.#launch("etcd", etcdFlags({ data: "etcd", socket: etcdSocket, peers: "peers.sock" }));
    await this.#startApiServerOnFreePort();
    log(`kube-apiserver is ready on port ${String(this.#port)}`);

    const server = `https://127.0.0.1:${String(this.#port)}`;
    const writeKubeconfig = async (
      name: string,
      user: string,
      credential: KubeconfigOptions["credential"],
    ): Promise<string> => {
      const path = join(folder, name);
      const text = kubeconfig({ server, certificateAuthority: pki.servingCa, user, credential });
      await writeFile(path, text, { mode: 0o600, flag: "wx" });
      return path;
    };
    const ready: ServersReady = {
      server,
      kubeconfig: await writeKubeconfig("kubeconfig", "administrator", pki.administrator),
      tokenKubeconfig: await writeKubeconfig("token-kubeconfig", "token-administrator", { token: pki.token }),
    };
    await this.#launch(
      "kube-controller-manager",
      controllerManagerFlags({
        kubeconfig: await writeKubeconfig("controller-manager-kubeconfig", "controllers", pki.controllerManager),
        files: pki.files,
        signer,
        signingDuration: this.#options.signingDuration,
      }),
    );
    await this.#whileServing("the controllers are at work", async (client) => {
      await controllersReady(client);
      if (signer) await signerReady(client);
    });
    log(signer ? "kube-controller-manager issues certificates" : "kube-controller-manager is ready, without a signer");
    return ready;
  }

  /** Stops the API server, if it still runs, and starts it again on the same port with the same data. */
  restartApiServer(): Promise<void> {
    return this.#whileStarting(() => this.#restartApiServer());
  }

  async #restartApiServer(): Promise<void> {
    await this.#servers.get("kube-apiserver")?.stop();
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#startApiServer();
        return;
      } catch (error) {
        // Nobody holds a port for long that was ours a moment ago.
        if (!isPortInUse(error) || attempt === portAttempts) throw error;
        await delay(500, undefined, { signal: this.#stopping.signal });
      }
    }
  }

  /** Breaks off a start that is under way: it fails for this reason. */
  abort(reason: unknown): void {
    this.#stopping.abort(reason);
  }

  /** Lets the servers live on when this process ends. */
  release(): void {
    for (const server of this.#servers.values()) server.release();
  }

  /** Stops everything; resolves when every process has ended. */
  async stop(): Promise<void> {
    this.abort(new Error("The control plane has been stopped."));
    // Clients before their servers: without etcd the API server takes very long to end.
    for (const name of ["kube-controller-manager", "kube-apiserver", "etcd"] as const) {
      await this.#servers.get(name)?.stop();
    }
  }

  async #startApiServerOnFreePort(): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      this.#port = await freePort();
      try {
        await this.#startApiServer();
        return;
      } catch (error) {
        if (!isPortInUse(error) || attempt === portAttempts) throw error;
        this.#options.log(`port ${String(this.#port)} has been taken meanwhile; trying another one`);
      }
    }
  }

  async #startApiServer(): Promise<void> {
    if (this.#pki === undefined) throw new Error("The control plane has not been started.");
    const { files } = this.#pki;
    const flags = apiServerFlags({ socket: etcdSocket, port: this.#port, files });
    await this.#launch("kube-apiserver", flags);
    await this.#whileServing("kube-apiserver is ready", apiServerReady);
  }

  async #whileStarting<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#starting = true;
    try {
      return await work();
    } finally {
      this.#starting = false;
    }
  }

  async #launch(name: ServerName, flags: readonly string[]): Promise<ServerProcess> {
    this.#stopping.signal.throwIfAborted();
    const { folder, programs, log, changed } = this.#options;
    const server = await ServerProcess.start({
      name,
      program: programs[name],
      flags,
      folder,
      log: join(folder, "logs", `${name}.log`),
    });
    this.#servers.set(name, server);
    changed();
    log(`started ${name} (process ${String(server.pid)})`);
    void server.exited.then((error) => {
      // While a start is under way it fails with the very same message.
      if (!server.stopping && !this.#starting) log(error.message);
      changed();
    });
    // Stopped between the start and the entry above.
    if (this.#stopping.signal.aborted) await server.stop();
    return server;
  }

  /** Waits for a state that can only come while all servers live; gives up as soon as one of them ends. */
  async #whileServing(what: string, wait: (client: ApiClient) => Promise<void>): Promise<void> {
    if (this.#pki === undefined) throw new Error("The control plane has not been started.");
    const over = new AbortController();
    const deadline = AbortSignal.timeout(readyMilliseconds);
    const signal = AbortSignal.any([this.#stopping.signal, over.signal, deadline]);
    const client = new ApiClient(this.#port, this.#pki.servingCa, this.#pki.administrator, signal);
    const ends = [...this.#servers.values()].map(({ exited }) =>
      exited.then((error) => {
        throw error;
      }),
    );
    try {
      await Promise.race([wait(client), ...ends]);
    } catch (error) {
      this.#stopping.signal.throwIfAborted();
      if (deadline.aborted)
        throw new Error(`Waited ${String(readyMilliseconds / 1000)} s in vain until ${what}.`, { cause: error });
      throw error;
    } finally {
      over.abort();
      client.close();
    }
  }
}

function isPortInUse(error: unknown): boolean {
  return error instanceof ServerExitError && error.output.includes("address already in use");
}
