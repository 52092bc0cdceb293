import { CertificateRequests } from "../../../../components/cluster/issuance/certificate-requests";
import { waitForCertificate } from "../../../../components/cluster/issuance/certificate-wait";
import { type ApprovalTerms } from "../../../../components/cluster/issuance/request-approval";
import { expectError, rejectionOf } from "../../support/errors";
import { elapsedSeconds, useFakeTime } from "../../support/fake-time";
import { statusError } from "../../support/in-memory-cluster";
import { TestRun, janesIssuanceRequest, janesName, janesRequest } from "../../support/issuances";

const name = janesName();

const manual = { approval: { mode: "manual", timeoutSeconds: 600 } } as const;

/** A signer that nothing may come to. */
const unsigned = (): never => {
  throw new Error("the request was approved");
};

useFakeTime();

/** What a run says that finds its request denied: an error, or the reason where no run waits. */
async function denialOf(run: TestRun, approval: ApprovalTerms): Promise<string> {
  if (approval.timeoutSeconds > 0) {
    const error = await rejectionOf(run.issue({ approval }));
    expectError(error, "request-denied");
    return error.message;
  }
  const result = await run.submit({ approval });
  return result.phase === "denied" ? result.reason : result.phase;
}

describe("waiting for the signer", () => {
  it("ends when it issues nothing in time, counted from the approval", async () => {
    const run = new TestRun();
    run.cluster.meanwhile(() => {
      setTimeout(() => {
        run.cluster.approve(name);
      }, 500_000);
    });
    const error = await rejectionOf(run.issue({ approval: { ...manual.approval, issuanceTimeoutSeconds: 120 } }));
    expectError(
      error,
      "issuance-timeout",
      `Request ${name} of "jane" is approved, but signer kubernetes.io/kube-apiserver-client issued nothing within 2 minutes`,
      "Amazon EKS",
      "run again",
    );
    expect(elapsedSeconds()).toBe(620);
  });

  it("counts from its own approval", async () => {
    const run = new TestRun();
    run.cluster.signer = () => undefined;
    expectError(await rejectionOf(run.issue()), "issuance-timeout");
    expect(elapsedSeconds()).toBe(120);
    expect(run.cluster.logged("approve")).toHaveLength(1);
  });

  it("counts from the beginning when it goes on with an approved request", async () => {
    const run = new TestRun();
    run.cluster.approve(run.cluster.put(janesRequest()));
    expectError(await rejectionOf(run.issue()), "issuance-timeout");
    expect(elapsedSeconds()).toBe(120);
  });
});

