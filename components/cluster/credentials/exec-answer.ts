import { createSecureContext } from "node:tls";
import { isRecord } from "../../core/options/validation-errors";
import { readYaml } from "../../core/kubeconfig/kubeconfig-yaml";
import { parseJson } from "../../core/text/json";
import { parseTime } from "../../core/time";
import { type ClientCertificate } from "../connection/connection";

/** What a credential plugin has brought. Secret. */
export interface ExecCredential {
  readonly token: string | undefined;
  readonly certificate: ClientCertificate | undefined;
  /** Milliseconds since 1970; undefined when it is good until the server refuses it. */
  readonly expires: number | undefined;
}

/** An answer that is none; the message says what is missing and quotes nothing, since it may be a secret. */
export class WrongAnswer extends Error {}

/**
 * Reads what a plugin has printed, as client-go does.
 *
 * @param apiVersion that it was asked in.
 * @throws WrongAnswer
 */
export function readAnswer(text: string, apiVersion: string): ExecCredential {
  const answer = parse(text);
  if (!isRecord(answer) || answer["kind"] !== "ExecCredential") {
    throw new WrongAnswer("it did not print an ExecCredential");
  }
  if (answer["apiVersion"] !== apiVersion) {
    throw new WrongAnswer(`its answer has another apiVersion than ${apiVersion}, the kubeconfig's`);
  }
  const { status } = answer;
  if (!isRecord(status)) {
    throw new WrongAnswer("its answer has no status");
  }
  const { expirationTimestamp } = status;
  const [token, cert, key] = ["token", "clientCertificateData", "clientKeyData"].map((name) => field(status, name));
  if ((cert === undefined) !== (key === undefined)) {
    throw new WrongAnswer("its answer has only one of clientCertificateData and clientKeyData");
  }
  if (token === undefined && cert === undefined) {
    throw new WrongAnswer("its answer has neither a token nor a certificate");
  }
  const certificate = cert === undefined || key === undefined ? undefined : { cert, key };
  if (certificate !== undefined && !isUsable(certificate)) {
    throw new WrongAnswer("its clientCertificateData and clientKeyData are not PEM of one certificate and its key");
  }
  return { token, certificate, expires: expiration(expirationTimestamp) };
}

/** Plugins print JSON; kubectl reads YAML as well. */
function parse(text: string): unknown {
  const json = parseJson(text);
  if (json !== undefined) {
    return json;
  }
  try {
    return readYaml(text, "as kubectl");
  } catch {
    return undefined;
  }
}

function field(status: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = status[name] ?? "";
  if (typeof value !== "string") {
    throw new WrongAnswer(`its ${name} is not a text`);
  }
  return value === "" ? undefined : value;
}

function expiration(value: unknown): number | undefined {
  if (value === undefined || value === null) {
    return undefined;
  }
  const time = typeof value === "string" ? parseTime(value) : undefined;
  if (time === undefined) {
    throw new WrongAnswer("its expirationTimestamp is not an RFC 3339 time");
  }
  return time;
}

function isUsable(certificate: ClientCertificate): boolean {
  try {
    return createSecureContext({ ...certificate }).context !== undefined;
  } catch {
    return false;
  }
}
