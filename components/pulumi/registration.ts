import { type CustomResource } from "@pulumi/pulumi";

/**
 * Makes a resource without the stack traces that the SDK notes for its promises, four a property: they were a third of
 * the work of a program with a hundred users, and only PULUMI_DEBUG_PROMISE_LEAKS shows them. Where in a program a
 * resource is made, the engine learns all the same.
 */
export function withoutStackTraces<Made extends CustomResource>(make: () => Made): Made {
  const limit = Error.stackTraceLimit;
  if (process.env["PULUMI_DEBUG_PROMISE_LEAKS"]) {
    return make();
  }
  Error.stackTraceLimit = 0;
  try {
    return make();
  } finally {
    Error.stackTraceLimit = limit;
  }
}
