import { Output, type Unwrap, output, runtime } from "@pulumi/pulumi";

/** The value of an Output that is known, without the resources that it depends on. One that is not known never comes. */
export function settled<T>(value: Output<T>): Promise<Unwrap<T>> {
  return new Promise((resolve) => {
    output(value).apply(resolve);
  });
}

/**
 * The value of an Output, or undefined when the engine does not know it: in previews, and in a run that goes on after
 * its resource has failed (`--continue-on-error`).
 */
export async function settledIfKnown<T>(value: Output<T>): Promise<{ readonly value: Unwrap<T> } | undefined> {
  // The SDK's types leave it out, and `apply` is silent about an Output that is not known.
  const isKnown: unknown = await Promise.resolve<unknown>(Reflect.get(value, "isKnown"));
  return isKnown === false ? undefined : { value: await settled(value) };
}

/** Whether a value is an Output that must not be shown. */
export async function isSecretOutput(value: unknown): Promise<boolean> {
  // The SDK's types leave it out.
  return Output.isInstance(value) && (await Promise.resolve<unknown>(Reflect.get(value, "isSecret"))) === true;
}

/** Does work that waits for Outputs, during which the SDK must not take the program for finished. */
export async function keepingAlive<T>(work: () => Promise<T>): Promise<T> {
  const done = runtime.rpcKeepAlive();
  try {
    return await work();
  } finally {
    done();
  }
}
