import fc from "fast-check";
import {
  type RequestObject,
  readRequestObject,
  requestStage,
  sameSpec,
} from "../../../../components/cluster/issuance/request-object";
import { janesName, janesRequest } from "../../support/issuances";

const { metadata, spec } = janesRequest();
const object = {
  metadata: {
    ...metadata,
    resourceVersion: "7",
    uid: "u",
    managedFields: [
      { manager: "creator", fieldsV1: { "f:metadata": {} } },
      { manager: "kubectl", fieldsV1: { "f:status": { "f:conditions": { 'k:{"type":"Approved"}': {} } } } },
    ],
  },
  spec: { ...spec, username: "admin" },
  status: { conditions: [{ type: "Approved", status: "True", reason: "R", message: "M", lastUpdateTime: "x" }] },
};

function read(value: unknown): RequestObject {
  const found = readRequestObject(value);
  if (found === undefined) {
    throw new Error("expected a request");
  }
  return found;
}

describe("readRequestObject", () => {
  it("reads what concerns us and keeps the whole", () => {
    expect(read(object)).toEqual({
      name: janesName(),
      uid: "u",
      resourceVersion: "7",
      spec: { ...spec, username: "admin", unknownFields: [] },
      owned: false,
      deleting: false,
      conditions: [{ type: "Approved", reason: "R", message: "M", lastUpdateTime: "x", manager: "kubectl" }],
      certificate: undefined,
      raw: object,
    });
  });

  it("takes what is to be shown for empty where it is no text", () => {
    const [condition, manager] = [{ type: "Denied", reason: 7, message: { a: 1 }, lastUpdateTime: [] }, null];
    const managedFields = [{ manager, fieldsV1: { "f:status": { "f:conditions": { 'k:{"type":"Denied"}': {} } } } }];
    const found = read({
      metadata: { ...object.metadata, managedFields },
      spec: { ...object.spec, username: ["admin"] },
      status: { conditions: [condition, "Approved"] },
    });
    const nothing = { reason: "", message: "", lastUpdateTime: "", manager: "" };
    expect(found.conditions).toEqual([
      { ...nothing, type: "Denied" },
      { ...nothing, type: "" },
    ]);
    expect(found.spec.username).toBe("");
  });

  it("decodes the certificate", () => {
    const certificate = Buffer.from("pem").toString("base64");
    expect(read({ ...object, status: { certificate } })).toMatchObject({ certificate: "pem", conditions: [] });
  });

  it.each([undefined, null, "text", [], {}, { metadata: object.metadata }, { spec: object.spec }])(
    "takes %j for none",
    (value) => {
      expect(readRequestObject(value)).toBeUndefined();
    },
  );

  it.each([
    ["metadata", "name"],
    ["metadata", "uid"],
    ["metadata", "resourceVersion"],
    ["spec", "request"],
    ["spec", "signerName"],
    ["spec", "usages"],
  ] as const)("takes an object for none whose %s.%s is absent, empty or of another kind", (part, field) => {
    for (const value of [undefined, null, "", 7, [7], {}]) {
      expect(readRequestObject({ ...object, [part]: { ...object[part], [field]: value } })).toBeUndefined();
    }
  });

  it.each(["Jane-0", "jane;reboot", "jane 0", "$(reboot)", "-jane", "jane\n", "../jane", "jane?x", "x".repeat(254)])(
    "takes an object for none whose name is %j, which would become part of a command",
    (name) => {
      expect(readRequestObject({ ...object, metadata: { ...object.metadata, name } })).toBeUndefined();
    },
  );

  it.each<[string, unknown, string | undefined]>([
    ["when the signer wrote it", "2026-11-01T12:00:00Z", "2026-11-01T12:00:00Z"],
    ["never, when that is no time", "yesterday", undefined],
    ["never, when that is no text", 7, undefined],
    ["never, when that is missing", undefined, undefined],
  ])("says that the certificate was issued %s", (_, time, issuedAt) => {
    const certificate = Buffer.from("pem").toString("base64");
    const managedFields = [
      { manager: "approver", time: "2026-11-01T11:00:00Z", fieldsV1: { "f:status": { "f:conditions": {} } } },
      { manager: "signer", time, fieldsV1: { "f:status": { "f:certificate": {} } } },
    ];
    const issued = { ...object, metadata: { ...object.metadata, managedFields } };
    expect(read({ ...issued, status: { certificate } }).issuedAt).toBe(issuedAt);
    expect(read({ ...issued, status: {} }).issuedAt).toBeUndefined();
  });

  const withSpec = (more: object): RequestObject | undefined =>
    readRequestObject({ ...object, spec: { ...object.spec, ...more } });

  it("says that a lifetime is absent, and never that it is 0", () => {
    const { expirationSeconds, ...unstated } = object.spec;
    expect(expirationSeconds).toBe(86400);
    expect(read({ ...object, spec: unstated }).spec).toHaveProperty("expirationSeconds", undefined);
  });

  it.each([null, 0, -1, 600.5, "3600", Infinity, NaN, {}])("takes a request with the lifetime %p for none", (value) => {
    expect(withSpec({ expirationSeconds: value })).toBeUndefined();
  });

  it("tells the fields of a spec that it does not know, and takes those in which the server notes who it was", () => {
    const noted = { uid: "u", groups: ["g"], extra: {}, username: "x" };
    expect(withSpec(noted)?.spec.unknownFields).toEqual([]);
    expect(withSpec({ ...noted, notAfter: "x", profile: {} })?.spec.unknownFields).toEqual(["notAfter", "profile"]);
  });

  const withMetadata = (more: object): RequestObject => read({ ...object, metadata: { ...object.metadata, ...more } });

  it("tells whether it has owners, and whether it is being deleted", () => {
    expect(withMetadata({ ownerReferences: [{ uid: "o" }] })).toMatchObject({ owned: true, deleting: false });
    expect(withMetadata({ ownerReferences: {} })).toMatchObject({ owned: true });
    expect(withMetadata({ deletionTimestamp: "x" })).toMatchObject({ owned: false, deleting: true });
    expect(withMetadata({ ownerReferences: [], deletionTimestamp: null })).toMatchObject({
      owned: false,
      deleting: false,
    });
  });

  it("takes whatever a server sends without failing", () => {
    const any = fc.anything();
    const almost = fc.record({
      metadata: fc.record({
        name: fc.constant("a"),
        uid: fc.constant("u"),
        resourceVersion: fc.constant("1"),
        labels: any,
        ownerReferences: any,
      }),
      spec: fc.record({
        request: fc.constant("x"),
        signerName: fc.constant("y"),
        usages: fc.constant(["z"]),
        expirationSeconds: fc.oneof(any, fc.integer()),
        groups: any,
      }),
      status: fc.record({ conditions: fc.oneof(any, fc.array(any)), certificate: any }),
    });
    fc.assert(
      fc.property(fc.oneof(any, almost), (value) => {
        const found = readRequestObject(value);
        expect(found === undefined || typeof requestStage(found) === "string").toBe(true);
      }),
    );
  });
});

