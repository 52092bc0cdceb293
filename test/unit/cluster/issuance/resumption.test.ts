import { readRequestObject, type RequestObject } from "../../../../components/cluster/issuance/request-object";
import { type Wanted, acceptCertificate, sortFound } from "../../../../components/cluster/issuance/resumption";
import { type KubernetesUserError } from "../../../../components/core/errors";
import { type IssuanceRequest, issuanceRequestOf } from "../../../../components/core/csr/issuance-request";
import { errorOf, expectError } from "../../support/errors";
import { janesIssuanceRequest, janesRequest } from "../../support/issuances";
import { type CertificateContent, requestOf, signCertificate } from "../../support/test-authority";

const now = Date.UTC(2026, 10, 1, 12);
const hour = 3_600_000;
const accessUntil = now + 48 * hour;

/** What is asked for two days before the access ends, with an option of an hour. */
const limited: IssuanceRequest = issuanceRequestOf(janesIssuanceRequest.request, {
  ...janesIssuanceRequest,
  expirationSeconds: 3600,
  limit: { accessUntil, expirationSeconds: 3600 },
});

/** A request of jane's content, as the server has it. */
function found(spec: object = {}, status: object = {}, metadata: object = {}): RequestObject {
  const manifest = janesRequest();
  const object = readRequestObject({
    ...manifest,
    metadata: { ...manifest.metadata, uid: "u", resourceVersion: "1", ...metadata },
    spec: { ...manifest.spec, expirationSeconds: 3600, ...spec },
    status,
  });
  if (object === undefined) {
    throw new Error("it is no request");
  }
  return object;
}

function withCertificate(content: Partial<CertificateContent> = {}): object {
  const valid = { notBefore: now - 300_000, notAfter: now + hour };
  const pem = signCertificate({ ...janesIssuanceRequest, ...valid, ...content });
  return { conditions: [{ type: "Approved" }], certificate: Buffer.from(pem).toString("base64") };
}

function resumed(
  request: RequestObject,
  issuanceRequest: IssuanceRequest,
  more: Partial<Wanted> = {},
): RequestObject | undefined {
  const wanted = { issuanceRequest, approval: { timeoutSeconds: 300 }, usable: () => true, ...more };
  return sortFound([request], now, wanted).resumed;
}

const unlimited: IssuanceRequest = { ...janesIssuanceRequest, expirationSeconds: 3600 };
const stages = [
  ["pending", {}],
  ["approved", { conditions: [{ type: "Approved" }] }],
  ["issued", withCertificate({ notAfter: now + hour / 2 })],
] as const;

describe.each(stages)("a %s request", (_, status) => {
  it.each([
    ["without an end of access", unlimited],
    ["with one", limited],
  ])("%s is resumed when it is what would be submitted", (_, issuanceRequest) => {
    const request = found({}, status);
    expect(resumed(request, issuanceRequest)).toBe(request);
  });

  const foreign: readonly (readonly [string, object, object])[] = [
    ["no lifetime", { expirationSeconds: undefined }, {}],
    ["a lifetime that is a second too long", { expirationSeconds: 3601 }, {}],
    ["another signer", { signerName: "example.com/other" }, {}],
    ["more usages", { usages: ["client auth", "digital signature"] }, {}],
    ["no usages", { usages: [] }, {}],
    ["another request", { request: Buffer.from(requestOf(janesIssuanceRequest, "P384")).toString("base64") }, {}],
    ["a field that is not known", { profile: "admin" }, {}],
    ["an owner", {}, { ownerReferences: [{ uid: "o" }] }],
    ["a deletion under way", {}, { deletionTimestamp: "2026-11-01T12:00:00Z" }],
  ];

  it.each(foreign)("with %s is never resumed, whether access ends or not", (_, spec, metadata) => {
    const request = found(spec, status, metadata);
    expect(resumed(request, unlimited)).toBeUndefined();
    expect(resumed(request, limited)).toBeUndefined();
  });

  it("that asked for less, as the end of access was nearer or its approval took time, is resumed then only", () => {
    const request = found({ expirationSeconds: 1800 }, status);
    expect(resumed(request, limited)).toBe(request);
    expect(resumed(request, unlimited)).toBeUndefined();
  });
});

