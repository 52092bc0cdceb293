import { type IssuedState } from "../../../../components/core/lifecycle/certificate-state";
import { type CertificateDeclaration, type PartlyKnown } from "../../../../components/core/lifecycle/declaration";
import { type Step } from "../../../../components/core/lifecycle/next-step";
import { replaceReason } from "../../../../components/core/lifecycle/replace-reason";
import { notYetKnown } from "../../../../components/core/options/validation-errors";
import { janesIssuanceRequest } from "../../support/issuances";
import { signCertificate } from "../../support/test-authority";

const now = Date.UTC(2026, 10, 1);

const inputs: PartlyKnown<CertificateDeclaration> & Pick<CertificateDeclaration, "cluster"> = {
  username: "jane",
  groups: ["developers", "oncall"],
  request: notYetKnown,
  signerName: janesIssuanceRequest.signerName,
  expirationSeconds: 86400,
  hooked: false,
  approvalMode: "automatic",
  approvalTimeoutSeconds: 300,
  issuanceTimeoutSeconds: 60,
  access: [],
  cluster: "https://prod.test ca:0",
  verify: false,
};

const old: IssuedState = {
  phase: "issued",
  certificate: signCertificate({ ...janesIssuanceRequest, notBefore: now, notAfter: now + 86_400_000 }),
  csrName: "jane-0",
  serialNumber: "0A",
  credentialId: "X509SHA256=0a",
  notBefore: "2026-11-01T00:00:00Z",
  notAfter: "2026-11-02T00:00:00Z",
  renewAfter: "2026-11-01T16:00:00Z",
  content: "0",
  cluster: inputs.cluster,
  expirationSeconds: 86400,
  verified: true,
  rotation: "1",
};

const request: Step = { kind: "replace", causes: ["request"] };

describe("replaceReason", () => {
  it.each([
    ["a rotation", { rotation: "2" }, "rotation changed"],
    ["a rotation that is not declared any more", {}, "rotation changed"],
    ["a rotation that is not known yet", { rotation: notYetKnown } as const, "request changed"],
    ["a user", { rotation: "1", username: "joe" }, "username changed"],
    ["a user that is not known yet", { rotation: "1", username: notYetKnown } as const, "request changed"],
    ["groups and a rotation", { rotation: "2", groups: ["oncall"] }, "rotation changed; groups changed"],
    ["groups that are not known yet", { rotation: "1", groups: notYetKnown } as const, "request changed"],
    ["the same groups in another order", { rotation: "1", groups: ["oncall", "developers"] }, "request changed"],
    ["a key of another kind", { rotation: "1" }, "request changed"],
  ])("names what made another request: %s", (_, difference, reason) => {
    expect(replaceReason(old, { ...inputs, ...difference }, request)).toBe(reason);
  });

  it("says nothing of a rotation that a state of an earlier version does not have", () => {
    const { rotation, ...earlier } = old;
    expect(rotation).toBe("1");
    expect(replaceReason(earlier, { ...inputs, rotation: "2" }, request)).toBe("request changed");
  });

  it("says what the clock says, and names options beside it", () => {
    const step: Step = {
      kind: "replace",
      causes: ["expirationSeconds", "cluster", "notAfter"],
      remark: "renewal is due",
    };
    expect(replaceReason(old, inputs, step)).toBe("renewal is due; expirationSeconds changed; cluster changed");
    expect(replaceReason(old, inputs, { kind: "replace", causes: ["accessUntil"], remark: "it outlives" })).toBe(
      "it outlives",
    );
  });

  it.each([
    { kind: "none" },
    { kind: "record", remark: "access ended" },
    { kind: "issue", causes: ["notAfter"] },
  ] as const)("is none where nothing is replaced: %j", (step) => {
    expect(replaceReason(old, inputs, step)).toBeUndefined();
  });
});
