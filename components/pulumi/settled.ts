import { type Output, type Unwrap, output } from "@pulumi/pulumi";

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
