import { withoutStackTraces } from "../../../components/pulumi/registration";

const framesOf = ({ stack = "" }: Error): number => stack.split("\n    at ").length - 1;

describe("withoutStackTraces", () => {
  afterEach(() => {
    delete process.env["PULUMI_DEBUG_PROMISE_LEAKS"];
  });

  function framesWithin(): number {
    using _ = withoutStackTraces();
    return framesOf(new Error());
  }

  it("takes no stack traces until the end of the block", () => {
    expect(framesWithin()).toBe(0);
    expect(framesOf(new Error())).toBeGreaterThan(2);
  });

  it("leaves others theirs also when the block fails", () => {
    const fail = (): void => {
      using _ = withoutStackTraces();
      throw new Error("wrong");
    };
    expect(fail).toThrow("wrong");
    expect(framesOf(new Error())).toBeGreaterThan(2);
  });

  it("takes them where leaks of promises are looked for", () => {
    process.env["PULUMI_DEBUG_PROMISE_LEAKS"] = "1";
    expect(framesWithin()).toBeGreaterThan(2);
  });
});
