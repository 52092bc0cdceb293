import { readRequestObject, type RequestObject } from "../../../../components/cluster/issuance/request-object";
import { type Undertaking, fateOf } from "../../../../cli/approval/fate";
import { examine } from "../../../../cli/requests/examination";
import { janesRequest } from "../../support/issuances";

/** jane's request as the server shows it. */
function stored(uid: string, ...conditions: readonly string[]): RequestObject {
  const { metadata, spec } = janesRequest();
  const status = { conditions: conditions.map((type) => ({ type, reason: "R", message: "M" })) };
  const object = readRequestObject({
    metadata: { ...metadata, uid, resourceVersion: "7" },
    spec: { ...spec, username: "ci" },
    status,
  });
  if (object === undefined) {
    throw new Error("it is no request");
  }
  return object;
}

const shown = examine(stored("1"), { manifest: undefined, policy: undefined });
const begun: Undertaking = { shown, warnings: [], verb: "approve", approved: undefined };
const approved: Undertaking = { ...begun, approved: stored("1", "Approved") };

describe("fateOf", () => {
  it.each<[string, Undertaking, RequestObject | undefined, string]>([
    ["nobody has decided on", { ...begun, verb: undefined }, undefined, "skipped"],
    ["is still pending", begun, stored("1"), "skipped"],
    ["cannot be looked at", begun, undefined, "unknown"],
    ["cannot be looked at, and was approved", approved, undefined, "approved"],
    ["was approved", begun, stored("1", "Approved"), "approved"],
    ["was approved by somebody else", { ...begun, verb: "deny" }, stored("1", "Approved"), "refused"],
    ["was denied", { ...begun, verb: "deny" }, stored("1", "Denied"), "denied"],
    ["was denied by somebody else", approved, stored("1", "Approved", "Denied"), "denied"],
    ["has failed", approved, stored("1", "Approved", "Failed"), "failed"],
    ["was replaced by one of its name that is approved", begun, stored("2", "Approved"), "unknown"],
    ["was replaced by one of its name that is pending", begun, stored("2"), "unknown"],
    ["was approved, and replaced by one of its name", approved, stored("2"), "approved"],
  ])("of a request that %s", (_, undertaking, found, outcome) => {
    expect(fateOf(undertaking, found, 0).outcome).toBe(outcome);
  });
});
