import { Output, unknown } from "@pulumi/pulumi/output";
import { specialOutputValueSig, specialSecretSig, specialSigKey } from "@pulumi/pulumi/runtime/rpc";
import {
  unwrapped,
  unwrappedRecord,
  withUnknownOutputs,
  withoutUndefined,
} from "../../../components/plugin/wire-values";
import { promiseIfKnown, unknownMarker } from "../../../components/pulumi/outputs";

const secret = (value: unknown): object => ({ [specialSigKey]: specialSecretSig, value });

describe("what the engine sends", () => {
  it.each([
    ["a text", "text", "text"],
    ["null", null, null],
    ["a secret", secret("key"), "key"],
    ["a secret in a secret in a list", [secret({ inner: secret(1) })], [{ inner: 1 }]],
    ["an Output", { [specialSigKey]: specialOutputValueSig, value: secret("key"), dependencies: [] }, "key"],
    ["an Output that is not known", { [specialSigKey]: specialOutputValueSig }, unknownMarker],
    ["a value that is not known", { name: unknownMarker }, { name: unknownMarker }],
  ])("%s is unwrapped", (_, value, plain) => {
    expect(unwrapped(value)).toEqual(plain);
  });

  it.each([undefined, null, "text", [1]])("is a record without anything where it is none: %p", (value) => {
    expect(Object.keys(unwrappedRecord(value))).toEqual([]);
  });
});

describe("what the engine gets", () => {
  it("has nothing that is undefined", () => {
    expect(JSON.stringify(withoutUndefined({ a: undefined, b: [undefined, { c: undefined, d: 0 }], e: null }))).toBe(
      '{"b":[null,{"d":0}],"e":null}',
    );
    expect(Object.keys(withoutUndefined({ a: undefined }) as object)).toEqual([]);
  });
});

describe("inputs of a component", () => {
  it("that are not known become Outputs that are not known, at any depth", async () => {
    const { access } = withUnknownOutputs({ access: [{ namespaces: [unknown, "dev"] }] }) as {
      access: [{ namespaces: [unknown, unknown] }];
    };
    const [first, second] = access[0].namespaces;
    expect(Output.isInstance(first)).toBe(true);
    expect(await promiseIfKnown(first as Output<unknown>)).toBeUndefined();
    expect(second).toBe("dev");
  });
});
