import { type Input, Output, all, output, secret } from "@pulumi/pulumi";
import { describe } from "../../core/options/validation-errors";
import { invalidArguments } from "../../core/errors";
import { mergeKubeconfigTexts, refuseClashes } from "../../core/kubeconfig/kubeconfig-document";
import { presumed } from "../certificate/certificate-outputs";
import { descriptionOf, outline } from "./kubeconfig-descriptions";

/**
 * Merges one person's kubeconfigs for several clusters into one; the first one's current-context stays.
 *
 * Entries of one name with different content are an error, `invalid-arguments`, which a preview tells as soon as the
 * names are known: two clusters whose installers gave them one name need a `clusterName`. A kubeconfig that is not there
 * yet, because its user is pending, is left out; without any, there is none.
 *
 * @returns a kubeconfig, YAML. Secret.
 */
export function mergeKubeconfigs(kubeconfigs: Input<readonly Input<string>[]>): Output<string> {
  const list: unknown = kubeconfigs;
  if (!Output.isInstance(list) && !(list instanceof Promise)) {
    requireList(list);
    refuseKnownClashes(list);
  }
  return presumed(
    output(kubeconfigs).apply((texts): Output<string | undefined> => {
      requireList(texts);
      const present = texts.filter((text: unknown) => text !== undefined).map(requireText);
      return texts.length > 0 && present.length === 0 ? output(undefined) : secret(mergeKubeconfigTexts(present));
    }),
  );
}

function requireList(value: unknown): asserts value is readonly unknown[] {
  if (!Array.isArray(value)) {
    throw invalidArguments("mergeKubeconfigs", [
      { path: "kubeconfigs", message: `expected an array of kubeconfigs, got ${describe(value)}.` },
    ]);
  }
}

function requireText(value: unknown, index: number): string {
  if (typeof value !== "string") {
    throw invalidArguments("mergeKubeconfigs", [
      { path: `kubeconfigs[${index}]`, message: `expected a kubeconfig's text, got ${describe(value)}.` },
    ]);
  }
  return value;
}

/** What the merged kubeconfigs will be called is known long before there are certificates. */
function refuseKnownClashes(kubeconfigs: readonly unknown[]): void {
  const known = [...new Set(kubeconfigs)].flatMap((kubeconfig, index) => {
    const description = descriptionOf(kubeconfig);
    return description === undefined ? [] : [description.apply((known) => outline(known, String(index)))];
  });
  // An error here ends the program in its own words.
  all(known).apply((outlines) => {
    refuseClashes(outlines);
  });
}
