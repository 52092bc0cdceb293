import { withEndedAccess } from "../../../../cli/status/access-end";
import { type UserStatus, nothingIssued, userStates } from "../../../../cli/status/user-status";

const now = Date.UTC(2026, 10, 1);
const [passed, ahead] = ["2026-11-01T00:00:00Z", "2026-11-01T00:00:01Z"];
const cluster = "https://prod.test";

function statusOf(more: Partial<UserStatus>): UserStatus {
  return {
    username: "jane",
    groups: [],
    cluster,
    csrName: "jane-0",
    ...nothingIssued,
    state: "valid",
    source: "stack",
    ...more,
  };
}

/** The state of a row after these ends of jane's access. */
function stateOf(more: Partial<UserStatus>, ...ends: readonly (string | undefined)[]): unknown {
  const declared = ends.map((accessUntil) => ({ username: "jane", cluster, accessUntil }));
  return withEndedAccess([statusOf(more)], declared, now)[0]?.state;
}

describe("withEndedAccess", () => {
  it.each(userStates)("shows ended for %s once access has ended, except for what was replaced", (state) => {
    expect(stateOf({ state }, passed)).toBe(state === "replaced" ? state : "ended");
    expect(stateOf({ state }, ahead)).toBe(state);
    expect(stateOf({ state })).toBe(state);
  });

  it("shows a certificate that only the cluster knows as it is", () => {
    expect(stateOf({ source: "cluster" }, passed)).toBe("valid");
    expect(stateOf({ source: "cluster", state: "pending" }, passed)).toBe("ended");
  });

  it("takes the latest end of several declarations", () => {
    expect(stateOf({}, passed, ahead)).toBe("valid");
    expect(stateOf({}, passed, undefined)).toBe("valid");
    expect(stateOf({}, passed, "2026-10-01T00:00:00Z")).toBe("ended");
  });

  it("takes nobody else's end", () => {
    expect(stateOf({ username: "joe" }, passed)).toBe("valid");
    expect(stateOf({ cluster: "https://test.test" }, passed)).toBe("valid");
    const nameless = { username: undefined, cluster, accessUntil: passed };
    expect(withEndedAccess([statusOf({ username: undefined })], [nameless], now)).toMatchObject([{ state: "valid" }]);
  });
});
