import { type OpenRequest, unissuedState } from "../../../../components/core/lifecycle/certificate-state";
import { parseRequest } from "../../../../components/core/csr/certification-request";
import { contentDigest, defaultSignerName } from "../../../../components/core/csr/issuance-request";
import { formatTime } from "../../../../components/core/time";
import { type ApprovalRequest, judgement } from "../../../../components/pulumi/approval/approval-judgement";
import {
  type CertificateDeclaration,
  declarationDigest,
  termsDigest,
} from "../../../../components/core/lifecycle/declaration";
import { storedGrants } from "../../../../components/core/rbac/stored-grants";
import { hour, inputs as declared, issued as now, state, storedDeclaration } from "../../support/declarations";
import { requestOf, signCertificate } from "../../support/test-authority";

const view = { namespaces: ["dev"], clusterRole: "view" };
const admin = { clusterWide: true, clusterRole: "cluster-admin" };

const inputs: CertificateDeclaration = {
  ...declared,
  groups: ["developers"],
  request: requestOf({ username: "jane", groups: ["developers"] }),
  approvalMode: "manual",
  approvalTimeoutSeconds: 0,
  access: [view],
  kubeconfig: "SEEKRIT",
  privateKey: "SEEKRIT",
};

const content = contentDigest({ ...inputs, request: parseRequest(inputs.request) });
const issued = { ...state, content, access: [view] };

const asked = {
  csrName: "jane-2",
  content,
  cluster: inputs.cluster,
  expirationSeconds: 86400,
  declaration: declarationDigest(content, inputs),
  terms: termsDigest(content, inputs),
  otherKey: false,
};
const unissued = (openRequest: OpenRequest) => unissuedState(openRequest, { access: [view] });
const pending = unissued({ phase: "pending", ...asked });
const denied = unissued({ phase: "denied", ...asked, reason: "no", foundAt: formatTime(now) });

function judged(wanted: unknown, old: unknown, at = now): ApprovalRequest | undefined {
  return judgement(wanted, old, "https://cluster", at);
}

