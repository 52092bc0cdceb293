import { readFile, stat } from "node:fs/promises";
import { type IncomingMessage } from "node:http";
import { get } from "node:https";
import { ApiStatusError, ConnectionError, explain } from "../../components/cluster/connection/api-error";
import { ApiServer } from "../../components/cluster/connection/api-server";
import { Connector } from "../../components/cluster/connection/connection";
import { type Cluster, clusterFields } from "../../components/core/kubeconfig/cluster";
import { type KubernetesUserError } from "../../components/core/errors";
import { formatKubeconfig } from "../../components/core/kubeconfig/kubeconfig-document";
import { certificateFields } from "../../components/core/kubeconfig/user-kubeconfig";
import { systemCode, unreadableFile } from "../files/file-errors";
import { type ClusterAnswer, type Sources, isUrl, shownSource } from "./sources";
import { type StoredCredential } from "./stored-credential";

/** A kubeconfig of many users has a quarter of this. */
const maximumBytes = 1024 * 1024;

/** Addresses that lead to others are followed so often. */
const maximumRedirects = 3;

/** The sources of a stored credential, over the network and on this machine. */
export function networkSources({ cluster, privateKey }: StoredCredential): Sources {
  return {
    now: Date.now,
    askCluster: (path, certificate, signal) =>
      askCluster(
        kubeconfigOf(cluster, certificate === undefined ? {} : certificateFields(certificate, privateKey)),
        path,
        signal,
      ),
    read: (source, signal) => (isUrl(source) ? readUrl(source, signal) : readSourceFile(source, signal)),
  };
}

function kubeconfigOf(cluster: Cluster, user: Readonly<Record<string, string>>): string {
  return formatKubeconfig({
    clusters: [{ name: "cluster", value: clusterFields(cluster) }],
    users: [{ name: "user", value: user }],
    contexts: [{ name: "context", value: { cluster: "cluster", user: "user" } }],
    currentContext: "context",
  });
}

async function askCluster(kubeconfig: string, path: string, signal: AbortSignal): Promise<ClusterAnswer> {
  const api = await ApiServer.open(kubeconfig);
  try {
    const content = await api.send({ method: "GET", path, signal });
    return { status: 200, content, serverTime: api.serverTime };
  } catch (error) {
    if (error instanceof ApiStatusError) {
      return { status: error.statusCode, content: undefined, serverTime: api.serverTime };
    }
    throw explain(error, "look for a newer certificate", api.server);
  }
}

async function readSourceFile(path: string, signal: AbortSignal): Promise<string> {
  try {
    if (!(await stat(path)).isFile()) {
      throw Object.assign(new Error("no file"), { code: "it is not a file" });
    }
    return limited(await readFile(path, { encoding: "utf8", signal }), path);
  } catch (error) {
    throw unreadableFile(path, `cannot be read (${systemCode(error)})`, "Check its path and its permissions.");
  }
}

function limited(text: string, source: string): string {
  if (text.length > maximumBytes) {
    throw unreadableFile(source, `has more than ${maximumBytes} bytes`, "It is not a certificate.");
  }
  return text;
}

/** The text at an https address. Nothing is sent to it but the request: no certificate and no key. */
async function readUrl(url: string, signal: AbortSignal, redirects = maximumRedirects): Promise<string> {
  const response = await answer(url, signal);
  const status = response.statusCode ?? 0;
  const { location } = response.headers;
  if (status >= 300 && status < 400 && location !== undefined && redirects > 0) {
    response.destroy();
    return readUrl(new URL(location, url).href, signal, redirects - 1);
  }
  if (status !== 200) {
    response.destroy();
    throw unreadableFile(shownSource(url), `answered ${status}`, "Check the address.");
  }
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response) {
    const bytes = Buffer.from(chunk as Uint8Array);
    length += bytes.length;
    if (length > maximumBytes) {
      response.destroy();
      break;
    }
    chunks.push(bytes);
  }
  return limited(Buffer.concat(chunks).toString("utf8"), shownSource(url));
}

/** By the proxy and the authorities of this machine, as a cluster whose kubeconfig names none. */
async function answer(url: string, signal: AbortSignal): Promise<IncomingMessage> {
  const failed = (code: string): KubernetesUserError =>
    unreadableFile(shownSource(url), `cannot be fetched (${code})`, "Check the address and the network.");
  const address = new URL(url);
  if (address.protocol !== "https:") {
    throw failed("it redirects to an address that is not https");
  }
  const connector = new Connector({ name: shownSource(url), server: address.origin }, undefined);
  const socket = await connector.connect({ url: address }, undefined, signal).catch((error: unknown) => {
    throw error instanceof ConnectionError ? failed(error.code) : error;
  });
  return new Promise((resolve, reject) => {
    get(url, { signal, createConnection: () => socket, headers: { accept: "*/*" } }, resolve).on("error", (error) => {
      socket.destroy();
      reject(failed(systemCode(error)));
    });
  });
}
