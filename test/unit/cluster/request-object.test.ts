import fc from "fast-check";
import {
  type RequestObject,
  readRequestObject,
  requestStage,
  sameSpec,
} from "../../../components/cluster/request-object";
import { janesName, janesRequest } from "../support/issuances";

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
      spec: { ...spec, username: "admin" },
      conditions: [{ type: "Approved", reason: "R", message: "M", lastUpdateTime: "x", manager: "kubectl" }],
      certificate: undefined,
      raw: object,
    });
  });

  it("decodes the certificate", () => {
    const certificate = Buffer.from("pem").toString("base64");
    expect(read({ ...object, status: { certificate } })).toMatchObject({ certificate: "pem", conditions: [] });
  });

  it.each([undefined, null, "text", [], {}, { metadata: { name: "a" } }, { metadata: {}, spec: { request: "x" } }])(
    "takes %j for none",
    (value) => {
      expect(readRequestObject(value)).toBeUndefined();
    },
  );

  it("takes whatever a server sends without failing", () => {
    const any = fc.anything();
    const almost = fc.record({
      metadata: fc.record({ name: fc.constant("a"), labels: any, resourceVersion: any }),
      spec: fc.record({ request: any, usages: any, expirationSeconds: any }),
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

  it.each([
    { request: `${spec.request} ` },
    { signerName: "example.com/other" },
    { expirationSeconds: spec.expirationSeconds + 1 },
    { usages: ["client auth", "digital signature"] },
    { usages: ["Client Auth"] },
    { usages: [] },
    { expirationSeconds: undefined },
  ])("does not hold with %j", (difference) => {
    expect(sameSpec(read({ ...object, spec: { ...object.spec, ...difference } }).spec, spec)).toBe(false);
  });
});