describe("waiting for a certificate", () => {
  it("that cannot be approved ends in time", async () => {
    const run = new TestRun();
    const unavailable = (): never => {
      throw statusError(503);
    };
    run.cluster.before("approve", ...Array.from({ length: 100 }, () => unavailable));
    const error = await rejectionOf(run.issue({ approval: { timeoutSeconds: 7 } }));
    expectError(error, "approval-pending", "it could not be approved within 7 seconds", name);
    expect(elapsedSeconds()).toBe(7);
    expect(run.reports.join()).toContain("answers 503");
  });

  it("ends at once, with the reason, when the request is denied", async () => {
    const run = new TestRun();
    run.cluster.meanwhile(() => {
      run.cluster.deny(name, "Policy", "jane has left");
    });
    const error = await rejectionOf(run.issue(manual));
    expectError(error, "request-denied", `Request ${name} of "jane" was denied (Policy: jane has left)`, "no access");
    expect(elapsedSeconds()).toBe(0);
  });

  it.each([
    [600, "Running again submits a new request.", "no run asks again"],
    [0, "no run asks again until the user's declaration changes", "submits a new request"],
  ])(
    "says with a time-out of %i what asks again after a denial, and nothing else",
    async (timeoutSeconds, then, other) => {
      const deny = (run: TestRun): void => {
        run.cluster.deny(name, "KubernetesUser", "not in this team.");
      };
      const run = new TestRun();
      if (timeoutSeconds === 0) {
        run.cluster.put(janesRequest());
        deny(run);
      } else {
        run.cluster.meanwhile(() => {
          deny(run);
        });
      }
      const message = await denialOf(run, { mode: "manual", timeoutSeconds, issuanceTimeoutSeconds: 60 });
      expect(message).toContain("was denied with kubernetes-user approve (not in this team). It");
      expect(message).toContain(then);
      expect(message).not.toContain(other);
    },
  );

  it("says to a command, which has no declaration that could change, that a denial is final", async () => {
    const run = new TestRun();
    run.cluster.deny(run.cluster.put(janesRequest()));
    const requests = new CertificateRequests(run.client);
    const request = await requests.read(name);
    if (request === undefined) {
      throw new Error("it is not there");
    }
    const waiting = {
      requests,
      issuanceRequest: janesIssuanceRequest,
      request,
      afterDenial: "another request",
    } as const;
    const error = await rejectionOf(waitForCertificate(waiting, 60, run.context));
    expectError(error, "request-denied", "A denial is final: to ask again, submit another request.");
  });

  it("shows a reason that commands a terminal or a CI as a text in its line", async () => {
    const run = new TestRun();
    run.cluster.meanwhile(() => {
      run.cluster.deny(name, "Policy", "no\u001b[2J\n::error::all is well");
    });
    const { message } = await rejectionOf(run.issue(manual));
    expect(message).toContain(String.raw`(Policy: no\u{1b}[2J\n::error::all is well)`);
    expect(message).not.toContain("\n");
  });

  it("tells a denial without a reason", async () => {
    const run = new TestRun();
    run.cluster.meanwhile(() => {
      run.cluster.deny(name);
    });
    expectError(await rejectionOf(run.issue(manual)), "request-denied", "was denied, without a reason.");
  });

  it("takes a request that was denied beside its approval for denied", async () => {
    const run = new TestRun();
    run.cluster.signer = (name) => {
      run.cluster.deny(name, "TooLate");
      run.cluster.issue(name);
    };
    expectError(await rejectionOf(run.issue()), "request-denied", "(TooLate)");
  });

  it("does not approve a request that was denied before it came to that", async () => {
    const run = new TestRun();
    run.cluster.signer = unsigned;
    run.cluster.before("approve", () => {
      run.cluster.deny(name, "Faster");
    });
    expectError(await rejectionOf(run.issue()), "request-denied", "(Faster)");
    expect(run.cluster.logged("approve")).toHaveLength(1);
  });

  it("ends at once, with the reason, when the signer refuses", async () => {
    const run = new TestRun();
    run.cluster.signer = (name) => {
      run.cluster.fail(name, "SignerValidationFailure", "invalid usage");
    };
    const error = await rejectionOf(run.issue());
    expectError(error, "request-failed", `did not issue request ${name}`, "(SignerValidationFailure: invalid usage)");
    expect(elapsedSeconds()).toBe(0);
  });

  it("ends at once when the request is deleted; the next run submits a new one", async () => {
    const run = new TestRun();
    run.cluster.meanwhile(() => {
      run.cluster.remove(name);
    });
    expectError(await rejectionOf(run.issue(manual)), "request-mismatch", `${name} was deleted`, "Run again");
    expect(elapsedSeconds()).toBe(0);
    await new TestRun(run.cluster).issue();
    expect(run.cluster.logged("create")).toHaveLength(2);
  });

  it("ends when the request was deleted before it was approved", async () => {
    const run = new TestRun();
    run.cluster.before("approve", () => {
      run.cluster.remove(name);
    });
    expectError(await rejectionOf(run.issue()), "request-mismatch", `${name} was deleted`);
  });

  it.each([
    ["signer", { signerName: "example.com/other" }],
    ["usages", { usages: ["client auth", "server auth"] }],
    ["lifetime", { expirationSeconds: 31_536_000 }],
    ["key", { request: janesRequest().spec.request.toLowerCase() }],
  ])("neither approves nor uses a request whose %s has changed since it was submitted", async (_, difference) => {
    const run = new TestRun();
    run.cluster.signer = unsigned;
    run.cluster.before("approve", () => {
      run.cluster.replaceSpec(name, difference);
    });
    expectError(
      await rejectionOf(run.issue()),
      "request-mismatch",
      `${name} was replaced`,
      "neither approved nor used",
    );
    // The version that it was read in made the server refuse.
    expect(run.cluster.logged("approve")).toHaveLength(1);
  });

  it("uses no certificate of a request that has changed while it waited", async () => {
    const run = new TestRun();
    run.cluster.meanwhile(() => {
      run.cluster.replaceSpec(name, { usages: ["client auth", "digital signature"] });
      run.cluster.approve(name);
      run.cluster.issue(name);
    });
    expectError(await rejectionOf(run.issue(manual)), "request-mismatch", `${name} was replaced`);
  });
});
