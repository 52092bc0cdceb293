import { ValidationErrors, isRecord } from "../../components/core/options/validation-errors";
import { throwErrors } from "../../components/core/errors";
import { checkOptions } from "../../components/core/options/option-table";
import { type Policy, policyOptions } from "../../components/core/options/policy";
import { unreadableFile } from "../files/file-errors";
import { readText } from "../files/read-text";
import { yamlDocuments } from "../files/yaml-documents";

/**
 * Reads a policy with the options of `approval.policy`, in YAML or JSON.
 *
 * @throws KubernetesUserError `file-unreadable`, or `invalid-arguments` with everything that is wrong in it.
 */
export async function readPolicy(path: string, signal: AbortSignal): Promise<Policy> {
  return parsePolicy(await readText(path, signal), path);
}

/** A policy out of its text. */
export function parsePolicy(text: string, path: string): Policy {
  const [content, ...others] = yamlDocuments(text, path);
  if (!isRecord(content) || Object.keys(content).length === 0 || others.length > 0) {
    throw unreadableFile(
      path,
      "holds no policy",
      "Write one or more of maxExpirationSeconds, allowedGroups, allowedUsernames, allowedKeyAlgorithms, minRsaBits and access.",
    );
  }
  const errors = new ValidationErrors();
  // A rule without a value would otherwise count as not given, and allow everything.
  for (const rule of Object.keys(content).filter((rule) => content[rule] === null)) {
    errors.add(`policy.${rule}`, "expected a value, got none. Leave the rule out, or write what it allows.");
  }
  const given = Object.fromEntries(Object.entries(content).filter(([, value]) => value !== null));
  checkOptions(errors, "policy", given, policyOptions);
  throwErrors(path, errors.all);
  return content;
}
