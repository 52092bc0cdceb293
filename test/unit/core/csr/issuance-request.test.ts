import { parseRequest } from "../../../../components/core/csr/certification-request";
import {
  type IssuanceRequest,
  contentDigest,
  contentLabel,
  declaredRequestManifest,
  issuanceRequestOf,
  requireIdentity,
  defaultSignerName,
  isRequestName,
  isSubmitted,
  requestManifest,
  usages,
} from "../../../../components/core/csr/issuance-request";
import { errorOf, expectError } from "../../support/errors";
import { requestOf } from "../../support/test-authority";

const identity = { username: "jane", groups: ["developers"] };
const issuanceRequest: IssuanceRequest = issuanceRequestOf(parseRequest(requestOf(identity)), {
  signerName: defaultSignerName,
  expirationSeconds: 86400,
});
const otherKey = parseRequest(requestOf(identity, "P384"));

function decoded(base64: string): string {
  return Buffer.from(base64, "base64").toString("utf8");
}

describe("requestManifest", () => {
  it("asks for what was given, for a client, and carries labels to be found by", () => {
    const manifest = requestManifest(issuanceRequest, 0);
    expect(manifest).toMatchObject({
      apiVersion: "certificates.k8s.io/v1",
      kind: "CertificateSigningRequest",
      metadata: {
        labels: { "app.kubernetes.io/managed-by": "kubernetes-user", [contentLabel]: contentDigest(issuanceRequest) },
      },
      spec: { signerName: defaultSignerName, expirationSeconds: 86400, usages: ["client auth"] },
    });
    expect(decoded(manifest.spec.request)).toBe(issuanceRequest.request.pem);
  });

  it("is the same every time, but for the index in its name", () => {
    expect(requestManifest(issuanceRequest, 0)).toEqual(requestManifest({ ...issuanceRequest }, 0));
    const [first, second] = [requestManifest(issuanceRequest, 0), requestManifest(issuanceRequest, 1)];
    expect(first.metadata.name.replace(/-0$/, "-1")).toBe(second.metadata.name);
    expect({ ...first, metadata: second.metadata }).toEqual(second);
  });

  it.each([
    ["jane", /^jane-[0-9a-f]{12}-0$/],
    ["Jane.Doe@Example.com", /^jane-doe-example-com-[0-9a-f]{12}-0$/],
    ["☃", /^user-[0-9a-f]{12}-0$/],
    ["--jane--", /^jane-[0-9a-f]{12}-0$/],
    ["x".repeat(64), /^x{40}-[0-9a-f]{12}-0$/],
    [`${"x".repeat(39)}.y`, /^x{39}-[0-9a-f]{12}-0$/],
    ["jane . doe", /^jane-doe-[0-9a-f]{12}-0$/],
  ])("is named after the user %j, as RFC 1123 allows", (username, name) => {
    expect(requestManifest({ ...issuanceRequest, username }, 0).metadata.name).toMatch(name);
  });

  it("sends a request with Windows line ends as the PEM block that Kubernetes keeps", () => {
    const request = parseRequest(`\n${issuanceRequest.request.pem.replaceAll("\n", "\r\n")}`);
    expect(requestManifest(issuanceRequestOf(request, issuanceRequest), 0)).toEqual(
      requestManifest(issuanceRequest, 0),
    );
  });
});

describe("declaredRequestManifest", () => {
  const nameOf = (changed: Partial<IssuanceRequest>): string =>
    declaredRequestManifest({ ...issuanceRequest, ...changed }).metadata.name;

  it("is the object that is submitted, under another name", () => {
    const { metadata, ...declared } = declaredRequestManifest(issuanceRequest);
    const { metadata: submitted, ...rest } = requestManifest(issuanceRequest, 0);
    expect(declared).toEqual(rest);
    expect(metadata.labels).toEqual(submitted.labels);
    expect(metadata.name).toBe(submitted.name.replace(/-0$/, "-86400s"));
  });

  it("has another name as soon as anything in its spec differs, since Kubernetes keeps the first", () => {
    const names = [
      nameOf({}),
      nameOf({ expirationSeconds: 86401 }),
      nameOf({ signerName: "example.com/clients" }),
      nameOf({ request: otherKey }),
    ];
    expect(new Set(names).size).toBe(names.length);
    expect(nameOf({})).toBe(names[0]);
  });
});

