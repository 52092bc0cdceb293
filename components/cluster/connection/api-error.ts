import { KubernetesUserError } from "../../core/errors";
import { isRecord } from "../../core/options/validation-errors";
import { parseJson } from "../../core/text/json";
import { withoutStop } from "../../core/text/sentence";
import { forbiddenRemedy } from "../forbidden";

/** An answer of the API server that is not a success: its status code, and the reason and message of its `Status`. */
export class ApiStatusError extends Error {
  readonly statusCode: number;
  /** Kubernetes' word for it, e.g. `AlreadyExists`. Empty when something in between answered. */
  readonly reason: string;
  /** How long the server asks to wait, in seconds. */
  readonly retryAfterSeconds: number | undefined;

  constructor(statusCode: number, body: string, retryAfter: string | undefined) {
    const status = parseStatus(body);
    super(status.message);
    this.statusCode = statusCode;
    this.reason = status.reason;
    const seconds = Number(retryAfter);
    this.retryAfterSeconds = retryAfter !== undefined && Number.isFinite(seconds) ? seconds : undefined;
  }
}

/** The server's `Status` object; what is no such object is not quoted, because nobody knows what it holds. */
function parseStatus(body: string): { reason: string; message: string } {
  // A proxy's HTML page, for instance, is no JSON.
  const status = parseJson(body);
  if (!isRecord(status) || status["kind"] !== "Status") {
    return { reason: "", message: "" };
  }
  const text = (key: string): string => (typeof status[key] === "string" ? status[key] : "");
  return { reason: text("reason"), message: text("message") };
}

/** No answer came: the connection failed, was refused, reset, not trusted, or took too long. */
export class ConnectionError extends Error {
  /** Node's or OpenSSL's code, e.g. `ECONNREFUSED`; of a proxy's trouble with the proxy's name. */
  readonly code: string;
  /** Whether no patience mends it: a proxy wants a password, say. */
  readonly lasting: boolean;

  constructor(code: string, { lasting = false }: { readonly lasting?: boolean } = {}) {
    super(code);
    this.code = code;
    this.lasting = lasting;
  }
}

/** What went wrong with a connection, by Node's or OpenSSL's code. */
export function connectionCode(error: unknown): string {
  return isRecord(error) && typeof error["code"] === "string" ? error["code"] : "ECONNRESET";
}

/** Codes by which TLS says that the server is not the one that the kubeconfig's authority vouches for. */
const untrusted =
  /^(ERR_TLS_|CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_SSL_|ERROR_IN_|HOSTNAME_MISMATCH|INVALID_|PATH_LENGTH_|UNSPECIFIED$)/;

/** Codes of a connection that no patience mends: no such host, and headers that Node refuses to send. */
const hopeless = new Set(["ENOTFOUND", "ERR_INVALID_CHAR", "ERR_INVALID_HTTP_TOKEN"]);

/** Whether the same request may succeed a little later. */
export function isTransient(error: unknown): boolean {
  if (error instanceof ConnectionError) {
    return !error.lasting && !untrusted.test(error.code) && !hopeless.has(error.code);
  }
  return error instanceof ApiStatusError && (error.statusCode === 429 || error.statusCode >= 500);
}

/**
 * Turns what went wrong between us and the API server into an error for users. Nothing of the request and of
 * the credentials gets into it.
 *
 * @param doing what was tried, e.g. `create CertificateSigningRequest jane-1`.
 */
export function explain(error: unknown, doing: string, server: string): unknown {
  if (error instanceof ConnectionError) {
    return explainConnection(error, doing, server);
  }
  if (!(error instanceof ApiStatusError)) {
    return error;
  }
  const said =
    error.message === ""
      ? `answered ${error.statusCode}`
      : `answered ${error.statusCode}: ${withoutStop(error.message)}`;
  const text = `${server} ${said} (while trying to ${doing}).`;
  switch (error.statusCode) {
    case 401:
      return new KubernetesUserError(
        "unauthorized",
        `${text} The kubeconfig's credentials are missing, expired or of another cluster. Renew them and run again.`,
      );
    case 403: {
      // Its lines are ours: of what the server said, it repeats safe characters only.
      const [first = "", ...more] = forbiddenRemedy(error.message).split("\n");
      return new KubernetesUserError("forbidden", [`${text} ${first}`, ...more]);
    }
    case 400:
    case 422:
      return new KubernetesUserError("request-rejected", `${text} Change what the server objects to and run again.`);
    default:
      return new KubernetesUserError("server-error", `${text} Nothing is lost: run again once the server is well.`);
  }
}

function explainConnection({ code }: ConnectionError, doing: string, server: string): KubernetesUserError {
  if (untrusted.test(code)) {
    return new KubernetesUserError(
      "server-untrusted",
      `${server} could not prove that it is the cluster's API server (${code}, while trying to ${doing}). ` +
        "Check certificate-authority-data, tls-server-name and the address in the kubeconfig, and this machine's clock.",
    );
  }
  return new KubernetesUserError(
    "server-unreachable",
    `${server} cannot be reached (${code}, while trying to ${doing}). ` +
      "Check the address in the kubeconfig, the network, a VPN or proxy, and that the API server runs. Nothing is lost: run again.",
  );
}
