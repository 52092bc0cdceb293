import { X509Certificate } from "node:crypto";
import { ConnectionError } from "../../../../components/cluster/connection/api-error";
import { parseRequest } from "../../../../components/core/csr/certification-request";
import { contentLabel, issuanceRequestOf } from "../../../../components/core/csr/issuance-request";
import { expectError, rejectionOf } from "../../support/errors";
import { elapsedSeconds, testBegin, useFakeTime } from "../../support/fake-time";
import { statusError } from "../../support/in-memory-cluster";
import { TestRun, janesIssuanceRequest, janesName, janesRequest } from "../../support/issuances";
import { requestOf } from "../../support/test-authority";

const name = janesName();

const submitted = [`create ${name}`];

useFakeTime();

/** What was issued when the test began is due for renewal; what comes later is not. */
function notSinceTheBeginning(): boolean {
  return false;
}

describe("issueCertificate with nothing to go on with", () => {
  it("submits, approves, watches and returns the certificate", async () => {
    const run = new TestRun();
    const issued = await run.issue();

    expect(issued.csrName).toBe(name);
    expect(new X509Certificate(issued.certificate).toLegacyObject().subject).toMatchObject({
      CN: "jane",
      O: ["developers", "oncall"],
    });
    expect(issued.facts.notAfter).toBe(testBegin + 86_400_000);
    expect(run.cluster.log).toEqual(["list", `create ${name}`, `approve ${name}`, `watch ${name}`]);
    expect(run.reports).toEqual([]);
    expect(elapsedSeconds()).toBe(0);
  });

  it("submits a new one beside a request of the same person with another key", async () => {
    const run = new TestRun();
    const other = issuanceRequestOf(parseRequest(requestOf(janesIssuanceRequest, "P384")), janesIssuanceRequest);
    await run.issue({ issuanceRequest: other });
    const { csrName } = await run.issue();
    expect(csrName).toBe(name);
    expect(run.cluster.logged("create")).toHaveLength(2);
  });

  it("refuses a request that was changed at its submission, and does not approve it", async () => {
    const run = new TestRun();
    run.cluster.admission = (spec) => ({ ...spec, usages: ["client auth", "server auth"] });
    expectError(await rejectionOf(run.issue()), "request-mismatch", name, "admission webhook");
    expect(run.cluster.logged("approve")).toEqual([]);
  });
});

