import { accessPolicyOptions } from "../core/options/access-policy";
import { adoptOptions } from "../core/options/adopt-option";
import { grantOptions, ruleOptions } from "../core/options/grant-options";
import { type OptionTable } from "../core/options/option-table";
import { policyOptions } from "../core/options/policy";
import { keyOptions } from "../core/options/private-key";
import { publishOptions } from "../core/options/publish-option";
import { approvalOptions } from "../core/options/user-options";

/** An object among the options: what those describe who list all options. */
export interface ObjectType {
  readonly table: OptionTable;
  /** What the plugin's schema calls it. */
  readonly name: string;
  /** What TypeScript calls it, and what its docstrings are found by. */
  readonly documented: string;
}

/** The objects among the options. */
export const objectTypes: readonly ObjectType[] = [
  { table: grantOptions, name: "AccessGrant", documented: "AccessGrantArgs" },
  { table: ruleOptions, name: "PolicyRule", documented: "PolicyRuleArgs" },
  { table: approvalOptions, name: "Approval", documented: "ApprovalArgs" },
  { table: policyOptions, name: "Policy", documented: "Policy" },
  { table: accessPolicyOptions, name: "AccessPolicy", documented: "AccessPolicy" },
  { table: adoptOptions, name: "Adopt", documented: "AdoptArgs" },
  { table: keyOptions, name: "PrivateKey", documented: "PrivateKeyArgs" },
  { table: publishOptions, name: "Publish", documented: "PublishArgs" },
];