describe("requestStage", () => {
  const certificate = Buffer.from("pem").toString("base64");
  it.each([
    ["pending", [], undefined],
    ["pending", ["Other"], undefined],
    ["approved", ["Approved"], undefined],
    ["issued", ["Approved"], certificate],
    ["denied", ["Denied"], undefined],
    ["denied", ["Approved", "Denied"], certificate],
    ["failed", ["Approved", "Failed"], undefined],
    ["failed", ["Failed", "Approved"], certificate],
  ])("is %s with the conditions %j", (stage, types, certificate) => {
    const conditions = types.map((type) => ({ type, status: "True" }));
    expect(requestStage(read({ ...object, status: { conditions, certificate } }))).toBe(stage);
  });
});

describe("sameSpec", () => {
  it("holds for the same content, whoever submitted it", () => {
    expect(sameSpec(read(object).spec, spec)).toBe(true);
    expect(sameSpec(read({ ...object, spec: { ...spec, username: "other" } }).spec, spec)).toBe(true);
  });

  it("compares every usage", () => {
    const ours = { ...spec, usages: ["client auth", "digital signature"] };
    const found = (usages: readonly string[]): boolean =>
      sameSpec(read({ ...object, spec: { ...object.spec, usages } }).spec, ours);
    expect(found(["client auth", "digital signature"])).toBe(true);
    expect(found(["client auth", "server auth"])).toBe(false);
    expect(found(["digital signature", "client auth"])).toBe(false);
  });

  it.each([
    { request: `${spec.request} ` },
    { signerName: "example.com/other" },
    { expirationSeconds: spec.expirationSeconds + 1 },
    { usages: ["client auth", "digital signature"] },
    { usages: ["Client Auth"] },
    { usages: [] },
    { usages: ["client auth", "client auth"] },
    { usages: ["client auth\n"] },
    { expirationSeconds: undefined },
    { unknown: undefined },
  ])("does not hold with %j", (difference) => {
    expect(sameSpec(read({ ...object, spec: { ...object.spec, ...difference } }).spec, spec)).toBe(false);
  });
});
