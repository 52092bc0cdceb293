/**
 * Keeps the SDK from taking stack traces of the promises of a resource, four a property, until the end of the block. They
 * were a third of the work of a program with a hundred users, and only PULUMI_DEBUG_PROMISE_LEAKS shows them. Where in a
 * program a resource is made, the engine learns all the same.
 */
export function withoutStackTraces(): Disposable {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = process.env["PULUMI_DEBUG_PROMISE_LEAKS"] === undefined ? 0 : limit;
  return {
    [Symbol.dispose]: () => {
      Error.stackTraceLimit = limit;
    },
  };
}
