import { type Resource } from "@pulumi/pulumi";

/**
 * Keeps the SDK from taking stack traces of the promises of a resource, four a property, until the end of the block. They
 * were a third of the work of a program with a hundred users, and only PULUMI_DEBUG_PROMISE_LEAKS shows them. Where in a
 * program a resource is made, the engine learns all the same.
 *
 * @param parent of the resource. The program's transformations, which it inherits, run meanwhile: with any, errors of
 * theirs keep their stack traces.
 */
export function withoutStackTraces(parent: Resource | undefined): Disposable {
  const limit = Error.stackTraceLimit;
  // The SDK's types leave it out.
  const transformations: unknown = parent === undefined ? undefined : Reflect.get(parent, "__transformations");
  const isShown =
    process.env["PULUMI_DEBUG_PROMISE_LEAKS"] !== undefined ||
    (Array.isArray(transformations) && transformations.length > 0);
  Error.stackTraceLimit = isShown ? limit : 0;
  return {
    [Symbol.dispose]: () => {
      Error.stackTraceLimit = limit;
    },
  };
}
