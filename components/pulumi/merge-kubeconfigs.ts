import { type Input, type Output, output, secret } from "@pulumi/pulumi";
import { mergeKubeconfigTexts } from "../core/kubeconfig-document";

/**
 * Merges one person's kubeconfigs for several clusters into one; the first one's current-context stays.
 *
 * Entries of one name with different content are an error, `invalid-arguments`.
 *
 * @returns a kubeconfig, YAML. Secret.
 */
export function mergeKubeconfigs(kubeconfigs: readonly Input<string>[]): Output<string> {
  return secret(output(kubeconfigs).apply((texts) => mergeKubeconfigTexts([...texts])));
}
