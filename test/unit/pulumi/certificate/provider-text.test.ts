import { resolve } from "node:path";
import { compileFunction } from "node:vm";
import { providerText } from "../../../../components/pulumi/certificate/provider-text";

/** What @pulumi/pulumi/cmd/dynamic-provider does with the text, which no page of Pulumi's promises. */
function load(text: string): unknown {
  const exports: { handler?: () => unknown } = {};
  Reflect.apply(compileFunction(text, ["exports", "require"]), undefined, [exports, require]);
  return exports.handler?.();
}

describe("providerText", () => {
  it.each(["certificateSigningRequest", "certificateRequest"] as const)(
    "of %s is what every state holds, to the letter: old texts run at every later destroy",
    (implementation) => {
      expect(providerText(implementation)).toBe(
        `exports.handler=()=>require("module").createRequire(process.cwd()+"/_")("kubernetes-user/provider").${implementation}`,
      );
    },
  );

  it("loads the implementation from the package that the program's folder has", () => {
    expect(process.cwd()).toBe(resolve(__dirname, "../../../.."));
    expect(load(providerText("certificateSigningRequest"))).toMatchObject({
      diff: expect.any(Function) as unknown,
      create: expect.any(Function) as unknown,
      update: expect.any(Function) as unknown,
    });
  });
});
