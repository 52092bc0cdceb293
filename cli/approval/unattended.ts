import { type Problem } from "../../components/core/errors";
import { type Policy } from "../../components/core/options/policy";
import { type Verb } from "./decision";

/** Rules without which an approval that asks nobody would give any name, an administrator's included, to who asks for it. */
const needed = ["allowedUsernames", "allowedGroups"] as const;

/** What is wrong with approving by this policy without asking anybody. */
export function unattendedErrors(policy: Policy | undefined): Problem[] {
  const missing = needed.filter((rule) => policy?.[rule] === undefined);
  if (missing.length === 0) {
    return [];
  }
  const message =
    `expected a policy with ${needed.join(" and ")}, ` +
    `${policy === undefined ? "got no --policy" : `got one without ${missing.join(" and ")}`}. ` +
    `Without them, --yes gives any name to anyone who asks. List the allowed names; ["*"] allows all of them.`;
  return [{ path: "--yes", message }];
}

/** A run that is to ask somebody. */
export interface Attendance {
  readonly verb: Verb;
  /** Whether standard input is a terminal. */
  readonly terminal: boolean;
  /** Options that read standard input. */
  readonly fromStandardInput: readonly string[];
  /** Whether a policy is given. */
  readonly policy: boolean;
}

/** Why nobody can be asked, and what to do about it. */
export function attendanceErrors({ verb, terminal, fromStandardInput, policy }: Attendance): Problem[] {
  const reader = fromStandardInput.join(" and ");
  if (reader !== "") {
    const place = terminal ? "" : " and run it on a terminal";
    const message = `expected a file, got standard input, which then cannot answer a question. Name a file${place}, or ${instead(verb, policy)}`;
    return [{ path: reader, message }];
  }
  return terminal
    ? []
    : [
        {
          path: "standard input",
          message: `expected a terminal to show each request and ask about it, got none. Run it on one, or ${instead(verb, policy)}`,
        },
      ];
}

function instead(verb: Verb, policy: boolean): string {
  if (verb === "deny") {
    return "add --yes, which denies without a question.";
  }
  return policy
    ? `add --yes, which approves what the policy allows without a question; the policy must then have ${needed.join(" and ")}.`
    : `add --yes and a --policy with ${needed.join(" and ")}, which approves what it allows without a question.`;
}
