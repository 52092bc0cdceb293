import { useFakeTime } from "../../support/fake-time";
import { TestRun, janesName, janesRequest } from "../../support/issuances";

const name = janesName();
useFakeTime();

const approval = { mode: "manual", timeoutSeconds: 0 } as const;

describe("issueCertificate where no run waits for an approval", () => {
  it("reports that the request was denied, as nobody was there when it was", async () => {
    const run = new TestRun();
    run.cluster.deny(run.cluster.put(janesRequest()), "Policy", "not on Fridays");
    const denied = await run.submit({ approval });
    expect(denied).toEqual({
      phase: "denied",
      csrName: name,
      reason: expect.stringMatching(
        /Policy: not on Fridays.*until the user's declaration changes.*\[request-denied\]/,
      ) as string,
    });
    expect(run.cluster.logged("create")).toEqual([]);
  });

  it("passes on an error that is none of ours, and leaves no timer behind", async () => {
    const broken = new TestRun();
    broken.cluster.approve(broken.cluster.put(janesRequest()));
    broken.cluster.signer = () => undefined;
    broken.cluster.before("watch", () => {
      throw new RangeError("a mistake");
    });
    await expect(broken.submit({ approval })).rejects.toThrow(RangeError);
    expect(jest.getTimerCount()).toBe(0);
    await new TestRun().issue();
    expect(jest.getTimerCount()).toBe(0);
  });

  it("asks anew after a denied request whose answer is known", async () => {
    const run = new TestRun();
    run.cluster.deny(run.cluster.put(janesRequest()), "Policy", "not on Fridays");
    expect(await run.submit({ approval, answered: name })).toEqual({ phase: "pending", csrName: janesName(1) });
  });

  it("asks again after a request that its signer refused, and resumes one that it has not answered", async () => {
    const refused = new TestRun();
    refused.cluster.signer = () => undefined;
    refused.cluster.approve(refused.cluster.put(janesRequest()));
    refused.cluster.before("watch", () => {
      refused.cluster.fail(name);
    });
    expect(await refused.submit({ approval })).toMatchObject({
      phase: "pending",
      csrName: name,
      reason: expect.stringContaining("[request-failed]") as string,
    });
    expect(await refused.submit({ approval })).toMatchObject({ phase: "pending", csrName: janesName(1) });
    const silent = new TestRun();
    silent.cluster.signer = () => undefined;
    silent.cluster.approve(silent.cluster.put(janesRequest()));
    expect(await silent.submit({ approval })).toMatchObject({
      phase: "pending",
      csrName: name,
      reason: expect.stringContaining("[issuance-timeout]") as string,
    });
  });
});

it.each(["2026-11-01T11:59:00Z", undefined])(
  "an issuance tells when the signer wrote the certificate: %s",
  async (time) => {
    const run = new TestRun();
    const { metadata, spec } = janesRequest();
    const managedFields = [{ time, fieldsV1: { "f:status": { "f:certificate": {} } } }];
    const kept = { ...metadata, managedFields };
    run.cluster.put({ metadata: kept, spec });
    expect((await run.issue()).issuedAt).toBe(time);
  },
);
