import { EventEmitter } from "node:events";
import { parseRequest } from "../../../components/core/csr/certification-request";
import { type RequestManifest, type RequestSpec } from "../../../components/core/csr/issuance-request";
import { ApiStatusError, ConnectionError } from "../../../components/cluster/connection/api-error";
import { type ApiRequest, type WatchEvent } from "../../../components/cluster/connection/api-server";
import { type Api } from "../../../components/cluster/kubernetes-client";
import { requestsPath } from "../../../components/cluster/issuance/request-object";
import { type Change, type Condition, type Deletion, type StoredRequest, lineOf } from "./stored-requests";
import { type CertificateContent, signCertificate } from "./test-authority";

/** Something that happens when a request comes; throwing is the answer that the client gets. */
interface Interruption {
  readonly when: string;
  readonly act: () => void;
  readonly afterwards: boolean;
}

/** An error as the API server words it. */
export function statusError(code: number, reason = "", message = "", retryAfter?: string): ApiStatusError {
  return new ApiStatusError(code, JSON.stringify({ kind: "Status", reason, message }), retryAfter);
}

/**
 * An API server that knows CertificateSigningRequests only and keeps them in memory. It stands in for `ApiServer`, and
 * plays the approver, the signer and every trouble that a test asks for.
 */
export class InMemoryCluster implements Api {
  readonly server = "https://cluster.test:6443";
  /** What was asked for, in order: `list`, `create NAME`, `read NAME`, `watch NAME`, `approve NAME`, `delete NAME`, or the path. */
  readonly log: string[] = [];
  /** How often its connections were closed. */
  closed = 0;
  /** Changes what is submitted, as an admission webhook may. */
  admission = (spec: RequestSpec): RequestSpec => spec;
  /** What follows an approval. Default: the certificate is issued at once. */
  signer = (name: string): void => {
    this.issue(name);
  };
  /** Answers to other paths than those of CertificateSigningRequests; a function makes one of what was sent. */
  readonly answers = new Map<string, unknown>();
  private readonly objects = new Map<string, StoredRequest>();
  private readonly changes: Change[] = [];
  private readonly news = new EventEmitter().setMaxListeners(0);
  private readonly interruptions: Interruption[] = [];
  private readonly steps: (() => void)[] = [];
  private version = 1;
  private oldestKnownVersion = 0;
  private watchGeneration = 0;

  /** Lets something happen when the next request comes whose log line begins with `when`; throwing answers it. */
  before(when: string, ...acts: readonly (() => void)[]): void {
    this.interruptions.push(...acts.map((act) => ({ when, act, afterwards: false })));
  }

  /** The same after it has taken effect: throwing loses the answer. */
  after(when: string, ...acts: readonly (() => void)[]): void {
    this.interruptions.push(...acts.map((act) => ({ when, act, afterwards: true })));
  }

  /** What happens while clients watch: one step each time that a watch has told all there was to tell. */
  meanwhile(...steps: readonly (() => void)[]): void {
    this.steps.push(...steps);
  }

  /** The lines of {@link log} that begin so. */
  logged(beginning: string): string[] {
    return this.log.filter((line) => line.startsWith(beginning));
  }

  /** Stores a request, whoever sent it. */
  put({ metadata, spec }: Pick<RequestManifest, "metadata"> & { readonly spec: RequestSpec }): string {
    const object = {
      kind: "CertificateSigningRequest",
      spec: { ...spec, username: "admin" },
      status: { conditions: [] },
    } as const;
    this.store("ADDED", { ...object, metadata: { ...metadata, uid: `uid-${this.version}`, resourceVersion: "" } });
    return metadata.name;
  }

  approve(name: string): void {
    this.addCondition(name, { type: "Approved", reason: "KubectlApprove", message: "" });
  }

  deny(name: string, reason = "", message = ""): void {
    this.addCondition(name, { type: "Denied", reason, message });
  }

  fail(name: string, reason = "", message = ""): void {
    this.addCondition(name, { type: "Failed", reason, message });
  }

  /** Signs what was asked for, beginning five minutes ago as kube-controller-manager does; `difference` spoils it. */
  issue(name: string, difference: Partial<CertificateContent> = {}): void {
    const object = this.get(name);
    const request = parseRequest(Buffer.from(object.spec.request, "base64").toString("utf8"));
    const { username, groups } = request;
    // As kube-controller-manager does when it is given no longest lifetime.
    const notAfter = Date.now() + (object.spec.expirationSeconds ?? 31_536_000) * 1000;
    const content = { request, username, groups, notBefore: Date.now() - 300_000, notAfter, ...difference };
    const certificate = Buffer.from(signCertificate(content)).toString("base64");
    this.store("MODIFIED", { ...object, status: { ...object.status, certificate } });
  }

  /** Changes what a request asks for, as deleting it and creating another of its name would. */
  replaceSpec(name: string, difference: Partial<RequestSpec>): void {
    const object = this.get(name);
    this.store("MODIFIED", { ...object, spec: { ...object.spec, ...difference } });
  }

  /** Whether a request is there. */
  has(name: string): boolean {
    return this.objects.has(name);
  }

  /** What a request asks for. */
  specOf(name: string): RequestSpec {
    return this.get(name).spec;
  }

  /** Changes nothing but the resourceVersion. */
  touch(name: string): void {
    this.store("MODIFIED", this.get(name));
  }

