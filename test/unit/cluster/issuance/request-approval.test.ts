import { approvalAnnouncement } from "../../../../components/cluster/issuance/approval-announcement";
import { expectError, rejectionOf } from "../../support/errors";
import { elapsedSeconds, testBegin, useFakeTime } from "../../support/fake-time";
import { TestRun, janesIssuanceRequest, janesName, janesRequest, place } from "../../support/issuances";

const name = janesName();

const manual = { approval: { mode: "manual", timeoutSeconds: 600 } } as const;

useFakeTime();

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
