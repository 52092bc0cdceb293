import { CertificateRequests } from "../../../../components/cluster/issuance/certificate-requests";
import { ConnectionError } from "../../../../components/cluster/connection/api-error";
import { contentLabel } from "../../../../components/core/csr/issuance-request";
import { expectError, rejectionOf } from "../../support/errors";
import { elapsedSeconds, inFakeTime, useFakeTime } from "../../support/fake-time";
import { statusError } from "../../support/in-memory-cluster";
import { TestRun, janesName, janesRequest } from "../../support/issuances";

const name = janesName();

useFakeTime();

function start(): { run: TestRun; requests: CertificateRequests } {
  const run = new TestRun();
  return { run, requests: new CertificateRequests(run.client) };
}

/** What a step does that only lets the watch end. */
function ending(run: TestRun): () => void {
  return () => {
    run.cluster.endWatches();
  };
}

describe("CertificateRequests", () => {
  it("lists those of a label, and nothing that is no request", async () => {
    const { run, requests } = start();
    const { metadata, spec } = janesRequest();
    run.cluster.put(janesRequest());
    run.cluster.put({ metadata: { name: "other", labels: { [contentLabel]: "other" } }, spec });
    const found = await requests.list(contentLabel, metadata.labels[contentLabel] ?? "");
    expect(found.map(({ name }) => name)).toEqual([name]);
    expect(await requests.list("a b", "c")).toEqual([]);
  });

  it("reads one, and tells when there is none", async () => {
    const { run, requests } = start();
    expect(await requests.read(name)).toBeUndefined();
    run.cluster.put(janesRequest());
    expect(await requests.read(name)).toMatchObject({ name, spec: janesRequest().spec });
  });

  it("submits one, and tells when its name is taken", async () => {
    const { requests } = start();
    expect(await inFakeTime(requests.submit(janesRequest()))).toMatchObject({ name });
    expect(await inFakeTime(requests.submit(janesRequest()))).toBeUndefined();
  });

  it("denies for a reason, and only what was read", async () => {
    const { run, requests } = start();
    run.cluster.put(janesRequest());
    run.cluster.signer = () => undefined;
    const read = await requests.read(name);
    if (read === undefined) {
      throw new Error("it was stored");
    }
    const denied = await inFakeTime(requests.deny(read, "not in this team"));
    expect(denied?.conditions).toMatchObject([
      { type: "Denied", reason: "KubernetesUser", message: "not in this team" },
    ]);
    expect(await inFakeTime(requests.deny(read, "again"))).toBeUndefined();
  });

  it("approves in its own name, beside the conditions that there are", async () => {
    const { run, requests } = start();
    run.cluster.put(janesRequest());
    run.cluster.signer = () => undefined;
    const read = await requests.read(name);
    if (read === undefined) {
      throw new Error("it was stored");
    }
    const approved = await inFakeTime(requests.approve(read));
    expect(approved?.conditions).toMatchObject([
      {
        type: "Approved",
        reason: "KubernetesUser",
        message: "Approved by kubernetes-user: it is the request that was declared.",
      },
    ]);
    // The object that was read is no longer the one in the cluster.
    expect(await inFakeTime(requests.approve(read))).toBeUndefined();
    run.cluster.remove(name);
    expect(await inFakeTime(requests.approve(read))).toBeUndefined();
  });
});

describe("what CertificateRequests sends", () => {
  async function stored() {
    const { run, requests } = start();
    run.cluster.put(janesRequest());
    const read = await requests.read(name);
    if (read === undefined) {
      throw new Error("it was stored");
    }
    return { run, requests, read, send: jest.spyOn(run.cluster, "send") };
  }

  it("to approve is the object that was read, with one condition more", async () => {
    const { requests, read, send } = await stored();
    const [reviewed, ready] = [{ type: "Reviewed", status: "True" }, { observed: 1 }];
    const raw = { ...read.raw, status: { ...ready, conditions: [reviewed] } };
    await inFakeTime(requests.approve({ ...read, raw }, "fine"));
    const approved = { type: "Approved", status: "True", reason: "KubernetesUser", message: "fine" };
    expect(send).toHaveBeenCalledWith(
      expect.objectContaining({
        method: "PUT",
        path: `/apis/certificates.k8s.io/v1/certificatesigningrequests/${name}/approval`,
        body: { ...raw, status: { ...ready, conditions: [reviewed, approved] } },
      }),
    );
  });

  it.each([undefined, {}, { conditions: null }])(
    "to approve has one condition beside the status %j",
    async (status) => {
      const { requests, read, send } = await stored();
      await inFakeTime(requests.approve({ ...read, raw: { ...read.raw, status } }));
      const body = expect.objectContaining({
        status: { conditions: [expect.objectContaining({ type: "Approved", status: "True" })] },
      }) as object;
      expect(send).toHaveBeenCalledWith(expect.objectContaining({ body }));
    },
  );

  it("to delete names the one object that was read", async () => {
    const { run, requests, read, send } = await stored();
    await requests.delete(read, run.end.signal);
    expect(send).toHaveBeenCalledWith(
      expect.objectContaining({
        method: "DELETE",
        body: { apiVersion: "v1", kind: "DeleteOptions", preconditions: { uid: read.uid } },
      }),
    );
    // It is gone, and nobody minds.
    await requests.delete(read, run.end.signal);
    run.cluster.put(janesRequest());
    await requests.delete(read, run.end.signal);
    expect(await requests.read(name)).toMatchObject({ name });
  });

  it.each([403, 404, 409])("to delete may be answered %d", async (code) => {
    const { run, requests, read } = await stored();
    run.cluster.before("delete", () => {
      throw statusError(code);
    });
    await expect(inFakeTime(requests.delete(read, run.end.signal))).resolves.toBe(code !== 403);
  });

  it("to submit is taken for changed when the answer is no request", async () => {
    const { run, requests } = start();
    jest.spyOn(run.cluster, "send").mockResolvedValue({ kind: "Status" });
    expectError(await rejectionOf(inFakeTime(requests.submit(janesRequest()))), "request-mismatch", "was changed");
  });

  it("to list passes over answers that hold no requests", async () => {
    const { requests, read, send } = await stored();
    send.mockResolvedValueOnce({ items: [null, { metadata: {} }, read.raw, "x"] });
    expect(await requests.list("a", "b")).toEqual([read]);
    for (const answer of [{ items: { 0: read.raw } }, {}, null]) {
      send.mockResolvedValueOnce(answer);
      expect(await requests.list("a", "b")).toEqual([]);
    }
  });

  it("to read ends with the signal that is given", async () => {
    const { requests } = await stored();
    await expect(inFakeTime(requests.read(name, AbortSignal.abort()))).rejects.toThrow();
  });
});

