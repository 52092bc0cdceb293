import { certificateAuthority, clientCertificate } from "@kubernetes-user/toolchain/certificates";
import { type AcceptedDifference } from "./accepted-differences.mts";

/**
 * What comes of a kubeconfig: both read the same, both refuse it, or they differ in a way that is listed. kubectl refuses
 * a kubeconfig that it cannot show, or with which it does not get as far as asking the server.
 */
export type Expected = "same" | "both refuse" | AcceptedDifference;

/** Kubeconfigs in a folder, and how they are named. */
export interface Row {
  readonly title: string;
  readonly expected: Expected;
  /** By name; `undefined` stands for a folder. */
  readonly files: Readonly<Record<string, string | Uint8Array | undefined>>;
  /** Value of KUBECONFIG; FOLDER stands for the row's folder. Undefined: the variable is not set. */
  readonly list?: string;
  /** A path that is named instead, as by `--kubeconfig`. */
  readonly given?: string;
  readonly context?: string;
  /** Names of files that cannot be read: links to themselves. */
  readonly unreadable?: readonly string[];
}

const authority = certificateAuthority("kubeconfig-comparison");
const client = clientCertificate(authority, { commonName: "jane" });

/** A certificate authority's certificate, and a client's with its key: PEM. */
export const pem = {
  authority: authority.certificatePem,
  certificate: client.certificatePem,
  key: client.keyPem,
  foreignKey: authority.keyPem,
};

/** A text in base64. */
export function base64(text: string | Uint8Array): string {
  return Buffer.from(text).toString("base64");
}

/** The same in base64. */
export const data = {
  authority: base64(pem.authority),
  certificate: base64(pem.certificate),
  key: base64(pem.key),
  foreignKey: base64(pem.foreignKey),
};

/** Nothing listens there: whoever asks it has accepted the kubeconfig. */
export const server = "https://127.0.0.1:1";

/** Lines of a kubeconfig's parts. */
export interface Parts {
  readonly server?: string;
  readonly cluster?: string;
  readonly user?: string;
  readonly context?: string;
  readonly root?: string;
  readonly current?: string;
}

/** A kubeconfig with one cluster, user and context. */
export function config(parts: Parts = {}): string {
  return [
    "apiVersion: v1",
    "kind: Config",
    "clusters:",
    "- name: c",
    "  cluster:",
    indented(parts.server ?? `server: ${server}`),
    indented(parts.cluster),
    "users:",
    "- name: u",
    "  user:",
    indented(parts.user ?? "token: secret"),
    "contexts:",
    "- name: x",
    "  context:",
    "    cluster: c",
    "    user: u",
    indented(parts.context),
    parts.current ?? "current-context: x",
    parts.root ?? "",
    "",
  ]
    .filter((line) => line !== "")
    .join("\n")
    .concat("\n");
}

function indented(lines: string | undefined): string {
  return lines === undefined || lines === "" ? "" : lines.replace(/^/gm, "    ");
}

/** A row whose only file is {@link config} with these parts. */
export function variant(title: string, expected: Expected, parts: Parts, more: Partial<Row> = {}): Row {
  return text(title, expected, config(parts), more);
}

/** A row of one text. */
export function text(title: string, expected: Expected, content: string | Uint8Array, more: Partial<Row> = {}): Row {
  return { title, expected, list: "config", ...more, files: { config: content, ...more.files } };
}
