import { CustomResource } from "@pulumi/pulumi";
import { withoutStackTraces } from "../../../components/pulumi/registration";

const resource = Object.create(CustomResource.prototype) as CustomResource;
const framesOf = ({ stack = "" }: Error): number => stack.split("\n    at ").length - 1;

describe("withoutStackTraces", () => {
  afterEach(() => {
    delete process.env["PULUMI_DEBUG_PROMISE_LEAKS"];
  });

  function framesWithin(): number {
    let frames = 0;
    withoutStackTraces(() => {
      frames = framesOf(new Error());
      return resource;
    });
    return frames;
  }

  it("makes a resource without stack traces, and leaves others theirs", () => {
    expect(framesWithin()).toBe(0);
    expect(framesOf(new Error())).toBeGreaterThan(2);
  });

  it("leaves others theirs also when the resource cannot be made", () => {
    const make = (): CustomResource => {
      throw new Error("wrong");
    };
    expect(() => withoutStackTraces(make)).toThrow("wrong");
    expect(framesOf(new Error())).toBeGreaterThan(2);
  });

  it("leaves them where leaks of promises are looked for", () => {
    process.env["PULUMI_DEBUG_PROMISE_LEAKS"] = "1";
    expect(framesWithin()).toBeGreaterThan(2);
  });
});