describe("following a request", () => {
  it("ends with that there is none", async () => {
    const { run, requests } = start();
    const seen: unknown[] = [];
    const follow = async (): Promise<void> => {
      for await (const state of requests.follow(name, run.end.signal)) {
        seen.push(state);
      }
    };
    await inFakeTime(follow());
    expect(seen).toEqual([undefined]);
    expect(run.cluster.log).toEqual([`read ${name}`]);
  });

  it("looks again when the watch ends, and misses nothing in between", async () => {
    const { run } = start();
    run.cluster.meanwhile(ending(run), ending(run), () => {
      run.cluster.endWatches();
      run.cluster.approve(name);
      run.cluster.issue(name);
    });
    await run.issue({ approval: { mode: "manual" } });
    expect(run.cluster.logged("watch")).toHaveLength(3);
    expect(run.cluster.logged("read")).toHaveLength(3);
  });

  it("looks again when the server has forgotten the version (ERROR 410)", async () => {
    const { run } = start();
    run.cluster.after("create", () => {
      run.cluster.forgetHistory();
      run.cluster.approve(name);
    });
    run.cluster.meanwhile(() => {
      run.cluster.issue(name);
    });
    await run.issue({ approval: { mode: "manual" } });
    expect(run.cluster.logged("read")).toHaveLength(1);
  });

  it.each([
    ["is answered 410", () => statusError(410, "Expired")],
    ["is answered 429", () => statusError(429, "TooManyRequests")],
    ["is answered 503", () => statusError(503)],
    ["is reset", () => new ConnectionError("ECONNRESET")],
  ])("looks again when the watch %s", async (_, trouble) => {
    const { run } = start();
    run.cluster.signer = () => undefined;
    run.cluster.before("watch", () => {
      throw trouble();
    });
    run.cluster.meanwhile(() => {
      run.cluster.issue(name);
    });
    await run.issue();
    expect(run.cluster.logged("watch")).toHaveLength(2);
    expect(run.cluster.logged("approve")).toHaveLength(1);
  });

  it("ends with an error when it may not watch", async () => {
    const { run } = start();
    run.cluster.before("watch", () => {
      throw new ConnectionError("CERT_HAS_EXPIRED");
    });
    expectError(await rejectionOf(run.issue()), "server-untrusted", "watch the request");
  });

  it("makes no storm of requests of watches that end as soon as they begin", async () => {
    const { run } = start();
    run.cluster.meanwhile(...Array.from({ length: 1000 }, () => ending(run)));
    expectError(
      await rejectionOf(run.issue({ approval: { mode: "manual", timeoutSeconds: 600 } })),
      "approval-pending",
    );
    expect(elapsedSeconds()).toBe(600);
    expect(run.cluster.logged("watch").length).toBeGreaterThan(100);
    expect(run.cluster.logged("watch").length).toBeLessThan(500);
  });

  it("waits little after watches that have lasted", async () => {
    const { run } = start();
    const later = (): void => {
      setTimeout(ending(run), 60_000);
    };
    run.cluster.meanwhile(...Array.from({ length: 8 }, () => later), () => {
      run.cluster.approve(name);
      run.cluster.issue(name);
    });
    await run.issue({ approval: { mode: "manual", timeoutSeconds: 3600 } });
    expect(elapsedSeconds()).toBeLessThan(8 * 60 + 1);
  });
});