describe("a request with an end of access", () => {
  const until = (end: number): IssuanceRequest => ({
    ...limited,
    limit: { accessUntil: end, expirationSeconds: 3600 },
  });

  it.each(stages.slice(0, 2))("that is %s is resumed as long as a certificate of now ends in time", (_, status) => {
    const request = found({}, status);
    expect(resumed(request, until(now + hour))).toBe(request);
    expect(resumed(request, until(now + hour - 1))).toBeUndefined();
  });

  it("that is issued is resumed while its certificate ends in time", () => {
    const request = found({}, withCertificate({ notAfter: now + hour / 2 }));
    expect(resumed(request, until(now + hour / 2))).toBe(request);
    expect(resumed(request, until(now + hour / 2 - 1000))).toBeUndefined();
  });
});

describe("sortFound", () => {
  const due = { usable: (): boolean => false };

  it("supersedes what it has submitted and is due, and nothing that is not ours or was declared in a file", () => {
    const sorted = (request: RequestObject): readonly RequestObject[] =>
      sortFound([request], now, { issuanceRequest: limited, approval: { timeoutSeconds: 300 }, ...due }).superseded;
    const request = found({}, withCertificate());
    expect(sorted(request)).toEqual([request]);
    expect(sorted(found({ expirationSeconds: undefined }, withCertificate()))).toEqual([]);
    expect(sorted(found({}, withCertificate(), { name: "jane-0123456789ab-3600s" }))).toEqual([]);
    expect(sorted(found({}, withCertificate({ username: "mallory" })))).toEqual([]);
  });

  it("keeps a certificate that is valid from tomorrow on, by a clock that may be wrong", () => {
    const request = found({}, withCertificate({ notBefore: now + 1000, notAfter: now + hour }));
    expect(resumed(request, limited, due)).toBe(request);
    const valid = found({}, withCertificate({ notBefore: now, notAfter: now + hour }));
    expect(resumed(valid, limited, due)).toBeUndefined();
  });

  it("tells of a denial only when nobody waits, and only of a request that is ours", () => {
    const denied = { conditions: [{ type: "Denied" }] };
    const nobody = { approval: { timeoutSeconds: 0 } };
    const request = found({}, denied);
    expect(resumed(request, limited, nobody)).toBe(request);
    expect(resumed(request, limited)).toBeUndefined();
    expect(resumed(found({ expirationSeconds: undefined }, denied), limited, nobody)).toBeUndefined();
    expect(resumed(request, limited, { ...nobody, answered: request.name })).toBeUndefined();
    expect(resumed(request, limited, { ...nobody, answered: "another" })).toBe(request);
  });
});

describe("acceptCertificate", () => {
  const refusal = (request: RequestObject, issuanceRequest: IssuanceRequest): KubernetesUserError =>
    errorOf(() => acceptCertificate(request, issuanceRequest));
  const lasting = (seconds: number): object => withCertificate({ notBefore: now, notAfter: now + seconds * 1000 });

  it("takes no certificate for none", () => {
    expectError(refusal(found(), limited), "certificate-mismatch", "not a PEM certificate");
  });

  it("bounds a certificate by what its own request asked for", () => {
    const longest = found({ expirationSeconds: 1800 }, lasting(1800 + 600));
    expect(acceptCertificate(longest, limited).facts.notAfter).toBe(now + 2_400_000);
    const words = "longer than the requested 30 minutes";
    expectError(refusal(found({ expirationSeconds: 1800 }, lasting(2401)), limited), "certificate-mismatch", words);
  });

  it("takes a certificate of an earlier request, when less would be asked for by now", () => {
    const later = { ...limited, expirationSeconds: 1800 };
    const request = found({ expirationSeconds: 3600 }, lasting(3600));
    expect(acceptCertificate(request, later).facts.notAfter).toBe(now + hour);
  });

  it.each([undefined, 31_536_000])("bounds it by our own lifetime when its request asked for %p", (asked) => {
    const request = found({ expirationSeconds: asked }, lasting(3600 + 601));
    for (const issuanceRequest of [limited, unlimited]) {
      expectError(refusal(request, issuanceRequest), "certificate-mismatch", "longer than the requested 1 hour");
    }
  });

  it("bounds it by the end of access", () => {
    const request = found({}, withCertificate({ notAfter: now + hour }));
    const issuanceRequest = { ...limited, limit: { accessUntil: now + hour - 1000, expirationSeconds: 3600 } };
    expectError(refusal(request, issuanceRequest), "certificate-mismatch", "after accessUntil (2026-11-01T12:59:59Z)");
  });
});
