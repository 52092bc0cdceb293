import { setTimeout as delay } from "node:timers/promises";
import { isRecord } from "../../core/options/validation-errors";
import { KubernetesUserError } from "../../core/errors";
import { type RequestManifest } from "../../core/csr/issuance-request";
import { ApiStatusError } from "../connection/api-error";
import { type KubernetesClient, itemsOf } from "../kubernetes-client";
import { ownReason } from "./decision-text";
import { type RequestCondition, type RequestObject, readRequestObject, requestsPath, sameSpec } from "./request-object";

/** The server's CertificateSigningRequests, in the verbs that an issuance needs. */
export class CertificateRequests {
  private readonly client: KubernetesClient;

  constructor(client: KubernetesClient) {
    this.client = client;
  }

  /** Requests that carry a label. */
  async list(label: string, value: string): Promise<RequestObject[]> {
    const path = `${requestsPath}?labelSelector=${encodeURIComponent(`${label}=${value}`)}`;
    const answer = await this.client.send("list CertificateSigningRequests", { method: "GET", path });
    return itemsOf(answer)
      .map(readRequestObject)
      .filter((object) => object !== undefined);
  }

  /** The request of that name; undefined when there is none. */
  async read(name: string, signal?: AbortSignal): Promise<RequestObject | undefined> {
    const path = `${requestsPath}/${name}`;
    const answer = await this.client.send(`read CertificateSigningRequest ${name}`, {
      method: "GET",
      path,
      expected: [404],
      ...(signal === undefined ? {} : { signal }),
    });
    return answer instanceof ApiStatusError ? undefined : readRequestObject(answer);
  }

  /** Submits a request; undefined when one of that name exists already. */
  async submit(manifest: RequestManifest): Promise<RequestObject | undefined> {
    const { name } = manifest.metadata;
    await this.client.stillWanted();
    const answer = await this.client.send(`create CertificateSigningRequest ${name}`, {
      method: "POST",
      path: requestsPath,
      body: manifest,
      expected: [409],
    });
    if (answer instanceof ApiStatusError) {
      return undefined;
    }
    const object = readRequestObject(answer);
    if (object === undefined || !sameSpec(object.spec, manifest.spec)) {
      throw new KubernetesUserError(
        "request-mismatch",
        `CertificateSigningRequest ${name} was changed on its way into the cluster, so it is neither approved nor used. ` +
          "Find the admission webhook that changes it; its owner can exclude this request.",
      );
    }
    return object;
  }

  /**
   * Approves the request as it was read; undefined when it has changed since and must be looked at again.
   *
   * @see https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/#approval-rejection-control-plane
   */
  approve(
    request: RequestObject,
    message = "Approved by kubernetes-user: it is the request that was declared.",
    signal?: AbortSignal,
  ): Promise<RequestObject | undefined> {
    return this.decide("approve", request, { type: "Approved", message }, signal);
  }

  /** Denies the request as it was read, for good; undefined when it has changed since. */
  deny(request: RequestObject, message: string): Promise<RequestObject | undefined> {
    return this.decide("deny", request, { type: "Denied", message });
  }

  private async decide(
    verb: string,
    { name, raw }: RequestObject,
    decision: Pick<RequestCondition, "type" | "message">,
    signal?: AbortSignal,
  ): Promise<RequestObject | undefined> {
    const status = isRecord(raw["status"]) ? raw["status"] : {};
    const conditions: readonly unknown[] = Array.isArray(status["conditions"]) ? status["conditions"] : [];
    const condition = { ...decision, status: "True", reason: ownReason };
    await this.client.stillWanted();
    const answer = await this.client.send(`${verb} CertificateSigningRequest ${name}`, {
      method: "PUT",
      path: `${requestsPath}/${name}/approval`,
      // The resourceVersion in `raw` makes the server refuse when the request is not the one that was read.
      body: { ...raw, status: { ...status, conditions: [...conditions, condition] } },
      expected: [404, 409],
      ...(signal === undefined ? {} : { signal }),
    });
    return answer instanceof ApiStatusError ? undefined : readRequestObject(answer);
  }

  /** Deletes this very request, unless that is forbidden or it is gone or replaced. Returns whether it is not there any more. */
  async delete({ name, uid }: RequestObject, signal: AbortSignal): Promise<boolean> {
    const answer = await this.client.send(`delete CertificateSigningRequest ${name}`, {
      method: "DELETE",
      path: `${requestsPath}/${name}`,
      body: { apiVersion: "v1", kind: "DeleteOptions", preconditions: { uid } },
      expected: [403, 404, 409],
      signal,
    });
    return !(answer instanceof ApiStatusError && answer.statusCode === 403);
  }

  /**
   * Every state of one request from now on, `undefined` once it is gone; ends with `signal`.
   *
   * @param request its name, then the first state is the present one; or the object as it was last seen, then that is.
   */
  async *follow(
    request: string | RequestObject,
    signal: AbortSignal,
  ): AsyncGenerator<RequestObject | undefined, void, undefined> {
    const name = typeof request === "string" ? request : request.name;
    let seen = typeof request === "string" ? undefined : request;
    try {
      for (let quickEnds = 0; !signal.aborted;) {
        const current = seen ?? (await this.read(name, signal));
        seen = undefined;
        yield current;
        if (current === undefined) {
          return;
        }
        const began = performance.now();
        yield* this.changesSince(current, signal);
        // A watch that ends as soon as it begins (a proxy that allows none, say) must not become a storm of requests.
        quickEnds = performance.now() - began < 1000 ? quickEnds + 1 : 0;
        await delay(Math.random() * Math.min(2 ** quickEnds * 50, 5000), undefined, { signal });
      }
    } catch (error) {
      if (!signal.aborted) {
        throw error;
      }
    }
  }

  private async *changesSince(
    { name, resourceVersion }: RequestObject,
    signal: AbortSignal,
  ): AsyncGenerator<RequestObject | undefined, void, undefined> {
    const query = new URLSearchParams({ watch: "true", fieldSelector: `metadata.name=${name}`, resourceVersion });
    for await (const event of this.client.watch(`${requestsPath}?${query.toString()}`, signal)) {
      if (event.type === "ERROR") {
        return;
      }
      yield event.type === "DELETED" ? undefined : readRequestObject(event.object);
    }
  }
}
