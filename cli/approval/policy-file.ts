import { parseDocument } from "yaml";
import { Problems, isRecord } from "../../components/core/checks";
import { throwProblems } from "../../components/core/errors";
import { type Policy, checkPolicy } from "../../components/core/policy";
import { unreadableFile } from "../files/file-errors";
import { readText } from "../files/read-text";

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
  const document = parseDocument(text, { prettyErrors: false, logLevel: "error" });
  const [error] = document.errors;
  const content: unknown = error === undefined ? document.toJS() : undefined;
  if (!isRecord(content) || Object.keys(content).length === 0) {
    throw unreadableFile(
      path,
      error === undefined ? "holds no policy" : `is not YAML (${error.code})`,
      `Write one or more of maxExpirationSeconds, allowedGroups, allowedUsernames, allowedKeyAlgorithms and minRsaBits.`,
    );
  }
  const problems = new Problems();
  // A rule without a value would otherwise count as not given, and allow everything.
  for (const rule of Object.keys(content).filter((rule) => content[rule] === null)) {
    problems.add(`policy.${rule}`, "expected a value, got none. Leave the rule out, or write what it allows.");
  }
  checkPolicy(problems, "policy", Object.fromEntries(Object.entries(content).filter(([, value]) => value !== null)));
  throwProblems(path, problems.all);
  return content;
}
