import { type Input, type Output, output, secret } from "@pulumi/pulumi";
import { mergeKubeconfigTexts } from "../core/kubeconfig-document";
import { presumed } from "./certificate-outputs";

/**
 * Merges one person's kubeconfigs for several clusters into one; the first one's current-context stays.
 *
 * Entries of one name with different content are an error, `invalid-arguments`. A kubeconfig that is not there yet,
 * because its user is pending, is left out; without any, there is none.
 *
 * @returns a kubeconfig, YAML. Secret.
 */
export function mergeKubeconfigs(kubeconfigs: readonly Input<string>[]): Output<string> {
  return presumed(
    output(kubeconfigs).apply((texts): Output<string | undefined> => {
      const present = texts.filter((text: string | undefined) => text !== undefined);
      return texts.length > 0 && present.length === 0 ? output(undefined) : secret(mergeKubeconfigTexts(present));
    }),
  );
}
