import { decisionText } from "../../components/cluster/issuance/decision-text";
import { type RequestObject } from "../../components/cluster/issuance/request-object";

/** What approvers and signers said of a request, one sentence each. */
export function conditionsText({ conditions }: RequestObject): string[] {
  return conditions.map((condition) => `${condition.type}${decisionText(condition)}.`);
}
