import {
  decisionText,
  denialWithoutReason,
  ownReason,
  reasonText,
} from "../../../../components/cluster/issuance/decision-text";
import { type RequestCondition } from "../../../../components/cluster/issuance/request-object";

const nothing: RequestCondition = { type: "Denied", reason: "", message: "", lastUpdateTime: "", manager: "" };
const at = "2026-11-01T12:00:00Z";

describe("decisionText", () => {
  it.each([
    ["nothing that is known", {}, ", without a reason"],
    [
      "kubectl",
      { lastUpdateTime: at, manager: "kubectl", reason: "KubectlDeny", message: "No." },
      ` on ${at} through kubectl (KubectlDeny: No)`,
    ],
    ["a program without a name", { manager: "unknown", reason: "Policy" }, " (Policy)"],
    [
      "our command",
      { lastUpdateTime: at, manager: "kubernetes-user", reason: ownReason, message: "not in this team" },
      ` on ${at} with kubernetes-user approve (not in this team)`,
    ],
    [
      "our command before it had a name",
      { manager: "unknown", reason: ownReason, message: "not in this team." },
      " with kubernetes-user approve (not in this team)",
    ],
    [
      "our command without a reason",
      { manager: "kubernetes-user", reason: ownReason, message: denialWithoutReason },
      " with kubernetes-user approve, without a reason",
    ],
    [
      "our component",
      { type: "Approved", reason: ownReason, message: "It is what was declared." },
      " with kubernetes-user (It is what was declared)",
    ],
  ])("of %s", (_, condition, text) => {
    expect(decisionText({ ...nothing, ...condition })).toBe(text);
  });

  it("says of a condition that is not there that nothing is known", () => {
    expect(decisionText(undefined)).toBe(", without a reason");
    expect(reasonText(undefined)).toBe(", without a reason");
  });
});
