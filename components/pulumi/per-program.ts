import { runtime } from "@pulumi/pulumi";

/**
 * Something that each Pulumi program has one of. Several programs may run in one process, one after another or at once
 * (inline programs of the Automation API, tests with mocks): each has a connection of its own to its engine.
 */
export function perProgram<T>(make: () => T): () => T {
  const values = new WeakMap<object, T>();
  const outside = {};
  return () => {
    const program = runtime.getMonitor() ?? outside;
    const value = values.get(program) ?? make();
    values.set(program, value);
    return value;
  };
}
