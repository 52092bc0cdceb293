import { withoutStop } from "../../core/text/sentence";
import { type RequestCondition } from "./request-object";

/** The reason that decisions of this project carry; the message is the approver's. */
export const ownReason = "KubernetesUser";

/** What stands for the reason of an approver who gave none. */
export const denialWithoutReason = "Denied with kubernetes-user approve.";

/** Kubernetes' word for a program that does not say its name. */
const namelessManager = "unknown";

/** When, by what and why somebody decided on a request, as far as the cluster knows: it does not know who. */
export function decisionText(condition: RequestCondition | undefined): string {
  const when = (condition?.lastUpdateTime ?? "") === "" ? "" : ` on ${condition?.lastUpdateTime ?? ""}`;
  return `${when}${programOf(condition)}${reasonText(condition)}`;
}

/** Why: what approvers and signers said, in brackets. */
export function reasonText(condition: RequestCondition | undefined): string {
  const own = condition?.reason === ownReason;
  const texts = [own ? "" : (condition?.reason ?? ""), condition?.message ?? ""].filter(
    (text) => text !== "" && !(own && text === denialWithoutReason),
  );
  return texts.length === 0 ? ", without a reason" : ` (${texts.map(withoutStop).join(": ")})`;
}

function programOf(condition: RequestCondition | undefined): string {
  if (condition?.reason === ownReason) {
    // The component denies nothing: its hook throws before anything is submitted.
    return ` with kubernetes-user${condition.type === "Denied" ? " approve" : ""}`;
  }
  const manager = condition?.manager ?? "";
  return manager === "" || manager === namelessManager ? "" : ` through ${manager}`;
}
