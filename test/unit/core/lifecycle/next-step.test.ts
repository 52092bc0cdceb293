import { type OpenRequest, unissuedState } from "../../../../components/core/lifecycle/certificate-state";
import { formatTime } from "../../../../components/core/time";
import { declarationDigest, termsDigest } from "../../../../components/core/lifecycle/declaration";
import { endToleranceSeconds, nextStep } from "../../../../components/core/lifecycle/next-step";
import { notYetKnown } from "../../../../components/core/options/validation-errors";
import { requestOf } from "../../support/test-authority";
import { content, hour, inputs, issued, none, record, state } from "../../support/declarations";

describe("nextStep", () => {
  it("sees no change where there is none", () => {
    expect(nextStep(state, inputs, issued)).toEqual(none);
    expect(nextStep(state, inputs, issued + 16 * hour - 1)).toEqual(none);
  });

  it.each([
    ["request", { request: requestOf({ username: "joe", groups: [] }) }, "request"],
    ["signerName", { signerName: "example.com/other" }, "request"],
    ["cluster", { cluster: "https://cluster ca:2" }, "cluster"],
    ["expirationSeconds", { expirationSeconds: 3600 }, "expirationSeconds"],
    ["a request that is to be made anew", { request: notYetKnown } as const, "request"],
    [
      "a request, for a signer that is not known yet",
      { request: notYetKnown, signerName: notYetKnown } as const,
      "request",
    ],
  ])("replaces the certificate when %s changes", (_, change, replaced) => {
    expect(nextStep(state, { ...inputs, ...change }, issued)).toEqual({ kind: "replace", causes: [replaced] });
  });

  it.each([
    ["cluster", { cluster: notYetKnown } as const],
    ["kubeconfig", { kubeconfig: notYetKnown } as const],
    ["signerName", { signerName: notYetKnown } as const],
    ["accessUntil", { accessUntil: notYetKnown } as const],
    ["expirationSeconds", { expirationSeconds: notYetKnown } as const],
    ["renewBeforeSeconds", { renewBeforeSeconds: notYetKnown } as const],
    ["access", { access: notYetKnown } as const],
  ])("takes a %s that is not known yet for unchanged", (_, change) => {
    expect(nextStep(state, { ...inputs, ...change }, issued)).toEqual(none);
  });

  it.each([
    ["the administrator's credentials", { kubeconfig: "other" }],
    ["the approval", { approvalMode: "manual" as const, approvalTimeoutSeconds: 0 }],
    ["the time-out", { approvalMode: "manual" as const, approvalTimeoutSeconds: 600 }],
    ["the namespaces", { namespaces: ["dev"] }],
  ])("ignores a change of %s", (_, change) => {
    expect(nextStep(state, { ...inputs, ...change }, issued)).toEqual(none);
  });

  it("renews from the moment on at which a third of the lifetime is left, with the reason", () => {
    expect(nextStep(state, inputs, issued + 16 * hour)).toMatchObject({
      kind: "replace",
      causes: ["notAfter"],
      remark: "certificate expires 2028-02-29T12:00:00Z, renewal due since 2028-02-29T04:00:00Z",
    });
  });

  it("renews an expired certificate", () => {
    const remark = "certificate expired 2028-02-29T12:00:00Z";
    expect(nextStep(state, inputs, issued + 25 * hour)).toMatchObject({
      kind: "replace",
      causes: ["notAfter"],
      remark,
    });
  });

  it("follows the new renewBeforeSeconds, not the one that the certificate was issued with", () => {
    const wanted = { ...inputs, renewBeforeSeconds: 3600 };
    expect(nextStep(state, wanted, issued + 20 * hour)).toEqual(record);
    expect(nextStep({ ...state, renewBeforeSeconds: 3600 }, inputs, issued + 20 * hour)).toMatchObject({
      kind: "replace",
      causes: ["notAfter"],
    });
  });

  it("asks for an update where a certificate has not been verified and can be", () => {
    const unverified = { ...state, verified: false };
    const { privateKey: _, ...withoutKey } = inputs;
    expect(nextStep(unverified, inputs, issued)).toEqual(record);
    expect(nextStep(unverified, { ...inputs, verify: false }, issued)).toEqual(none);
    expect(nextStep(unverified, withoutKey, issued)).toEqual(none);
  });
});