describe("isRequestName", () => {
  it.each(["a", "0", "jane-0", "a--b", "a.b", "node-csr.example.com", "a.b.c0", "x".repeat(253)])(
    "takes %j",
    (name) => {
      expect(isRequestName(name)).toBe(true);
    },
  );

  it.each([
    ["nothing", ""],
    ["254 characters", "x".repeat(254)],
    ["a capital", "Jane"],
    ["a capital at its end", "janE"],
    ["a hyphen at its beginning", "-jane"],
    ["a hyphen at its end", "jane-"],
    ["a hyphen before a dot", "jane-.a"],
    ["a hyphen behind a dot", "jane.-a"],
    ["a hyphen at the end of its last part", "a.jane-"],
    ["a dot at its beginning", ".a"],
    ["a dot at its end", "a."],
    ["two dots", "a..b"],
    ["a slash", "a/b"],
    ["a slash behind a dot", "a.b/c"],
    ["a space", "a b"],
    ["a command", "a;reboot"],
    ["a command behind a dot", "a.b$(reboot)"],
    ["a second line", "a\nb"],
    ["a line break at its end", "a\n"],
    ["an underscore", "a_b"],
    ["a letter that is not in ASCII", "zoë"],
  ])("refuses %s", (_, name) => {
    expect(isRequestName(name)).toBe(false);
  });
});

describe("isSubmitted", () => {
  it("tells the name of a request that a run has submitted from one that is declared in a file", () => {
    for (const index of [0, 9, 10, 123]) {
      expect(isSubmitted(requestManifest(issuanceRequest, index).metadata.name)).toBe(true);
    }
    expect(isSubmitted(declaredRequestManifest(issuanceRequest).metadata.name)).toBe(false);
    expect(isSubmitted("jane-0-laptop")).toBe(false);
    expect(isSubmitted("jane0")).toBe(false);
  });
});

describe("contentDigest", () => {
  it("differs by request and by signer, and fits into a label", () => {
    const digests = [
      contentDigest(issuanceRequest),
      contentDigest({ ...issuanceRequest, signerName: "example.com/clients" }),
      contentDigest({ ...issuanceRequest, request: otherKey }),
    ];
    expect(new Set(digests).size).toBe(3);
    for (const digest of digests) {
      expect(digest).toMatch(/^[0-9a-f]{32}$/);
    }
  });

  it("is what it was in earlier versions, so that nothing is issued anew after an upgrade", () => {
    const der = Buffer.from("request");
    const content = { request: { ...issuanceRequest.request, der }, signerName: defaultSignerName };
    expect(contentDigest(content)).toBe("7f96eb9e72720ed871f3bb771fb2be8d");
  });
});

describe("issueOf", () => {
  it("takes user and groups from the request, whatever else it is given", () => {
    const terms = { ...issuanceRequest, username: "mallory", groups: ["admins"], request: otherKey };
    expect(issuanceRequestOf(issuanceRequest.request, terms)).toEqual(issuanceRequest);
  });
});

describe("requireIdentity", () => {
  const { request } = issuanceRequest;

  it("passes the request's own user and groups, in whatever order", () => {
    const several = parseRequest(requestOf({ username: "jane", groups: ["a", "b"] }));
    expect(() => {
      requireIdentity(request, identity);
      requireIdentity(several, { username: "jane", groups: ["b", "a"] });
    }).not.toThrow();
  });

  it.each([
    { username: "june", groups: ["developers"] },
    { username: "jane", groups: [] },
    { username: "jane", groups: ["developers", "oncall"] },
    { username: "jane", groups: ["admins"] },
  ])("refuses it for %j", (other) => {
    expectError(
      errorOf(() => {
        requireIdentity(request, other);
      }),
      "request-mismatch",
      `of ${JSON.stringify(other.username)}`,
      'asks for the user "jane" (groups: "developers")',
    );
  });
});

describe("usages", () => {
  it("are a client's only: the signer of client certificates refuses others", () => {
    expect(usages).toEqual(["client auth"]);
  });
});
