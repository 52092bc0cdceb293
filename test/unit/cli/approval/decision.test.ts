import { CertificateRequests } from "../../../../components/cluster/issuance/certificate-requests";
import { type Verb, decide } from "../../../../cli/approval/decision";
import { type Examination, examine } from "../../../../cli/requests/examination";
import { useFakeTime, inFakeTime } from "../../support/fake-time";
import { TestRun, janesIssuanceRequest, janesName, janesRequest } from "../../support/issuances";
import { requestOf } from "../../support/test-authority";

const nothing = { manifest: undefined, policy: undefined };

describe("decide", () => {
  useFakeTime();

  let run: TestRun;
  let requests: CertificateRequests;
  let shown: Examination;

  beforeEach(async () => {
    run = new TestRun();
    run.cluster.put(janesRequest());
    run.cluster.signer = () => undefined;
    requests = new CertificateRequests(run.client);
    const request = await inFakeTime(requests.read(janesName()));
    if (request === undefined) {
      throw new Error("it is not there");
    }
    shown = examine(request, nothing);
  });

  const decided = (verb: Verb, reason?: string): ReturnType<typeof decide> =>
    inFakeTime(decide(requests, shown, nothing, verb, reason));

  it("approves and denies what was shown", async () => {
    expect(await decided("approve")).toMatchObject({ conditions: [{ type: "Approved", reason: "KubernetesUser" }] });
  });

  it("gives the reason of a denial", async () => {
    expect(await decided("deny", "not in this team")).toMatchObject({
      conditions: [{ type: "Denied", reason: "KubernetesUser", message: "not in this team" }],
    });
  });

  it("looks again when the request has changed, and goes on when nothing that was shown has", async () => {
    run.cluster.touch(janesName());
    expect(await decided("approve")).toMatchObject({ conditions: [{ type: "Approved" }] });
    expect(run.cluster.logged("approve")).toHaveLength(2);
  });

  it.each<[string, () => void, string]>([
    [
      "asks for something else",
      () => {
        run.cluster.replaceSpec(janesName(), { expirationSeconds: 3600 });
      },
      "it has changed",
    ],
    [
      "has another key, though all that was shown is the same",
      () => {
        const request = Buffer.from(requestOf(janesIssuanceRequest)).toString("base64");
        expect(request).not.toBe(janesRequest().spec.request);
        run.cluster.replaceSpec(janesName(), { request });
      },
      "it has changed",
    ],
    [
      "was deleted and made again, though all that was shown is the same",
      () => {
        run.cluster.remove(janesName());
        run.cluster.put(janesRequest());
      },
      "it has changed",
    ],
    [
      "was decided on",
      () => {
        run.cluster.deny(janesName());
      },
      "it has changed",
    ],
    [
      "is gone",
      () => {
        run.cluster.remove(janesName());
      },
      "it was deleted",
    ],
  ])("decides nothing when the request %s since", async (_, change, words) => {
    change();
    expect(await decided("approve")).toContain(words);
    expect(run.cluster.logged("approve")).toHaveLength(1);
  });

  it("gives up on a request that keeps changing", async () => {
    run.cluster.before(
      "approve",
      ...Array.from({ length: 9 }, () => () => {
        run.cluster.touch(janesName());
      }),
    );
    expect(await decided("approve")).toContain("it keeps changing");
    expect(run.cluster.logged("approve")).toHaveLength(5);
  });
});
