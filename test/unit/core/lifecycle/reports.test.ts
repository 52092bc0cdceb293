import { leftRequest, shortenedLifetime, validCertificates } from "../../../../components/core/lifecycle/reports";
import { type OpenRequest, unissuedState } from "../../../../components/core/lifecycle/certificate-state";
import { summaryOf } from "../../../../components/core/x509/certificate-summary";
import { state } from "../../support/declarations";
import { janesIssuanceRequest } from "../../support/issuances";
import { signCertificate } from "../../support/test-authority";

const now = Date.UTC(2026, 10, 1);
const day = 86_400_000;
const signed = (more: object = {}): string =>
  signCertificate({ ...janesIssuanceRequest, notBefore: now, notAfter: now + day, ...more });

describe("shortenedLifetime", () => {
  const granted = (milliseconds: number): string | undefined =>
    shortenedLifetime(janesIssuanceRequest, { notBefore: now, notAfter: now + milliseconds });

  it("says what was granted in place of what was requested, and what follows from it", () => {
    expect(granted(day - 61_000)).toBe(
      "signer kubernetes.io/kube-apiserver-client granted 86339 seconds instead of the requested 1 day; " +
        "the certificate ends 2026-11-01T23:58:59Z, and renewal follows that",
    );
  });

  it.each([day - 60_000, day, day + 300_000])("says nothing of %d ms: clocks may differ by a minute", (lifetime) => {
    expect(granted(lifetime)).toBeUndefined();
  });
});

describe("validCertificates", () => {
  const [own, replaced] = [signed(), signed({ username: "june" })];
  const old = { ...state, certificate: own, replaced: [summaryOf(replaced)] };

  it("tells the fate of the state's own certificate, and that those before it were replaced", () => {
    const [first, second, ...more] = validCertificates(old, now, "was dropped");
    expect(more).toEqual([]);
    expect(first?.line).toContain(`certificate ${summaryOf(own).serialNumber} `);
    expect(first?.line).toContain(" was dropped, and stays valid until");
    expect(second?.line).toContain(`certificate ${summaryOf(replaced).serialNumber} `);
    expect(second?.line).toContain(" is replaced or removed, and stays valid until");
    expect([first?.username, second?.username]).toEqual(["jane", "jane"]);
  });

  it("tells of nothing that has expired", () => {
    expect(validCertificates(old, now + day)).toEqual([]);
  });

  it("names whose they were where there is no certificate now", () => {
    const pending = { phase: "pending", replaced: [summaryOf(replaced)] } as const;
    expect(validCertificates(pending, now)).toMatchObject([{ username: "june" }]);
    expect(validCertificates({ phase: "pending" }, now)).toEqual([]);
  });
});

describe("leftRequest", () => {
  const { content, cluster, expirationSeconds } = state;
  const asked = {
    csrName: "jane-2",
    declaration: "d",
    terms: "t",
    content,
    cluster,
    expirationSeconds,
    otherKey: false,
  };
  const pending: OpenRequest = { phase: "pending", ...asked };
  const denied: OpenRequest = { phase: "denied", ...asked, reason: "no", foundAt: "2026-11-01T00:00:00.000Z" };

  it.each([
    ["kubernetes-user approve jane-2 --deny", pending],
    ["approve-it jane-2 --deny", { ...pending, command: "approve-it jane-2" }],
  ])("says how to deny a request that waits: %s", (command, openRequest) => {
    expect(leftRequest(unissuedState(openRequest, {}))).toBe(
      `request jane-2 stays in the cluster: its user is removed while it waits for approval. Deny it with "${command}", ` +
        "or delete it; Kubernetes removes it 24 hours after it was submitted",
    );
  });

  it("says nothing of one that was denied, and of none", () => {
    expect(leftRequest(unissuedState(denied, {}))).toBeUndefined();
    expect(leftRequest(state)).toBeUndefined();
  });
});