describe("issueCertificate with what an earlier run left", () => {
  it("goes on with a pending request, and approves it", async () => {
    const run = new TestRun();
    run.cluster.put(janesRequest());
    expect((await run.issue()).csrName).toBe(name);
    expect(run.cluster.logged("create")).toEqual([]);
    expect(run.cluster.logged("approve")).toEqual([`approve ${name}`]);
    expect(run.reports).toEqual([`resuming request ${name} (pending)`]);
  });

  it("goes on with an approved request, and does not approve it again", async () => {
    const run = new TestRun();
    run.cluster.approve(run.cluster.put(janesRequest()));
    run.cluster.meanwhile(() => {
      run.cluster.issue(name);
    });
    expect((await run.issue()).csrName).toBe(name);
    expect(run.cluster.logged("create")).toEqual([]);
    expect(run.cluster.logged("approve")).toEqual([]);
    expect(run.reports).toEqual([`resuming request ${name} (approved)`]);
  });

  it("takes an issued certificate", async () => {
    const first = new TestRun();
    const issued = await first.issue();
    const second = new TestRun(first.cluster);
    expect(await second.issue()).toEqual(issued);
    expect(first.cluster.logged("create")).toEqual(submitted);
    expect(second.reports).toEqual([`resuming request ${name} (issued)`]);
  });

  it("goes on with the approved one of several", async () => {
    const run = new TestRun();
    run.cluster.put(janesRequest(0));
    run.cluster.approve(run.cluster.put(janesRequest(1)));
    run.cluster.meanwhile(() => {
      run.cluster.issue(janesName(1));
    });
    expect((await run.issue()).csrName).toBe(janesName(1));
    expect(run.cluster.logged("approve")).toEqual([]);
  });

  it("takes the issued one of several", async () => {
    const run = new TestRun();
    run.cluster.put(janesRequest(0));
    run.cluster.approve(run.cluster.put(janesRequest(1)));
    run.cluster.approve(run.cluster.put(janesRequest(2)));
    run.cluster.issue(janesName(2));
    expect((await run.issue()).csrName).toBe(janesName(2));
  });

  it("asks for a new one, under the next index, when the issued one is due for renewal", async () => {
    const first = new TestRun();
    await first.issue();
    const second = new TestRun(first.cluster);
    const usable = jest.fn((facts: { notAfter: number }) => facts.notAfter > testBegin + 86_400_000);
    const { csrName } = await second.issue({ usable });
    expect(csrName).toBe(janesName(1));
    expect(usable).toHaveBeenCalledWith(expect.objectContaining({ notAfter: testBegin + 86_400_000 }));
    expect(first.cluster.logged("create")).toEqual([`create ${name}`, `create ${janesName(1)}`]);
  });

  it("deletes the request whose certificate it has replaced, once the new one is there", async () => {
    const first = new TestRun();
    await first.issue();
    const second = new TestRun(first.cluster);
    await second.issue({ usable: notSinceTheBeginning });
    expect(first.cluster.log.slice(-2)).toEqual([`watch ${janesName(1)}`, `delete ${name}`]);
    expect(await new TestRun(first.cluster).issue()).toMatchObject({ csrName: janesName(1) });
  });

  it.each([
    ["may not", () => statusError(403, "Forbidden", "cannot delete")],
    ["cannot reach the server to", () => new ConnectionError("ECONNRESET")],
  ])("is content with the new certificate when it %s delete the old request", async (_, trouble) => {
    const first = new TestRun();
    await first.issue();
    const second = new TestRun(first.cluster);
    const fail = (): never => {
      throw trouble();
    };
    second.cluster.before("delete", ...Array.from({ length: 200 }, () => fail));
    expect(await second.issue({ usable: notSinceTheBeginning })).toMatchObject({ csrName: janesName(1) });
    expect(elapsedSeconds()).toBeLessThanOrEqual(10);
  });

  it("leaves requests alone that were denied, that failed, and that brought something wrong", async () => {
    const run = new TestRun();
    run.cluster.deny(run.cluster.put(janesRequest(0)));
    run.cluster.fail(run.cluster.put(janesRequest(1)));
    run.cluster.approve(run.cluster.put(janesRequest(2)));
    run.cluster.issue(janesName(2), { username: "mallory" });
    await run.issue();
    expect(run.cluster.logged("delete")).toEqual([]);
  });

  it("takes a certificate that a slow clock held for early, once the clock is right", async () => {
    const slow = new TestRun();
    slow.cluster.signer = (name) => {
      slow.cluster.issue(name, { notBefore: testBegin + 300_000 });
    };
    const early = await rejectionOf(slow.issue());
    expectError(early, "clock-skew", "is valid only from", "5 minutes behind");
    expectError(await rejectionOf(new TestRun(slow.cluster).issue()), "clock-skew");
    jest.setSystemTime(testBegin + 300_000);
    expect(await new TestRun(slow.cluster).issue()).toMatchObject({ csrName: name });
    expect(slow.cluster.logged("create")).toEqual(submitted);
  });

  it("fills no gap by a name that is taken", async () => {
    const run = new TestRun();
    for (const index of [0, 1, 3]) {
      run.cluster.deny(run.cluster.put(janesRequest(index)));
    }
    expect((await run.issue()).csrName).toBe(janesName(2));
  });

  it.each([
    ["denied", "deny"],
    ["failed", "fail"],
  ] as const)("asks anew after a request that was %s", async (_, verb) => {
    const run = new TestRun();
    run.cluster[verb](run.cluster.put(janesRequest()));
    expect((await run.issue()).csrName).toBe(janesName(1));
  });

  it("does not take an issued certificate that is not what was asked for", async () => {
    const run = new TestRun();
    run.cluster.approve(run.cluster.put(janesRequest()));
    run.cluster.issue(name, { groups: ["system:masters"] });
    expect((await run.issue()).csrName).toBe(janesName(1));
  });
});

