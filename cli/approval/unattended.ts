import { type Problem } from "../../components/core/errors";
import { type Policy } from "../../components/core/policy";

/** Rules without which an approval that asks nobody would give any name, an administrator's included, to who asks for it. */
const needed = ["allowedUsernames", "allowedGroups"] as const;

/** What is wrong with approving by this policy without asking anybody. */
export function unattendedProblems(policy: Policy | undefined): Problem[] {
  const missing = needed.filter((rule) => policy?.[rule] === undefined);
  if (missing.length === 0) {
    return [];
  }
  const message =
    `expected a policy with ${needed.join(" and ")}, ` +
    `${policy === undefined ? "got no --policy" : `got one without ${missing.join(" and ")}`}. ` +
    `Without them, --yes gives any name to whoever asks for it. Write the names that are allowed; ["*"] allows all of them.`;
  return [{ path: "--yes", message }];
}
