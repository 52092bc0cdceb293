import { CertificateRequests } from "../../../../components/cluster/issuance/certificate-requests";
import { waitForCertificate } from "../../../../components/cluster/issuance/certificate-wait";
import { type ApprovalTerms } from "../../../../components/cluster/issuance/request-approval";
import { approvalAnnouncement } from "../../../../components/cluster/issuance/approval-announcement";
import { expectError, rejectionOf } from "../../support/errors";
import { elapsedSeconds, testBegin, useFakeTime } from "../../support/fake-time";
import { statusError } from "../../support/in-memory-cluster";
import { TestRun, janesIssuanceRequest, janesName, janesRequest, place } from "../../support/issuances";

const name = janesName();
const manual = { approval: { mode: "manual", timeoutSeconds: 600 } } as const;

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

describe("waiting for somebody's approval", () => {
  it("announces it, keeps the announcement while it waits, and withdraws it at the approval", async () => {
    const run = new TestRun();
    run.cluster.meanwhile(
      () => {
        expect(run.withdrawn).toBe(false);
        run.cluster.approve(name);
      },
      () => {
        expect(run.withdrawn).toBe(true);
        run.cluster.issue(name);
      },
    );
    expect((await run.issue(manual)).csrName).toBe(name);
    expect(run.announced).toEqual([approvalAnnouncement(janesIssuanceRequest, name, 600, place, testBegin)]);
    expect(run.reports).toEqual([]);
    expect(run.cluster.logged("approve")).toEqual([]);
  });

  it("announces the lifetime of the request that it resumes, not of the one that it would submit now", async () => {
    const run = new TestRun();
    const { metadata, spec } = janesRequest();
    run.cluster.put({ metadata, spec: { ...spec, expirationSeconds: 7200 } });
    const limit = { accessUntil: testBegin + 10_800_000, expirationSeconds: 7200 };
    await rejectionOf(
      run.issue({ ...manual, issuanceRequest: { ...janesIssuanceRequest, expirationSeconds: 3600, limit } }),
    );
    expect(run.announced[0]?.lines[0]).toContain("for a certificate of 2 hours");
  });

  it("announces nothing that it approves itself", async () => {
    const run = new TestRun();
    await run.issue();
    expect(run.announced).toEqual([]);
  });

  it("asks for the approval again when it goes on with a pending request, and not with an approved one", async () => {
    const pending = new TestRun();
    pending.cluster.put(janesRequest());
    await rejectionOf(pending.issue(manual));
    expect(pending.announced).toHaveLength(1);
    expect(pending.withdrawn).toBe(true);

    const approved = new TestRun();
    approved.cluster.approve(approved.cluster.put(janesRequest()));
    await rejectionOf(approved.issue(manual));
    expect(approved.announced).toEqual([]);
    expect(approved.reports).toEqual([`resuming request ${name} (approved)`]);
  });

  it("ends when nobody approved it in time; the next run goes on with the same request", async () => {
    const run = new TestRun();
    const error = await rejectionOf(run.issue(manual));
    expectError(
      error,
      "approval-pending",
      '"jane" waits for approval: nobody approved it within 10 minutes',
      `"kubernetes-user approve ${name} --context prod-admin"`,
      "run again",
    );
    expect(elapsedSeconds()).toBe(600);

    run.cluster.approve(name);
    run.cluster.issue(name);
    expect((await new TestRun(run.cluster).issue(manual)).csrName).toBe(name);
    expect(run.cluster.logged("create")).toEqual([`create ${name}`]);
  });

  it("with timeoutSeconds 0 submits, says what to approve, and ends at once", async () => {
    const run = new TestRun();
    const pending = await run.submit({ approval: { mode: "manual", timeoutSeconds: 0 } });
    expect(pending).toEqual({ phase: "pending", csrName: name });
    expect(run.announced).toEqual([approvalAnnouncement(janesIssuanceRequest, name, 0, place, testBegin)]);
    expect(run.cluster.log).toEqual(["list", `create ${name}`]);
    expect(elapsedSeconds()).toBe(0);
  });

  it("with timeoutSeconds 0 takes what was approved meanwhile, and waits for the signer", async () => {
    const run = new TestRun();
    await run.submit({ approval: { mode: "manual", timeoutSeconds: 0 } });
    run.cluster.approve(name);
    run.cluster.meanwhile(() => {
      run.cluster.issue(name);
    });
    const next = new TestRun(run.cluster);
    expect((await next.issue({ approval: { mode: "manual", timeoutSeconds: 0 } })).csrName).toBe(name);
  });

  it("can wait for longer than a timer can", async () => {
    const run = new TestRun();
    run.cluster.meanwhile(() => {
      setTimeout(() => {
        run.cluster.approve(name);
        run.cluster.issue(name);
      }, 20 * 86_400_000);
    });
    expect((await run.issue({ approval: { mode: "manual", timeoutSeconds: 40 * 86_400 } })).csrName).toBe(name);
  });
});

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
    run.cluster.before("read", () => {
      run.cluster.deny(name, "Faster");
    });
    expectError(await rejectionOf(run.issue()), "request-denied", "(Faster)");
    expect(run.cluster.logged("approve")).toEqual([]);
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

  it("ends when the request was deleted before the first look", async () => {
    const run = new TestRun();
    run.cluster.before("read", () => {
      run.cluster.remove(name);
    });
    expectError(await rejectionOf(run.issue()), "request-mismatch", `${name} was deleted`);
  });

  it.each([
    ["signer", { signerName: "example.com/other" }],
    ["usages", { usages: ["client auth", "server auth"] }],
    ["lifetime", { expirationSeconds: 31_536_000 }],
    ["key", { request: janesRequest().spec.request.toLowerCase() }],
  ])("neither approves nor uses a request whose %s has changed before the first look", async (_, difference) => {
    const run = new TestRun();
    run.cluster.before("read", () => {
      run.cluster.replaceSpec(name, difference);
    });
    expectError(
      await rejectionOf(run.issue()),
      "request-mismatch",
      `${name} was replaced`,
      "neither approved nor used",
    );
    expect(run.cluster.logged("approve")).toEqual([]);
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

describe("approving a request that somebody touches at the same time", () => {
  it("looks again after a conflict, and approves what it then finds", async () => {
    const run = new TestRun();
    const touch = (): void => {
      run.cluster.touch(name);
    };
    run.cluster.before("approve", touch, touch);
    expect((await run.issue()).csrName).toBe(name);
    expect(run.cluster.logged("approve")).toHaveLength(3);
    expect(run.cluster.logged("create")).toHaveLength(1);
  });

  it("does not approve after the conflict what is no longer its own", async () => {
    const run = new TestRun();
    run.cluster.before("approve", () => {
      run.cluster.replaceSpec(name, { expirationSeconds: 31_536_000 });
    });
    expectError(await rejectionOf(run.issue()), "request-mismatch", `${name} was replaced`);
    expect(run.cluster.logged("approve")).toHaveLength(1);
  });

  it("lets somebody else's approval stand", async () => {
    const run = new TestRun();
    run.cluster.before("approve", () => {
      run.cluster.approve(name);
    });
    run.cluster.meanwhile(() => {
      run.cluster.issue(name);
    });
    expect((await run.issue()).csrName).toBe(name);
    expect(run.cluster.logged("approve")).toHaveLength(1);
  });

  it("tells that the request was deleted instead", async () => {
    const run = new TestRun();
    run.cluster.before("approve", () => {
      run.cluster.remove(name);
    });
    expectError(await rejectionOf(run.issue()), "request-mismatch", `${name} was deleted`);
  });
});
