import { TestRequests } from "../../../../cli/doctor/test-requests";
import { ConnectionError } from "../../../../components/cluster/connection/api-error";
import { requestsPath } from "../../../../components/cluster/issuance/request-object";
import { defaultSignerName } from "../../../../components/core/csr/issuance-request";
import { expectError, rejectionOf } from "../../support/errors";
import { ExaminedCluster, findingOf, refuses, unwell } from "../../support/examined-clusters";
import { inFakeTime, useFakeTime } from "../../support/fake-time";
import { janesRequest, place } from "../../support/issuances";

useFakeTime();

describe("an interrupt", () => {
  async function interruptedWhen(prepare: (cluster: ExaminedCluster, interrupt: () => void) => void) {
    const cluster = new ExaminedCluster();
    prepare(cluster, () => {
      cluster.end.abort();
    });
    return { cluster, error: await rejectionOf(cluster.examine()) };
  }

  it.each<[string, (cluster: ExaminedCluster, interrupt: () => void) => void, number]>([
    [
      "before anything was submitted",
      (cluster, interrupt) => {
        cluster.admin.after("/apis/authorization", interrupt);
      },
      0,
    ],
    [
      "while a request is being submitted",
      (cluster, interrupt) => {
        cluster.admin.before("create", interrupt);
      },
      1,
    ],
    [
      "when a request was submitted",
      (cluster, interrupt) => {
        cluster.admin.after("create", interrupt);
      },
      1,
    ],
    [
      "when it was approved",
      (cluster, interrupt) => {
        cluster.admin.signer = interrupt;
      },
      1,
    ],
    [
      "while the second one is being submitted",
      (cluster, interrupt) => {
        cluster.admin.before("create", () => undefined, interrupt);
      },
      2,
    ],
  ])("%s leaves no request", async (_, prepare, submitted) => {
    const { cluster, error } = await interruptedWhen(prepare);
    expectError(error, "aborted");
    expect(cluster.admin.logged("create")).toHaveLength(submitted);
    expect(cluster.left).toEqual([]);
  });

  it("says that nothing was submitted when that is so", async () => {
    const { cluster, error } = await interruptedWhen(({ admin }, interrupt) => {
      admin.after("/version", interrupt);
    });
    expectError(error, "aborted", "Interrupted. No test request was submitted.");
    expect(cluster.reports).toEqual([]);
  });

  it("is answered at once, and tells what became of the requests", async () => {
    const { cluster, error } = await interruptedWhen((cluster, interrupt) => {
      cluster.admin.after("create", interrupt);
    });
    expectError(error, "aborted", "Interrupted. The test requests were deleted.");
    expect(cluster.reports.at(-1)).toContain("A second Ctrl-C leaves them");
  });

  it("does not give up a request that is on its way, which would arrive with nobody to delete it", async () => {
    const late: (() => Promise<unknown>)[] = [];
    const { cluster } = await interruptedWhen(({ admin }, interrupt) => {
      const send = admin.send.bind(admin);
      admin.send = (request) => {
        if (request.method !== "POST" || request.path !== requestsPath) {
          return send(request);
        }
        interrupt();
        if (!request.signal.aborted) {
          return send(request);
        }
        // The server has it all the same, and answers nobody.
        late.push(() => send({ ...request, signal: new AbortController().signal }));
        return Promise.reject(new ConnectionError("ETIMEDOUT"));
      };
    });
    await Promise.all(late.map((arrive) => arrive()));
    expect(cluster.admin.logged("create")).toHaveLength(1);
    expect(cluster.left).toEqual([]);
  });

  it("names what it could not delete", async () => {
    const { cluster, error } = await interruptedWhen((cluster, interrupt) => {
      cluster.admin.after("create", interrupt);
      cluster.admin.before("delete", refuses(403, "Forbidden"));
    });
    const [name = ""] = cluster.admin.logged("create").map((line) => line.slice("create ".length));
    expectError(error, "aborted", `Test requests are left: ${name}.`, "Kubernetes removes them");
  });
});

describe("a test request", () => {
  it("whose key is not kept brings a certificate that nobody can use", async () => {
    const { admin, end } = new ExaminedCluster();
    const run = { signal: end.signal, report: () => undefined, now: () => Date.now() };
    const tests = new TestRequests({ admin }, { signerName: defaultSignerName, timeoutSeconds: 60 }, place, run);
    const kept = await inFakeTime(tests.issue(600, { keepKey: true }));
    expect(kept.credential?.privateKey).toContain("PRIVATE KEY");
    const dropped = await inFakeTime(tests.issue(600, { keepKey: false }));
    expect(dropped.credential).toBeUndefined();
    expect(JSON.stringify(dropped)).not.toContain("PRIVATE KEY");
  });

  it("is found again when the answer to it was lost", async () => {
    const cluster = new ExaminedCluster();
    cluster.admin.after("create", () => {
      throw new ConnectionError("ECONNRESET");
    });
    expect(unwell(await cluster.examine())).toEqual({});
    expect(cluster.left).toEqual([]);
  });

  it("is deleted although nobody knows whether it came", async () => {
    const cluster = new ExaminedCluster();
    cluster.admin.after("create", refuses(400, "BadRequest", "no"));
    expect(findingOf(await cluster.examine(), "signer").status).toBe("problem");
    expect(cluster.admin.logged("create")).toHaveLength(1);
    expect(cluster.left).toEqual([]);
  });

  it("of another content is neither used nor deleted", async () => {
    const cluster = new ExaminedCluster();
    cluster.admin.after("create", refuses(400, "BadRequest", "no"));
    cluster.admin.before("read", () => {
      for (const name of cluster.left) {
        cluster.admin.replaceSpec(name, { request: janesRequest().spec.request });
      }
    });
    await cluster.examine();
    expect(cluster.left).toHaveLength(1);
  });

  it("that is left after an error is reported", async () => {
    const cluster = new ExaminedCluster();
    cluster.admin.before("delete", refuses(403, "Forbidden"));
    cluster.whoamiOf = () => {
      throw new TypeError("a bug");
    };
    await expect(cluster.examine()).rejects.toThrow("a bug");
    expect(cluster.left).toHaveLength(1);
    expect(cluster.reports.at(-1)).toContain(`Test requests are left: ${cluster.left.join()}.`);
  });

  it("that may not be deleted is named, with when Kubernetes removes it", async () => {
    const cluster = new ExaminedCluster();
    cluster.allows = (right) => right !== "delete certificatesigningrequests";
    cluster.admin.before("delete", refuses(403, "Forbidden"), refuses(403, "Forbidden"));
    const diagnosis = await cluster.examine();
    expect(unwell(diagnosis)).toEqual({ "test-requests": "warning" });
    const { details, remedy, commands } = findingOf(diagnosis, "test-requests");
    const names = cluster.admin.logged("create").map((line) => line.slice("create ".length));
    expect(details).toBe(`Test requests are left: ${names.join(", ")}.`);
    expect(remedy).toContain("an hour after they were approved");
    expect(commands).toEqual([`kubectl delete csr ${names.join(" ")}`]);
    expect(cluster.reports.join()).toContain("You may not delete them");
  });
});
