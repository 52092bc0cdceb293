import { type Output, type Unwrap, output } from "@pulumi/pulumi";

/** The value of an Output that is known, without the resources that it depends on. One that is not known never comes. */
export function settled<T>(value: Output<T>): Promise<Unwrap<T>> {
  return new Promise((resolve) => {
    output(value).apply(resolve);
  });
}
