import { id_kp_serverAuth } from "@peculiar/asn1-x509";
import { expectError, rejectionOf } from "../../support/errors";
import { elapsedSeconds, testBegin, useFakeTime } from "../../support/fake-time";
import { statusError } from "../../support/in-memory-cluster";
import { refusal } from "../../support/refusals";
import { TestRun, janesIssuanceRequest, janesName } from "../../support/issuances";
import { type CertificateContent, requestOf } from "../../support/test-authority";

const name = janesName();

const submitted = [`create ${name}`];

useFakeTime();

describe("issueCertificate with a signer that answers with something else", () => {
  const wrong: readonly (readonly [string, Partial<CertificateContent>, string])[] = [
    ["another name", { username: "mallory" }, 'its CN is "mallory"'],
    ["another group", { groups: ["developers", "system:masters"] }, "its O values are"],
    ["another key", { request: requestOf(janesIssuanceRequest, "P384") }, "another public key"],
    ["another purpose", { purposes: [id_kp_serverAuth] }, "no clientAuth"],
    ["a longer life", { notAfter: testBegin + 90 * 86_400_000 }, "longer than the requested 1 day"],
    ["an authority's rights", { isAuthority: true }, "certificate authority's"],
  ];

  it.each(wrong)("refuses a certificate with %s", async (_, difference, words) => {
    const run = new TestRun();
    run.cluster.signer = (name) => {
      run.cluster.issue(name, difference);
    };
    expectError(await rejectionOf(run.issue()), "certificate-mismatch", words);
  });

  it("takes a certificate that lives shorter than asked for", async () => {
    const run = new TestRun();
    run.cluster.signer = (name) => {
      run.cluster.issue(name, { notAfter: testBegin + 3_600_000 });
    };
    expect((await run.issue()).facts.notAfter).toBe(testBegin + 3_600_000);
  });
});

describe("issueCertificate whose run ends", () => {
  it.each([["before it lists"], ["while it lists"]])("%s submits nothing", async (when) => {
    const run = new TestRun();
    const end = (): void => {
      run.end.abort();
    };
    if (when === "before it lists") {
      end();
    }
    run.cluster.before("list", end);
    expectError(await rejectionOf(run.issue()), "aborted", "Nothing is lost");
    expect(run.cluster.logged("create")).toEqual([]);
  });

  it("by an event that is due just before the submission submits nothing", async () => {
    const run = new TestRun();
    run.cluster.after("list", () => {
      setTimeout(() => {
        run.end.abort();
      }, 0);
    });
    expectError(await rejectionOf(run.issue()), "aborted");
    expect(run.cluster.log).toEqual(["list"]);
  });

  it("by an event that is due just before the approval approves nothing", async () => {
    const run = new TestRun();
    run.cluster.after("create", () => {
      setTimeout(() => {
        run.end.abort();
      }, 0);
    });
    expectError(await rejectionOf(run.issue()), "aborted");
    expect(run.cluster.logged("create")).toEqual(submitted);
    expect(run.cluster.logged("approve")).toEqual([]);
  });

  it("while the request waits leaves it, and the next run goes on with it", async () => {
    const run = new TestRun();
    run.cluster.meanwhile(() => {
      run.end.abort();
    });
    const error = await rejectionOf(run.issue({ approval: { mode: "manual" } }));
    expectError(error, "aborted", name, "the next run resumes it");
    expect((await new TestRun(run.cluster).issue()).csrName).toBe(name);
    expect(run.cluster.logged("create")).toEqual(submitted);
  });
});

/** The server's words to who lacks a permission on requests. */
function refused(verb: string, subresource = ""): string {
  return refusal(verb, `certificatesigningrequests${subresource}`, "certificates.k8s.io");
}

describe("issueCertificate refused by the server", () => {
  it.each([
    ["list", 403, refused("list"), "forbidden", "Missing: list on certificatesigningrequests"],
    ["create", 403, refused("create"), "forbidden", "Missing: create on certificatesigningrequests"],
    ["approve", 403, refused("update", "/approval"), "forbidden", "certificates.k8s.io/approval"],
    ["watch", 403, refused("watch"), "forbidden", "Missing: watch on certificatesigningrequests"],
    [
      "create",
      403,
      'admission webhook "x" denied the request',
      "forbidden",
      "An admission policy, a quota or an authorizer of the cluster refused it",
    ],
    ["list", 401, "Unauthorized", "unauthorized", "Renew them"],
    ["create", 422, "spec.usages: Unsupported", "request-rejected", "spec.usages: Unsupported"],
    ["create", 400, "no PEM", "request-rejected", "no PEM"],
    ["list", 404, "no such API", "server-error", "no such API"],
  ] as const)("at %s with %d %s says %s and what to do", async (when, status, message, code, words) => {
    const run = new TestRun();
    run.cluster.before(when, () => {
      throw statusError(status, "", message);
    });
    expectError(await rejectionOf(run.issue()), code, run.cluster.server, `answered ${status}: ${message}`, words);
    expect(elapsedSeconds()).toBe(0);
  });

  it("at a second look says forbidden and what to do", async () => {
    const run = new TestRun();
    run.cluster.signer = () => undefined;
    run.cluster.meanwhile(() => {
      run.cluster.endWatches();
    });
    run.cluster.before("read", () => {
      throw statusError(403, "", refused("get"));
    });
    expectError(await rejectionOf(run.issue()), "forbidden", "Missing: get on certificatesigningrequests");
  });
});
