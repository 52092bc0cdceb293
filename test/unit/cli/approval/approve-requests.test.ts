import { CertificateRequests } from "../../../../components/cluster/certificate-requests";
import { Approval } from "../../../../cli/approval/approve-requests";
import { Session } from "../../../../cli/session";
import { statusError } from "../../support/in-memory-cluster";
import { useFakeTime, inFakeTime } from "../../support/fake-time";
import { TestRun, janesName, janesRequest } from "../../support/issuances";

const terms = {
  policy: undefined,
  verb: "approve",
  reason: undefined,
  ask: false,
  issuanceTimeoutSeconds: 60,
} as const;
const forbidden = statusError(403, "Forbidden", "no more of this");

describe("Approval", () => {
  useFakeTime();

  let run: TestRun;
  let approval: Approval;
  const selected = [0, 1, 2].map((index) => ({ name: janesName(index), manifest: undefined }));
  const told = (): string[] => approval.outcomes.map(({ name, outcome }) => `${name} ${outcome}`);

  beforeEach(() => {
    jest.spyOn(process.stderr, "write").mockReturnValue(true);
    run = new TestRun();
    selected.forEach((_, index) => run.cluster.put(janesRequest(index)));
    approval = new Approval(
      new CertificateRequests(run.conversation),
      terms,
      new Session(new AbortController().signal),
    );
  });

  it("approves all requests and waits for their certificates", async () => {
    await inFakeTime(approval.run(selected));
    expect(told()).toEqual(selected.map(({ name }) => `${name} issued`));
  });

  it("tells what became of the other requests when one wait fails, and why it failed", async () => {
    run.cluster.after(`approve ${janesName(2)}`, () => {
      run.cluster.before(`read ${janesName(1)}`, () => {
        throw forbidden;
      });
    });
    await expect(inFakeTime(approval.run(selected))).rejects.toThrow("no more of this");
    expect(told()).toEqual([`${janesName(0)} issued`, `${janesName(2)} issued`]);
  });

  it("fails with the error of a decision, not with that of a wait after it", async () => {
    run.cluster.before(`approve ${janesName(2)}`, () => {
      run.cluster.before(`read ${janesName(1)}`, () => {
        throw forbidden;
      });
      throw statusError(403, "Forbidden", "not this one");
    });
    await expect(inFakeTime(approval.run(selected))).rejects.toThrow("not this one");
    expect(told()).toEqual([`${janesName(0)} issued`]);
  });
});