describe("judgement", () => {
  it("has everything that there is to judge of a new resource, and nothing secret", () => {
    const request = judged(inputs, undefined);
    expect(request).toEqual({
      phase: "issue",
      username: "jane",
      groups: ["developers"],
      signerName: defaultSignerName,
      usages: ["client auth"],
      expirationSeconds: 86400,
      keyAlgorithm: "ECDSA",
      keySize: 256,
      request: inputs.request,
      access: [view],
      server: "https://cluster",
    });
    expect(JSON.stringify(request)).not.toContain("SEEKRIT");
  });

  it("is an issue when an update issues: at a renewal, for other content, and after a denial", () => {
    const expected = { phase: "issue", previousAccess: [view] };
    expect(judged(inputs, issued, now + 20 * hour)).toMatchObject(expected);
    expect(judged({ ...inputs, expirationSeconds: 3600 }, issued)).toMatchObject(expected);
    expect(judged({ ...inputs, expirationSeconds: 3600 }, pending)).toMatchObject(expected);
    expect(judged({ ...inputs, access: [] }, denied)).toMatchObject({ ...expected, access: [] });
  });

  it.each([
    ["who has a certificate", issued],
    ["who is pending", pending],
  ])("is of access when that of somebody %s is widened", (_, old) => {
    expect(judged({ ...inputs, access: [view, admin] }, old)).toMatchObject({
      phase: "access",
      access: [view, admin],
      previousAccess: [view],
    });
  });

  it("is of access when that of somebody holds for longer, or for ever", () => {
    const limited = { ...issued, accessUntil: formatTime(now + 48 * hour) };
    const longer = formatTime(now + 96 * hour);
    expect(judged({ ...inputs, accessUntil: longer }, limited)).toMatchObject({ phase: "access", accessUntil: longer });
    expect(judged(inputs, limited)).toMatchObject({ phase: "access", access: [view], previousAccess: [view] });
  });

  it.each([
    ["a hook that was not there", { hooked: false }],
    ["an approval of the run's own", { approvalMode: "manual" as const, approvalTimeoutSeconds: 300 }],
    ["another end of access", { accessUntil: formatTime(now + 48 * hour) }],
  ])("is an issue when a request is resumed that was submitted with %s", (_, terms) => {
    const submitted = { ...inputs, ...terms };
    const openRequest = { phase: "pending" as const, ...asked, terms: termsDigest(content, submitted) };
    expect(judged(inputs, unissued(openRequest))).toMatchObject({ phase: "issue" });
  });

  it("is of nothing when a request is resumed whose terms are the defaults, which the inputs leave out", () => {
    const terms = { hooked: false, approvalMode: "automatic", approvalTimeoutSeconds: 300 } as const;
    const submitted = { ...inputs, ...terms };
    const openRequest = { phase: "pending" as const, ...asked, terms: termsDigest(content, submitted) };
    const stored = storedDeclaration(submitted);
    expect(stored).not.toHaveProperty("approvalMode");
    expect(judged(stored, unissued(openRequest))).toBeUndefined();
  });

  describe("of a certificate that may be adopted", () => {
    const day = 24 * hour;
    const certificate = signCertificate({
      ...{ username: "jane", groups: ["developers"], request: inputs.request },
      ...{ notBefore: now - 30 * day, notAfter: now + 335 * day },
    });
    const wanted = { ...inputs, adopt: { certificate } };

    it("has it, and the longer of the two lifetimes", () => {
      expect(judged(wanted, undefined)).toMatchObject({ phase: "issue", certificate, expirationSeconds: 365 * 86400 });
      expect(judged({ ...wanted, expirationSeconds: 2 ** 30 }, undefined)?.expirationSeconds).toBe(2 ** 30);
      expect(judged(wanted, pending)).toMatchObject({ phase: "issue", certificate, previousAccess: [view] });
      expect(judged(inputs, undefined)).not.toHaveProperty("certificate");
    });

    it("leaves out one that is due, which is not adopted", () => {
      const request = judged(wanted, undefined, now + 335 * day - hour);
      expect(request).toMatchObject({ phase: "issue", expirationSeconds: 86400 });
      expect(request).not.toHaveProperty("certificate");
    });

    it("leaves it out where another resource is replaced, which has a request issued", () => {
      const request = judged({ ...wanted, replaceReason: "renewal" }, undefined);
      expect(request).toMatchObject({ phase: "issue", expirationSeconds: 86400 });
      expect(request).not.toHaveProperty("certificate");
    });

    it("judges nothing where there is a certificate already", () => {
      expect(judged(wanted, issued)).toBeUndefined();
    });
  });

  it("takes grants that were never recorded for none", () => {
    const { access: _, ...older } = issued;
    expect(judged(inputs, older)).toMatchObject({ phase: "access", previousAccess: [] });
  });

  it.each([
    ["takes access away", { access: [] }, issued],
    ["changes nothing", {}, issued],
    ["records an option", { renewBeforeSeconds: 60 }, issued],
    ["resumes a request that was judged", {}, pending],
    ["leaves a denial as it is", { renewBeforeSeconds: 60 }, denied],
  ])("is none for an update that %s", (_, change, old) => {
    expect(judged({ ...inputs, ...change }, old)).toBeUndefined();
  });

  it("shows grants as they were declared, whichever way the inputs keep them", () => {
    const access = storedGrants([view, admin]);
    expect(judged({ ...inputs, access }, undefined)).toMatchObject({ phase: "issue", access: [view, admin] });
    expect(judged({ ...inputs, access }, issued)).toMatchObject({ phase: "access", access: [view, admin] });
    expect(judged({ ...inputs, access: storedGrants([view]) }, issued)).toBeUndefined();
  });

  it.each([
    undefined,
    {},
    { ...inputs, request: 1 },
    ...[undefined, "", "view"].map((access) => ({ ...inputs, access })),
  ])("refuses inputs that are none, rather than let them pass unjudged: %j", (wanted) => {
    expect(() => judged(wanted, issued)).toThrow("no request to judge");
  });
});
