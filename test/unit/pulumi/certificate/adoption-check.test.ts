import { testBegin, useFakeTime } from "../../support/fake-time";
import { InMemoryCluster } from "../../support/in-memory-cluster";
import { ProviderRun, automatic, janesInputs } from "../../support/provider-run";
import { type CertificateContent, privateKey, requestOf, signCertificate } from "../../support/test-authority";

useFakeTime();

const { username, groups, request } = janesInputs;

const signed = (changes: Partial<CertificateContent> = {}): string =>
  signCertificate({
    ...{ username, groups, request, ...changes },
    ...{ notBefore: testBegin - 3_600_000, notAfter: testBegin + 365 * 86_400_000 },
  });

const withKey = {
  ...janesInputs,
  ...automatic,
  adopt: { certificate: signed() },
  verify: true,
  privateKey: privateKey(),
};

/** One that takes everybody for jane. */
function cluster(): InMemoryCluster {
  const made = new InMemoryCluster();
  const status = { userInfo: { username, groups: [...groups, "system:authenticated"] } };
  made.answers.set("/apis/authentication.k8s.io/v1/selfsubjectreviews", { status });
  return made;
}

describe("the provider's check", () => {
  it("tells in a preview what will not be adopted, and ends nobody else's run", async () => {
    const { provider, printed } = new ProviderRun(cluster());
    const wrong = { ...withKey, adopt: { certificate: signed({ username: "june" }) } };
    expect(await provider.check({}, wrong)).toEqual({ inputs: wrong });
    expect(printed).toEqual([expect.stringMatching(/^jane: .*its CN is "june".*\[adoption-refused\]/)]);
    expect(await provider.check({}, withKey)).toEqual({ inputs: withKey });
    // There is a resource, which may have a certificate: the comparison knows.
    expect(await provider.check(withKey, wrong)).toEqual({ inputs: wrong });
    expect(printed).toHaveLength(1);
  });

  it("passes a replacement, which adopts nothing", async () => {
    const run = new ProviderRun(cluster());
    const old = await run.create(withKey);
    const wrong = { ...withKey, groups: [], request: requestOf({ username, groups: [] }), verify: false };
    expect((await run.provider.diff("1", old, wrong)).replaces).toEqual(["request"]);
    await run.provider.check({}, wrong);
    expect(run.printed.join()).not.toContain("adoption-refused");
    expect(await run.create(wrong)).toMatchObject({
      phase: "issued",
      csrName: expect.stringMatching(/^jane-/) as string,
    });
  });
});