describe("issueCertificate beside what somebody else left", () => {
  const foreign = [
    ["signer", { signerName: "example.com/other" }],
    ["usages", { usages: ["client auth", "server auth"] }],
    ["lifetime", { expirationSeconds: 31_536_000 }],
    ["lifetime, left to the signer,", { expirationSeconds: undefined }],
    ["key", { request: Buffer.from(requestOf(janesIssuanceRequest, "P384")).toString("base64") }],
  ] as const;

  /** Takes the first names for requests that ask for the same, and that nobody has labelled as ours. */
  const take = ({ cluster }: TestRun, count: number): void => {
    for (const { metadata, spec } of Array.from({ length: count }, (_, index) => janesRequest(index))) {
      cluster.put({ metadata: { ...metadata, labels: {} }, spec });
    }
  };

  it("takes the next name that is free", async () => {
    const run = new TestRun();
    take(run, 9);
    expect((await run.issue()).csrName).toBe(janesName(9));
    expect(run.cluster.logged("approve")).toEqual([`approve ${janesName(9)}`]);
  });

  it("gives up after ten names that are taken, and approves and uses none of them", async () => {
    const run = new TestRun();
    take(run, 10);
    const error = await rejectionOf(run.issue());
    expectError(error, "request-mismatch", `(${name} and following) are taken`, '"jane"', "neither approved nor used");
    expect(run.cluster.logged("create")).toHaveLength(10);
    expect(run.cluster.logged("approve")).toEqual([]);
  });

  it.each(foreign)("never approves or uses a request with our label and another %s", async (_, difference) => {
    const run = new TestRun();
    const { metadata, spec } = janesRequest();
    run.cluster.put({ metadata: { ...metadata, name: "other" }, spec: { ...spec, ...difference } });
    expect((await run.issue()).csrName).toBe(name);
    expect(run.cluster.logged("approve")).toEqual([`approve ${name}`]);
  });

  it.each(foreign)(
    "never approves or uses a request with our name, our label and another %s",
    async (_, difference) => {
      const run = new TestRun();
      const { metadata, spec } = janesRequest();
      run.cluster.put({ metadata, spec: { ...spec, ...difference } });
      expect((await run.issue()).csrName).toBe(janesName(1));
      expect(run.cluster.logged("approve")).toEqual([`approve ${janesName(1)}`]);
    },
  );

  it.each(foreign)("never uses a certificate that was issued for a request with another %s", async (_, difference) => {
    const run = new TestRun();
    const { metadata, spec } = janesRequest();
    run.cluster.approve(run.cluster.put({ metadata, spec: { ...spec, ...difference } }));
    run.cluster.issue(name);
    expect((await run.issue()).csrName).toBe(janesName(1));
  });

  it.each([
    ["pending", false],
    ["approved", true],
  ])("never approves or uses a %s one without a lifetime when access ends", async (_, approved) => {
    const run = new TestRun();
    const { metadata, spec } = janesRequest();
    run.cluster.put({ metadata, spec: { ...spec, expirationSeconds: undefined } });
    if (approved) {
      run.cluster.approve(name);
      run.cluster.issue(name);
    }
    const limit = { accessUntil: testBegin + 2 * 86_400_000, expirationSeconds: 3600 };
    const issued = await run.issue({
      issuanceRequest: issuanceRequestOf(janesIssuanceRequest.request, {
        ...janesIssuanceRequest,
        expirationSeconds: 3600,
        limit,
      }),
    });
    expect(issued.csrName).toBe(janesName(1));
    expect(issued.facts.notAfter).toBe(testBegin + 3_600_000);
    expect(run.cluster.logged("approve")).toEqual([`approve ${janesName(1)}`]);
  });

  it("leaves a request alone that has our name and not our label", async () => {
    const run = new TestRun();
    const { metadata, spec } = janesRequest();
    run.cluster.put({ metadata: { ...metadata, labels: { [contentLabel]: "other" } }, spec: { ...spec, usages: [] } });
    expect((await run.issue()).csrName).toBe(janesName(1));
    expect(run.cluster.logged("approve")).toEqual([`approve ${janesName(1)}`]);
  });

  it("goes on with the request of another run that was faster", async () => {
    const run = new TestRun();
    run.cluster.before("create", () => {
      run.cluster.put(janesRequest());
    });
    expect((await run.issue()).csrName).toBe(name);
    expect(run.cluster.logged("create")).toEqual(submitted);
    expect(run.reports).toEqual([`resuming request ${name} (pending)`]);
  });

  it("goes on with its own request when the answer to its submission was lost", async () => {
    const run = new TestRun();
    run.cluster.after("create", () => {
      throw new ConnectionError("ECONNRESET");
    });
    expect((await run.issue()).csrName).toBe(name);
    expect(run.cluster.logged("create")).toEqual([`create ${name}`, `create ${name}`]);
    expect(run.cluster.logged("approve")).toEqual([`approve ${name}`]);
  });
});
