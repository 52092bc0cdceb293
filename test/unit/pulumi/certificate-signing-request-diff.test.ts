import { parseRequest } from "../../../components/core/certification-request";
import { contentDigest, defaultSignerName } from "../../../components/core/issue";
import { formatTime } from "../../../components/core/time";
import { compare } from "../../../components/pulumi/certificate-signing-request-diff";
import {
  type CertificateSigningRequestInputs,
  type CertificateSigningRequestState,
} from "../../../components/pulumi/certificate-signing-request-state";
import { requestOf } from "../support/test-authority";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const issued = Date.UTC(2028, 1, 28, 12);
const hour = 3_600_000;
const request = requestOf({ username: "jane", groups: [] });

const inputs: CertificateSigningRequestInputs = {
  username: "jane",
  groups: [],
  request,
  signerName: defaultSignerName,
  expirationSeconds: 86400,
  approvalMode: "automatic",
  approvalTimeoutSeconds: 300,
  issuanceTimeoutSeconds: 60,
  namespaces: [],
  cluster: "https://cluster ca:1",
  verify: true,
  privateKey: "secret",
};

const state: CertificateSigningRequestState = {
  certificate: "PEM",
  csrName: "jane-1",
  serialNumber: "1",
  notBefore: formatTime(issued),
  notAfter: formatTime(issued + 24 * hour),
  renewAfter: formatTime(issued + 16 * hour),
  content: contentDigest({ ...inputs, request: parseRequest(request) }),
  cluster: inputs.cluster,
  expirationSeconds: 86400,
  verified: true,
};

const unchanged = { changes: false, replaces: [], deleteBeforeReplace: false, remark: undefined };

describe("compare", () => {
  it("sees no change where there is none", () => {
    expect(compare(state, inputs, issued)).toEqual(unchanged);
    expect(compare(state, inputs, issued + 16 * hour - 1)).toEqual(unchanged);
  });

  it.each([
    ["request", { request: requestOf({ username: "joe", groups: [] }) }, "request"],
    ["signerName", { signerName: "example.com/other" }, "request"],
    ["cluster", { cluster: "https://cluster ca:2" }, "cluster"],
    ["expirationSeconds", { expirationSeconds: 3600 }, "expirationSeconds"],
    ["a request that is to be made anew", { request: unknown }, "request"],
  ])("replaces the certificate when %s changes", (_, change, replaced) => {
    expect(compare(state, { ...inputs, ...change }, issued)).toMatchObject({ changes: true, replaces: [replaced] });
  });

  it.each([
    ["cluster", { cluster: unknown }],
    ["kubeconfig", { kubeconfig: unknown }],
    ["signerName", { signerName: unknown }],
    ["accessUntil", { accessUntil: unknown }],
  ])("takes a %s that is not known yet for unchanged", (_, change) => {
    expect(compare(state, { ...inputs, ...change }, issued)).toEqual(unchanged);
  });

  it.each([
    ["the administrator's credentials", { kubeconfig: "other" }],
    ["the approval", { approvalMode: "manual" as const, approvalTimeoutSeconds: 0 }],
    ["the namespaces", { namespaces: ["dev"] }],
  ])("ignores a change of %s", (_, change) => {
    expect(compare(state, { ...inputs, ...change }, issued)).toEqual(unchanged);
  });

  it("renews from the moment on at which a third of the lifetime is left, with the reason", () => {
    expect(compare(state, inputs, issued + 16 * hour)).toMatchObject({
      replaces: ["notAfter"],
      remark: "certificate expires 2028-02-29T12:00:00Z, renewal due since 2028-02-29T04:00:00Z",
    });
  });

  it("renews an expired certificate", () => {
    const remark = "certificate expired 2028-02-29T12:00:00Z";
    expect(compare(state, inputs, issued + 25 * hour)).toMatchObject({ replaces: ["notAfter"], remark });
  });

  it("follows the new renewBeforeSeconds, not the one that the certificate was issued with", () => {
    const wanted = { ...inputs, renewBeforeSeconds: 3600 };
    expect(compare(state, wanted, issued + 20 * hour)).toEqual({ ...unchanged, changes: true });
    expect(compare({ ...state, renewBeforeSeconds: 3600 }, inputs, issued + 20 * hour)).toMatchObject({
      replaces: ["notAfter"],
    });
  });

  it("goes on by an update where a request was only submitted, and replaces it when it has changed", () => {
    const nothing = { certificate: "", serialNumber: "", notBefore: "", notAfter: "", renewAfter: "" };
    const pending = { ...state, ...nothing, verified: false };
    expect(compare(pending, inputs, issued)).toEqual({ ...unchanged, changes: true });
    expect(compare(pending, { ...inputs, expirationSeconds: 3600 }, issued)).toMatchObject({
      replaces: ["expirationSeconds"],
    });
  });

  it("asks for an update where a certificate has not been verified and can be", () => {
    const unverified = { ...state, verified: false };
    const { privateKey: _, ...withoutKey } = inputs;
    expect(compare(unverified, inputs, issued)).toEqual({ ...unchanged, changes: true });
    expect(compare(unverified, { ...inputs, verify: false }, issued)).toEqual(unchanged);
    expect(compare(unverified, withoutKey, issued)).toEqual(unchanged);
  });
});

describe("compare with accessUntil", () => {
  const at = (milliseconds: number): { accessUntil: string } => ({ accessUntil: formatTime(issued + milliseconds) });
  const known = (end: number) =>
    [
      { ...state, ...at(end) },
      { ...inputs, ...at(end) },
    ] as const;

  it("replaces a certificate that would outlive it", () => {
    const [old, wanted] = known(20 * hour);
    expect(compare(old, wanted, issued)).toMatchObject({ replaces: ["accessUntil"] });
  });

  it("does not renew a certificate that lasts to the end", () => {
    expect(compare(...known(24 * hour), issued + 20 * hour)).toEqual(unchanged);
    expect(compare(...known(24 * hour + 60_000), issued + 20 * hour)).toEqual(unchanged);
  });

  it("renews one that does not", () => {
    expect(compare(...known(48 * hour), issued + 20 * hour)).toMatchObject({ replaces: ["notAfter"] });
  });

  it("says that it is too soon for another certificate", () => {
    const remark = "access ends 2028-02-29T12:03:00Z: too soon for another certificate";
    expect(compare(...known(24 * hour + 180_000), issued + 24 * hour - 1000)).toEqual({ ...unchanged, remark });
  });

  it("replaces nothing once it is past, whatever else has changed", () => {
    const [old, wanted] = known(24 * hour);
    const later = compare(old, { ...wanted, expirationSeconds: 3600 }, issued + 25 * hour);
    expect(later).toMatchObject({ changes: false, replaces: [] });
    expect(later.remark).toContain("access ended 2028-02-29T12:00:00Z");
  });
});