describe("nextStep with accessUntil", () => {
  const at = (milliseconds: number): { accessUntil: string } => ({ accessUntil: formatTime(issued + milliseconds) });
  const known = (end: number) =>
    [
      { ...state, ...at(end) },
      { ...inputs, ...at(end) },
    ] as const;

  it("replaces a certificate that would outlive it", () => {
    const [old, wanted] = known(20 * hour);
    expect(nextStep(old, wanted, issued)).toEqual({
      kind: "replace",
      causes: ["accessUntil"],
      remark: "certificate outlives accessUntil (2028-02-29T08:00:00Z)",
    });
  });

  it("does not renew a certificate that lasts to the end", () => {
    expect(nextStep(...known(24 * hour), issued + 20 * hour)).toEqual(none);
    expect(nextStep(...known(24 * hour + 60_000), issued + 20 * hour)).toEqual(none);
  });

  it("renews one that does not", () => {
    const closest = 24 * hour + endToleranceSeconds * 1000;
    expect(nextStep(...known(closest - 1000), issued + 20 * hour)).toEqual(none);
    expect(nextStep(...known(closest), issued + 20 * hour)).toMatchObject({ kind: "replace", causes: ["notAfter"] });
    expect(nextStep(...known(48 * hour), issued + 20 * hour)).toMatchObject({ kind: "replace", causes: ["notAfter"] });
  });

  it("says that it is too soon for another certificate", () => {
    const remark = "access ends 2028-02-29T12:03:00Z: too soon for another certificate";
    expect(nextStep(...known(24 * hour + 180_000), issued + 24 * hour - 1000)).toEqual({ ...none, remark });
    // Nobody misses another one yet.
    const [old, wanted] = known(24 * hour + 180_000);
    const late = { renewBeforeSeconds: 60 };
    expect(nextStep({ ...old, ...late }, { ...wanted, ...late }, issued + 24 * hour - 120_000)).toEqual(none);
  });

  it("records an end that has changed, or is declared no more", () => {
    const [old, wanted] = known(48 * hour);
    expect(nextStep(old, { ...wanted, ...at(100 * hour) }, issued)).toEqual(record);
    expect(nextStep(old, inputs, issued)).toEqual(record);
    expect(nextStep(old, wanted, issued)).toEqual(none);
  });

  it("replaces nothing from the very moment of its end on", () => {
    const [old, wanted] = known(20 * hour);
    const change = { ...wanted, cluster: "https://cluster ca:2" };
    expect(nextStep(old, change, issued + 20 * hour - 1000)).toMatchObject({ kind: "replace", causes: ["cluster"] });
    const remark =
      "access ended 2028-02-29T08:00:00Z: nothing is renewed any more, and there are no Roles and bindings";
    expect(nextStep(old, change, issued + 20 * hour)).toEqual({ ...record, remark });
  });

  it("records its end once while a certificate is valid, so that it is reported", () => {
    const [old, wanted] = known(20 * hour);
    const ended = issued + 20 * hour;
    const kindOf = (state: typeof old, now: number): string => nextStep(state, wanted, now).kind;
    expect(kindOf(old, ended)).toBe("record");
    expect(kindOf(old, issued + 24 * hour - 1)).toBe("record");
    expect(kindOf(old, issued + 24 * hour)).toBe("none");
    expect(kindOf({ ...old, ended: true }, ended)).toBe("none");
    const summary = {
      username: "jane",
      groups: [],
      serialNumber: "0",
      credentialId: "",
      notAfter: formatTime(issued + 30 * hour),
    };
    expect(kindOf({ ...old, replaced: [summary] }, issued + 25 * hour)).toBe("record");
  });

  it("replaces nothing once it is past, whatever else has changed", () => {
    const [old, wanted] = known(24 * hour);
    const later = nextStep(old, { ...wanted, expirationSeconds: 3600 }, issued + 25 * hour);
    expect(later.kind).toBe("none");
    expect(later.remark).toContain("access ended 2028-02-29T12:00:00Z");
  });
});

