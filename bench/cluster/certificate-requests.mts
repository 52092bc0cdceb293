import { performance } from "node:perf_hooks";
import { certificateRequest, newKey } from "@kubernetes-user/toolchain/certificates";
import { type Api, field } from "./api.mts";

const path = "/apis/certificates.k8s.io/v1/certificatesigningrequests";
const roles = "/apis/rbac.authorization.k8s.io/v1/namespaces/default";

/** When certificates were requested and issued, as a watch saw it. */
export interface IssuingSpan {
  readonly issued: number;
  /** From the first request to the last certificate. */
  readonly seconds: number;
}

/** Removes all requests, Roles and bindings that runs have made, so that each begins with the same cluster. */
export async function clearCluster(api: Api): Promise<void> {
  for (const collection of [path, `${roles}/rolebindings`, `${roles}/roles`]) {
    await api.call("DELETE", collection);
  }
}

/** Watches requests from their submission to their certificates. */
export async function watchIssuing(api: Api): Promise<{ readonly span: () => IssuingSpan; readonly end: () => void }> {
  const issued = new Set<string>();
  let [first, last] = [Number.NaN, Number.NaN];
  let failure: Error | undefined;
  const fail = (error: unknown): void => {
    failure = new Error("the watch of the requests has ended", { cause: error });
  };
  const end = await followRequests(
    api,
    ({ name, certificate }) => {
      const now = performance.now();
      if (Number.isNaN(first)) {
        first = now;
      }
      if (certificate && !issued.has(name)) {
        issued.add(name);
        last = now;
      }
    },
    fail,
  );
  return {
    end,
    span: () => {
      if (failure !== undefined) {
        throw failure;
      }
      return { issued: issued.size, seconds: (last - first) / 1000 };
    },
  };
}

/**
 * Creates and approves as many requests as there are users, all at once, and waits for all certificates with one watch.
 * Nothing that issues by the API is faster: what it takes is the API server and the signer.
 */
export async function issueInLoop(api: Api, users: number): Promise<IssuingSpan> {
  const request = Buffer.from(certificateRequest({ commonName: "loop" }, newKey())).toString("base64");
  const done = Promise.withResolvers<undefined>();
  const pending = new Set(Array.from({ length: users }, (_, index) => `loop-${index}`));
  const stop = await followRequests(
    api,
    ({ name, certificate }) => {
      if (certificate) {
        pending.delete(name);
      }
      if (pending.size === 0) {
        done.resolve(undefined);
      }
    },
    done.reject,
  );
  const began = performance.now();
  try {
    await Promise.all([...pending].map((name) => submitAndApprove(api, name, request)));
    await done.promise;
    return { issued: users, seconds: (performance.now() - began) / 1000 };
  } finally {
    stop();
  }
}

async function submitAndApprove(api: Api, name: string, request: string): Promise<void> {
  const created: unknown = JSON.parse(
    await api.call("POST", path, {
      apiVersion: "certificates.k8s.io/v1",
      kind: "CertificateSigningRequest",
      metadata: { name },
      spec: {
        request,
        signerName: "kubernetes.io/kube-apiserver-client",
        expirationSeconds: 86_400,
        usages: ["client auth"],
      },
    }),
  );
  const conditions = [{ type: "Approved", status: "True", reason: "Bench", message: "measured" }];
  await api.call("PUT", `${path}/${name}/approval`, {
    apiVersion: "certificates.k8s.io/v1",
    kind: "CertificateSigningRequest",
    metadata: field(created, "metadata"),
    spec: field(created, "spec"),
    status: { conditions },
  });
}

/**
 * Sees each change of a request from now on. A server ends watches, first of all those of slow readers: then the requests
 * are listed, and watched anew.
 *
 * @param onFailure is called when that fails: nothing is seen any more.
 */
async function followRequests(
  api: Api,
  onChange: (request: { readonly name: string; readonly certificate: boolean }) => void,
  onFailure: (error: unknown) => void,
): Promise<() => void> {
  const see = (request: unknown): void => {
    const certificate = field(field(request, "status"), "certificate");
    onChange({ name: String(field(field(request, "metadata"), "name")), certificate: certificate !== undefined });
  };
  let stop = (): void => undefined;
  let isStopped = false;
  const watchFrom = async (list: unknown): Promise<void> => {
    const version = String(field(field(list, "metadata"), "resourceVersion"));
    const end = await api.follow(
      `${path}?watch=true&resourceVersion=${version}`,
      (line) => {
        see(field(JSON.parse(line), "object"));
      },
      () => {
        resume().catch(onFailure);
      },
    );
    stop = end;
    if (isStopped) {
      end();
    }
  };
  const resume = async (): Promise<void> => {
    const list: unknown = JSON.parse(await api.call("GET", path));
    const items = field(list, "items");
    (Array.isArray(items) ? items : []).forEach(see);
    await watchFrom(list);
  };
  await watchFrom(JSON.parse(await api.call("GET", `${path}?limit=1`)));
  return () => {
    isStopped = true;
    stop();
  };
}
