import { type SecureContext, type TLSSocket, connect, createSecureContext } from "node:tls";
import { type Cluster } from "../../core/kubeconfig/cluster";
import { KubernetesUserError } from "../../core/errors";
import { requestTarget } from "../../core/kubeconfig/server-address";
import { ConnectionError, connectionCode } from "./api-error";
import { ConnectionPool } from "./connection-pool";
import { type Environment } from "./environment-proxy";
import { proxyFor } from "./proxy";
import { Trust, verifyAs } from "./trust";
import { openTunnel } from "./tunnel";

/** A certificate with its key, in PEM. Secret. */
export interface ClientCertificate {
  readonly cert: string;
  readonly key: string;
}

/** Where a connection goes. */
export interface Place {
  readonly url: URL;
  /** In the place of the URL's own host, when that has a zone. */
  readonly hostname?: string;
}

/** Opens connections to the API server of one kubeconfig as kubectl does: through its proxy, by its authorities. */
export class Connector {
  private readonly cluster: Cluster;
  private readonly proxyUrl: string | undefined;
  private readonly environment: Environment;
  private readonly trust: Trust;
  /** The last one: to build its context from a system's many certificate authorities takes some 20 ms. */
  private identity: ClientIdentity | undefined;

  /** @param proxyUrl the kubeconfig's, login included. */
  constructor(cluster: Cluster, proxyUrl: string | undefined, environment: Environment = process.env) {
    this.cluster = cluster;
    this.proxyUrl = proxyUrl;
    this.environment = environment;
    this.trust = new Trust(cluster);
  }

  /**
   * A connection to the server, which has proved who it is.
   *
   * @throws ConnectionError; KubernetesUserError `server-unreachable`, `unauthorized`
   */
  async connect(place: Place, certificate: ClientCertificate | undefined, signal: AbortSignal): Promise<TLSSocket> {
    const { secureContext } = this.identityOf(certificate);
    const { url } = place;
    const hostname = place.hostname ?? url.hostname.replace(/^\[|\]$/g, "");
    const to = { host: hostname, port: url.port === "" ? 443 : Number(url.port) };
    const proxy = proxyFor(url, this.proxyUrl, this.environment);
    const tunnel = proxy === undefined ? undefined : await openTunnel(proxy, to, this.trust, signal);
    const socket = connect({
      ...(tunnel === undefined ? to : { socket: tunnel }),
      secureContext,
      ...verifyAs(this.cluster.tlsServerName ?? hostname.replace(/%.*$/, "")),
      // Said in so many words, or NODE_TLS_REJECT_UNAUTHORIZED=0 would have the credentials sent to whoever answers.
      rejectUnauthorized: this.trust.verified,
      ALPNProtocols: ["http/1.1"],
    });
    return proved(socket, signal);
  }

  /** Connections to the cluster's server that are kept for the next request with the same certificate. */
  pool(certificate: ClientCertificate | undefined): ConnectionPool {
    const identity = this.identityOf(certificate);
    identity.pool ??= new ConnectionPool((ends) => {
      const { url, options } = requestTarget(this.cluster.server, "/");
      return this.connect({ url, ...options }, certificate, ends);
    });
    return identity.pool;
  }

  /** Closes the connections that are kept. Nothing may be under way. */
  close(): void {
    this.identity?.pool?.destroy();
  }

  private identityOf(certificate: ClientCertificate | undefined): ClientIdentity {
    const of = certificate === undefined ? "" : `${certificate.cert}\0${certificate.key}`;
    if (this.identity?.of !== of) {
      this.identity = { of, secureContext: createContext(this.trust, certificate), pool: undefined };
    }
    return this.identity;
  }
}

/** As whom connections are opened, and those that are kept. */
interface ClientIdentity {
  /** The certificate and its key. Secret. */
  readonly of: string;
  readonly secureContext: SecureContext;
  pool: ConnectionPool | undefined;
}

function createContext(trust: Trust, certificate: ClientCertificate | undefined): SecureContext {
  try {
    return createSecureContext({ ...trust.forServer(), ...certificate });
  } catch (error) {
    throw new KubernetesUserError(
      "unauthorized",
      `The kubeconfig's client certificate and its key cannot be used (${connectionCode(error)}). ` +
        "Both must be PEM and belong together, and the key must have no passphrase.",
    );
  }
}

/** Waits until the server has proved who it is; until then nothing is sent to it. */
function proved(socket: TLSSocket, signal: AbortSignal): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => {
      socket.destroy();
      reject(new ConnectionError("ETIMEDOUT"));
    };
    const failed = (error?: unknown): void => {
      signal.removeEventListener("abort", giveUp);
      reject(new ConnectionError(connectionCode(error)));
    };
    signal.addEventListener("abort", giveUp, { once: true });
    socket
      .once("error", failed)
      .once("close", failed)
      .once("secureConnect", () => {
        signal.removeEventListener("abort", giveUp);
        socket.off("error", failed).off("close", failed);
        resolve(socket);
      });
    if (signal.aborted) {
      giveUp();
    }
  });
}