describe("nextStep where no run waits for an approval", () => {
  const waiting = { ...inputs, approvalMode: "manual" as const, approvalTimeoutSeconds: 0 };
  const asked = {
    csrName: "jane-2",
    content,
    cluster: inputs.cluster,
    expirationSeconds: 86400,
    declaration: declarationDigest(content, waiting),
    terms: termsDigest(content, waiting),
    otherKey: false,
  };
  const pending: OpenRequest = { phase: "pending", ...asked };
  const denied: OpenRequest = { phase: "denied", ...asked, reason: "no", foundAt: formatTime(issued) };
  const unissued = (openRequest: OpenRequest) => unissuedState(openRequest, { access: inputs.access });
  const other = { request: requestOf({ username: "jane", groups: ["a"] }) };

  it.each([
    ["request", other],
    ["signerName", { signerName: "example.com/other" }],
    ["cluster", { cluster: "https://cluster ca:2" }],
    ["expirationSeconds", { expirationSeconds: 3600 }],
  ])("asks by an update for a certificate with another %s, so that the present one stays", (_, change) => {
    expect(nextStep(state, { ...waiting, ...change }, issued).kind).toBe("issue");
  });

  it("renews by an update, once, and then resumes", () => {
    expect(nextStep(state, waiting, issued + 20 * hour)).toMatchObject({ kind: "issue", causes: ["notAfter"] });
    expect(nextStep({ ...state, openRequest: pending }, waiting, issued + 20 * hour)).toMatchObject({ kind: "resume" });
    expect(nextStep({ ...state, openRequest: pending }, waiting, issued + 30 * hour)).toMatchObject({ kind: "resume" });
  });

  it("replaces where a run waits for the approval, or gives it itself", () => {
    for (const terms of [{ approvalTimeoutSeconds: 300 }, { approvalMode: "automatic" as const }]) {
      expect(nextStep(state, { ...waiting, ...terms }, issued + 20 * hour)).toMatchObject({ kind: "replace" });
    }
  });

  it("lets go of a successor that is not wanted any more", () => {
    expect(nextStep({ ...state, openRequest: pending }, waiting, issued)).toEqual(record);
    expect(nextStep({ ...state, openRequest: denied }, inputs, issued)).toEqual(record);
  });

  it("adopts a certificate in place of a request that waits or was denied, and never in place of a certificate", () => {
    const wanted = { ...waiting, adopt: { certificate: "PEM" } };
    const denied: OpenRequest = { ...pending, phase: "denied", reason: "no", foundAt: formatTime(issued) };
    for (const old of [unissued(pending), unissued(denied), { phase: "pending" } as const]) {
      expect(nextStep(old, wanted, issued)).toEqual({ kind: "adopt" });
      expect(nextStep(old, { ...waiting, adopt: notYetKnown }, issued)).toEqual({ kind: "adopt" });
    }
    expect(nextStep(state, wanted, issued)).toEqual(none);
    expect(nextStep(state, { ...wanted, expirationSeconds: 3600 }, issued)).toMatchObject({ kind: "issue" });
    expect(nextStep({ ...state, openRequest: pending }, wanted, issued + 20 * hour)).toMatchObject({ kind: "resume" });
    const ended = { ...wanted, accessUntil: formatTime(issued) };
    expect(nextStep(unissued(pending), ended, issued).kind).toBe("record");
  });

  it("resumes a request that is pending, and asks anew when what it asks for has changed", () => {
    expect(nextStep(unissued(pending), waiting, issued)).toEqual({ kind: "resume" });
    expect(nextStep(unissued(pending), { ...waiting, access: [] }, issued)).toEqual({ kind: "resume" });
    expect(nextStep(unissued(pending), { ...waiting, ...other }, issued)).toEqual({
      kind: "issue",
      causes: ["openRequest"],
    });
    expect(nextStep(unissued(pending), { ...waiting, expirationSeconds: 3600 }, issued).kind).toBe("issue");
    expect(nextStep({ phase: "pending", csrName: "jane-1", cluster: inputs.cluster }, waiting, issued)).toEqual({
      kind: "resume",
      otherTerms: true,
    });
  });

  it.each([
    ["a hook", { hooked: false }],
    ["another mode", { approvalMode: "automatic" as const }],
    ["another time-out", { approvalTimeoutSeconds: 300 }],
    ["an end of access", { accessUntil: formatTime(issued + 100 * hour) }],
  ])("tells a request that is resumed with %s from one on the same terms", (_, change) => {
    expect(nextStep(unissued(pending), { ...waiting, ...change }, issued)).toEqual({
      kind: "resume",
      otherTerms: true,
    });
  });

  it("asks for nothing any more for who is pending when the access ends, and says so", () => {
    const wanted = { ...waiting, accessUntil: formatTime(issued + hour) };
    const old = { ...unissued(pending), accessUntil: wanted.accessUntil };
    expect(nextStep(old, wanted, issued).kind).toBe("resume");
    for (const late of [issued + hour - 60_000, issued + 2 * hour]) {
      expect(nextStep(old, wanted, late)).toEqual({
        ...none,
        remark: "access ends 2028-02-28T13:00:00Z: it was never approved, and it is too late for a certificate",
      });
    }
    const longer = { ...wanted, accessUntil: formatTime(issued + 100 * hour) };
    expect(nextStep(old, longer, issued + 2 * hour).kind).toBe("resume");
  });

  it("asks nobody again for who was denied, whatever the clock says", () => {
    expect(nextStep(unissued(denied), waiting, issued)).toEqual(none);
    expect(nextStep(unissued(denied), waiting, issued + 1000 * hour)).toEqual(none);
    expect(nextStep({ ...state, openRequest: denied }, waiting, issued + 20 * hour)).toMatchObject(none);
    expect(nextStep({ ...state, openRequest: denied }, waiting, issued + 30 * hour)).toMatchObject(none);
  });

  it("records an option of who was denied that decides nothing, and keeps the answer", () => {
    const wanted = { ...waiting, renewBeforeSeconds: 3600 };
    expect(nextStep(unissued(denied), wanted, issued)).toEqual({ ...record, openRequest: denied });
    const expired = nextStep({ ...state, openRequest: denied }, wanted, issued + 30 * hour);
    expect(expired).toMatchObject({ ...record, openRequest: denied });
  });

  it.each([
    ["request", other],
    ["signerName", { signerName: "example.com/other" }],
    ["cluster", { cluster: "https://cluster ca:2" }],
    ["expirationSeconds", { expirationSeconds: 3600 }],
    ["accessUntil", { accessUntil: formatTime(issued + 100 * hour) }],
    ["a request that is to be made anew", { request: notYetKnown } as const],
    ["access", { access: [] }],
    ["approvalMode", { approvalMode: "automatic" as const }],
    ["approvalTimeoutSeconds", { approvalTimeoutSeconds: 300 }],
  ])("asks anew for who was denied when %s changes", (_, change) => {
    expect(nextStep(unissued(denied), { ...waiting, ...change }, issued).kind).toBe("issue");
  });

  it.each([
    ["access", { access: notYetKnown } as const],
    ["cluster", { cluster: notYetKnown } as const],
    ["signerName", { signerName: notYetKnown } as const],
  ])("takes %s that is not known yet for unchanged", (_, change) => {
    expect(nextStep(unissued(denied), { ...waiting, ...change }, issued)).toEqual(none);
    expect(nextStep(unissued(pending), { ...waiting, ...change }, issued)).toEqual({ kind: "resume" });
  });
});