  remove(name: string): void {
    const object = this.get(name);
    this.objects.delete(name);
    this.note("DELETED", object);
  }

  endWatches(): void {
    this.watchGeneration += 1;
    this.news.emit("change");
  }

  /** Forgets changes, so that watches of earlier versions are answered with ERROR 410, and ends those that go on. */
  forgetHistory(): void {
    this.oldestKnownVersion = this.version + 1;
    this.version += 1;
    this.endWatches();
  }

  async send({ method, path, body, signal }: ApiRequest): Promise<unknown> {
    await Promise.resolve();
    if (signal.aborted) {
      throw new ConnectionError("ETIMEDOUT");
    }
    const line = lineOf(method, path, body);
    this.log.push(line);
    this.interrupt(line, false);
    const answer = this.answer(method, path, line, body);
    this.interrupt(line, true);
    return answer;
  }

  async *watch(path: string, signal: AbortSignal): AsyncGenerator<WatchEvent, void, undefined> {
    const query = new URL(path, this.server).searchParams;
    const name = (query.get("fieldSelector") ?? "").replace("metadata.name=", "");
    if (query.get("watch") !== "true") {
      throw new Error("without watch=true a server lists, and ends");
    }
    this.log.push(`watch ${name}`);
    this.interrupt(`watch ${name}`, false);
    const generation = this.watchGeneration;
    let seen = Number(query.get("resourceVersion"));
    if (seen < this.oldestKnownVersion) {
      yield { type: "ERROR", object: { kind: "Status", code: 410, reason: "Expired" } };
      return;
    }
    while (!signal.aborted && generation === this.watchGeneration) {
      const change = this.changes.find((change) => change.version > seen && change.name === name);
      if (change !== undefined) {
        seen = change.version;
        yield { type: change.type, object: change.object };
        continue;
      }
      const version = this.version;
      this.steps.shift()?.();
      if (version === this.version && generation === this.watchGeneration) {
        await this.nextChange(signal);
      }
    }
  }

  close(): void {
    this.closed += 1;
  }

  private answer(method: string, path: string, line: string, body: unknown): unknown {
    if (!path.startsWith(requestsPath)) {
      const answer = this.answers.get(path);
      if (answer === undefined) {
        throw statusError(404, "NotFound", `${path} not found`);
      }
      return typeof answer === "function" ? (answer as (body: unknown) => unknown)(body) : answer;
    }
    if (method === "POST") {
      return this.create(body as RequestManifest);
    }
    if (method === "DELETE") {
      return this.delete(line.split(" ")[1] ?? "", body as Deletion);
    }
    const name = line.split(" ")[1];
    return name === undefined
      ? this.list(path)
      : method === "GET"
        ? this.get(name)
        : this.approval(body as StoredRequest);
  }

  private list(path: string): unknown {
    const selector = new URL(path, this.server).searchParams.get("labelSelector") ?? "";
    const [label = "", value] = selector.split("=");
    return { items: [...this.objects.values()].filter(({ metadata }) => metadata.labels[label] === value) };
  }

  private create(manifest: RequestManifest): StoredRequest {
    if (this.objects.has(manifest.metadata.name)) {
      throw statusError(409, "AlreadyExists", `${manifest.metadata.name} already exists`);
    }
    return this.get(this.put({ ...manifest, spec: this.admission(manifest.spec) }));
  }

  private delete(name: string, { preconditions }: Deletion): unknown {
    if (this.get(name).metadata.uid !== preconditions.uid) {
      throw statusError(409, "Conflict", "the UID in the precondition is not the object's");
    }
    this.remove(name);
    return { kind: "Status", status: "Success" };
  }

  private approval({ metadata, status }: StoredRequest): StoredRequest {
    const object = this.get(metadata.name);
    if (object.metadata.resourceVersion !== metadata.resourceVersion) {
      throw statusError(409, "Conflict", "the object has been modified");
    }
    this.store("MODIFIED", { ...object, status: { ...object.status, conditions: status.conditions } });
    const approved = this.get(metadata.name);
    this.signer(metadata.name);
    return approved;
  }

  private addCondition(name: string, condition: Condition): void {
    const object = this.get(name);
    const conditions = [...object.status.conditions, condition];
    this.store("MODIFIED", { ...object, status: { ...object.status, conditions } });
  }

  private get(name: string): StoredRequest {
    const object = this.objects.get(name);
    if (object === undefined) {
      throw statusError(404, "NotFound", `${name} not found`);
    }
    return object;
  }

  private store(type: string, object: StoredRequest): void {
    const metadata = { ...object.metadata, resourceVersion: String(this.version + 1) };
    const stored = { ...object, metadata };
    this.objects.set(metadata.name, stored);
    this.note(type, stored);
  }

  private note(type: string, object: StoredRequest): void {
    this.version += 1;
    this.changes.push({ version: this.version, name: object.metadata.name, type, object });
    this.news.emit("change");
  }

  private nextChange(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) {
        resolve();
        return;
      }
      const end = (): void => {
        this.news.off("change", end);
        signal.removeEventListener("abort", end);
        resolve();
      };
      this.news.on("change", end);
      signal.addEventListener("abort", end);
    });
  }

  private interrupt(line: string, afterwards: boolean): void {
    const index = this.interruptions.findIndex((one) => one.afterwards === afterwards && line.startsWith(one.when));
    this.interruptions.splice(index, index < 0 ? 0 : 1)[0]?.act();
  }
}
