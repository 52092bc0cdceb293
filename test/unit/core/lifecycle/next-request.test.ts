import { nextRequest } from "../../../../components/core/lifecycle/next-request";
import { formatTime } from "../../../../components/core/time";
import { hour, inputs } from "../../support/declarations";
import { errorOf, expectError } from "../../support/errors";
import { requestOf } from "../../support/test-authority";

const now = Date.UTC(2026, 10, 1, 12);
const until = (milliseconds: number) => ({ ...inputs, accessUntil: formatTime(now + milliseconds) });

describe("nextRequest", () => {
  it("asks for what is declared", () => {
    expect(nextRequest(inputs, now)).toMatchObject({
      username: "jane",
      groups: [],
      signerName: inputs.signerName,
      expirationSeconds: 86400,
    });
    expect(nextRequest(inputs, now)).not.toHaveProperty("limit");
  });

  it.each([
    ["another user", { username: "jane", groups: [] }, { username: "june" }],
    ["a group less", { username: "jane", groups: [] }, { groups: ["developers"] }],
    ["a group more", { username: "jane", groups: ["admins"] }, {}],
  ])("asks for nothing with a request of %s than is declared", (_, identity, declared) => {
    const error = errorOf(() => nextRequest({ ...inputs, ...declared, request: requestOf(identity) }, now));
    expectError(error, "request-mismatch", "Nothing was submitted");
  });

  it("asks for less as the end of access comes nearer, and keeps what it would ask for without", () => {
    const limit = { accessUntil: now + 2 * hour, expirationSeconds: 86400 };
    expect(nextRequest(until(2 * hour), now)).toMatchObject({ expirationSeconds: 7190, limit });
    expect(nextRequest({ ...until(2 * hour), approvalMode: "manual" }, now)).toMatchObject({
      expirationSeconds: 3595,
      limit,
    });
    expect(nextRequest(until(48 * hour), now)).toMatchObject({
      expirationSeconds: 86400,
      limit: { accessUntil: now + 48 * hour, expirationSeconds: 86400 },
    });
  });

  it.each([
    [-1000, "is past"],
    [0, "is past"],
    [1000, "is about 10 minutes ahead or less"],
    [609_000, "is about 10 minutes ahead or less"],
  ])("asks for nothing when access ends in %d ms", (left, words) => {
    const error = errorOf(() => nextRequest(until(left), now));
    expectError(error, "access-ended", `accessUntil: ${formatTime(now + left)} ${words}`, "Nothing was issued");
  });
});
