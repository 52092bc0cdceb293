import { summaryParts } from "../../../../../cli/status/report/overview";
import { looks, reportStates } from "../../../../../cli/status/report/states";
import { userStates } from "../../../../../cli/status/user-status";
import { type UserStatus, nothingIssued } from "../../../../../cli/status/user-status";
import { pageTime, pageWith, reportWith, rowsOf, textOf } from "../../../support/report-pages";
import { type ExportedUser, inHours, team } from "../../../support/report-stacks";

const valid = [-12, 4, 12] as const;
const attention = (page: string): string => textOf(/<h2 id="attention">[^]*?<\/section>/.exec(page)?.[0] ?? "");

/** A request as a cluster tells of it. */
function requestIn(state: UserStatus["state"]): UserStatus {
  return {
    username: "jane",
    groups: [],
    cluster: "https://prod.example.com:6443",
    csrName: "jane-0",
    ...nothingIssued,
    state,
    source: "cluster",
  };
}

describe("the summary", () => {
  it.each<[readonly ExportedUser[], string]>([
    [[], "No users"],
    [
      [{ username: "jane", hours: [-1, 20, 30] }],
      "1 user in 1 cluster; none expires within 24 h, planned renewals aside",
    ],
    [[{ username: "jane", hours: valid }], "1 user in 1 cluster; none expires within 24 h, planned renewals aside"],
    [
      [{ username: "jane", hours: [-12, -1, 12] }],
      "1 user in 1 cluster; 1 expires within 24 h, planned renewals aside",
    ],
    [
      [{ username: "jane", hours: [-30, -20, -10] }],
      "1 user in 1 cluster; none expires within 24 h, planned renewals aside; 1 has expired",
    ],
    [team(pageTime), "12 users in 2 clusters; none expires within 24 h, planned renewals aside; 1 has expired"],
  ])("of %j", (users, text) => {
    expect(summaryParts(reportWith(users)).join("; ")).toBe(text);
  });

  it("counts what ends within the time that is asked for", () => {
    const soon = { text: "7d", seconds: 7 * 86_400, isAskedFor: true };
    expect(summaryParts(reportWith([{ username: "jane", hours: [-1, 100, 160] }], { soon }))[1]).toBe(
      "1 expires within 7d",
    );
    expect(summaryParts(reportWith([{ username: "jane", hours: [-1, 100, 169] }], { soon }))[1]).toBe(
      "none expires within 7d",
    );
  });
});

describe("each state", () => {
  it("has a word, a meaning and a shape of its own", () => {
    expect(new Set(reportStates)).toEqual(new Set(userStates));
    const shapes = reportStates.map((state) => looks[state].shape.markup);
    expect(new Set(shapes).size).toBe(shapes.length);
  });

  it.each<[string, ExportedUser, RegExp | undefined]>([
    ["valid", { username: "jane", hours: valid }, undefined],
    [
      "due",
      { username: "jane", hours: [-12, -1, 12] },
      /^jane\ndue\n, expires in 12 hours \(\n2026-11-27 02:34\n\)\nThe next run of pulumi up renews it/m,
    ],
    [
      "expired",
      { username: "jane", hours: [-12, -8, -4] },
      /^jane\nexpired\n4 hours ago \(\n2026-11-26 10:34\n\)\nThe next run of pulumi up issues another one/m,
    ],
    [
      "pending",
      { username: "jane", outputs: { openRequest: { phase: "pending" } } },
      /^jane\npending\nSomebody has to approve it.*\njane-0a1b2c3d4e5f-0\n/m,
    ],
    [
      "denied",
      { username: "jane", outputs: { openRequest: { phase: "denied" } } },
      /^jane\ndenied\nBecause approval.timeoutSeconds is 0, no run asks again until the declaration changes/m,
    ],
    ["ended", { username: "jane", hours: [-12, -8, -4], outputs: { accessUntil: inHours(-4, pageTime) } }, undefined],
    [
      "ended",
      { username: "jane", outputs: { openRequest: { phase: "denied" }, accessUntil: inHours(0, pageTime) } },
      undefined,
    ],
    ["valid", { username: "jane", hours: valid, outputs: { accessUntil: inHours(1, pageTime) } }, undefined],
  ])("%s is shown in the table, and among what needs attention if it does", (state, user, text) => {
    const page = pageWith([user]);
    expect(rowsOf(page, "lifetimes")[0]?.[2]).toBe(state);
    expect(page).toContain(`<use href="#is-${state}" />`);
    expect(page).toContain(`<symbol id="is-${state}"`);
    expect(attention(page)).toMatch(text ?? /Nothing: no certificate is due/);
  });

  it.each(["approved", "failed", "denied"] as const)("%s is shown of a cluster's request", (state) => {
    const page = pageWith([], { statuses: [requestIn(state)] });
    expect(rowsOf(page, "lifetimes")[0]).toEqual([
      "jane",
      expect.stringContaining("Request jane-0") as string,
      state,
      "– none",
      "– none",
    ]);
    expect(attention(page)).toContain(`jane\n${state}\n`);
  });

  it.each<[string, ExportedUser, RegExp]>([
    ["is renewed before", { username: "jane", hours: valid }, /Nothing:/],
    ["lives long, and is renewed before", { username: "jane", hours: [-100, 10, 12] }, /Nothing:/],
    [
      "is not renewed, as far as is known",
      { username: "jane", hours: valid, outputs: { renewAfter: undefined } },
      /^jane\nvalid\n, expires in 12 hours \(\n.*\n\)\nIt ends soon, and no renewal is known/m,
    ],
    [
      "is the last before access ends",
      { username: "jane", hours: valid, outputs: { accessUntil: inHours(12.03, pageTime) } },
      /^jane\nvalid\n[^]*\nAccess ends with it, as declared: nothing renews it/m,
    ],
    [
      "is the last, and past the time of a renewal",
      { username: "jane", hours: [-12, -1, 12], outputs: { accessUntil: inHours(12, pageTime) } },
      /^jane\ndue\n[^]*\nAccess ends with it, as declared: nothing renews it/m,
    ],
    [
      "is not the last before access ends",
      { username: "jane", hours: valid, outputs: { accessUntil: inHours(13, pageTime) } },
      /Nothing:/,
    ],
  ])("needs attention and is counted alike when it %s", (_, user, text) => {
    const report = reportWith([user]);
    expect(attention(pageWith([user]))).toMatch(text);
    expect(summaryParts(report)[1]).toMatch(text.test("Nothing:") ? /^none expires/ : /^1 expires/);
  });

  it("needs attention when it ends within the time that is asked for, renewed or not", () => {
    const soon = { text: "13h", seconds: 13 * 3600, isAskedFor: true };
    const users: ExportedUser[] = [
      { username: "jane", hours: valid },
      { username: "joe", hours: [-1, 12, 14] },
    ];
    expect(attention(pageWith(users, { soon }))).toMatch(
      /^jane\nvalid\n, expires in 12 hours \(\n.*\n\)\nA run of pulumi up renews it from 2026-11-26 18:34 UTC/m,
    );
    expect(attention(pageWith(users, { soon }))).not.toContain("joe");
    expect(summaryParts(reportWith(users, { soon }))[1]).toBe("1 expires within 13h");
  });

  it("is ended while the certificate is valid, which needs attention", () => {
    const page = pageWith([{ username: "jane", hours: valid, outputs: { accessUntil: inHours(-1, pageTime) } }]);
    expect(rowsOf(page, "lifetimes")[0]?.[2]).toBe("ended");
    expect(attention(page)).toMatch(
      /^jane\nended\n, expires in 12 hours[^]*\nAccess has ended, but Kubernetes cannot revoke the certificate/m,
    );
    // A hatched bar would say that it has expired.
    expect(page).toContain('of-valid"');
  });

  it("folds what needs attention of many", () => {
    const users = Array.from({ length: 100 }, (_, index) => ({
      username: `user-${index}`,
      hours: [-9, -5, -1] as const,
    }));
    expect(pageWith(users)).toContain("<summary>70 more</summary>");
  });
});

describe("a denied request", () => {
  const denied = { ...requestIn("denied"), csrName: "jane-0a1b-0" };
  const shown = (...statuses: readonly UserStatus[]): string => attention(pageWith([], { statuses }));

  it("that only the cluster has may be of a run that waits for approvals, and of one that does not", () => {
    expect(shown(denied)).toContain(
      "\nA denial is final. A run that waits for approvals submits a new request if it still needs one; with approval.timeoutSeconds 0, none does",
    );
  });

  it("that no run has submitted is submitted by no run", () => {
    expect(shown({ ...denied, csrName: "jane-0a1b-86400s" })).toContain(
      "\nA denial is final: to ask again, submit another request.",
    );
  });

  it.each(["pending", "approved"] as const)("needs no attention beside one of the same content that is %s", (state) => {
    // Numbers are used again once Kubernetes has removed a request.
    const statuses = [
      { ...denied, csrName: "jane-0a1b-1" },
      { ...requestIn(state), csrName: "jane-0a1b-0" },
    ];
    expect(shown(...statuses)).not.toContain("denied");
    expect(shown(...statuses)).toContain(`\njane\n${state}\n`);
    expect(rowsOf(pageWith([], { statuses }), "lifetimes").map(([who, , state]) => [who, state])).toEqual([
      ["jane", state],
      ["jane : earlier request", "denied"],
    ]);
  });

  it.each<[string, Partial<UserStatus>]>([
    ["of another content", { csrName: "jane-9f9f-1" }],
    ["of another user", { username: "joe", csrName: "jane-0a1b-1" }],
    ["of another cluster", { cluster: "https://test.test", csrName: "jane-0a1b-1" }],
    ["that no run has submitted", { csrName: "jane-0a1b" }],
  ])("needs attention beside a pending one %s", (_, more) => {
    expect(shown(denied, { ...requestIn("pending"), ...more })).toContain("\njane\ndenied\n");
  });
});

describe("the lifetimes", () => {
  it("say in words what the bar shows, by the clock that is given", () => {
    const page = pageWith([{ username: "jane", groups: ["a", "b"], hours: [-6, 6, 18] }]);
    expect(rowsOf(page, "lifetimes")).toEqual([
      ["jane in a , b", "", "valid", "expires 2026-11-27 08:34 in 18 hours", "renewed from 2026-11-26 20:34"],
    ]);
    expect(page).toMatch(
      /role="img"\s+aria-label="Valid from 2026-11-26 08:34 to 2026-11-27 08:34 UTC, 25 % of it passed; renewed from 2026-11-26 20:34"/,
    );
  });

  it("list a user's certificate first, then the request for the next, then those that were replaced", () => {
    const replaced = [
      {
        username: "jane",
        groups: ["admins"],
        serialNumber: "0B",
        credentialId: "X509SHA256=01",
        notAfter: inHours(3, pageTime),
      },
    ];
    const user = {
      username: "jane",
      groups: ["a"],
      hours: valid,
      outputs: { replaced, openRequest: { phase: "pending", csrName: "jane-1" } },
    };
    const page = pageWith([user]);
    expect(rowsOf(page, "lifetimes").map(([who, , state]) => [who, state])).toEqual([
      ["jane in a", "valid"],
      ["jane : next request", "pending"],
      ["jane : earlier certificate in admins", "replaced"],
    ]);
    expect(rowsOf(page, "replaced")).toEqual([
      ["jane in admins", "valid until 2026-11-26 17:34 in 3 hours", "serial number 0B", "credential id X509SHA256=01"],
    ]);
    expect(page).toMatch(/<svg\s+class="bar attention of-replaced"/);
  });

  it("do not mind times that make no sense", () => {
    const odd = {
      notBefore: "9999-12-31T23:59:59Z",
      notAfter: "0000-01-01T00:00:00Z",
      renewAfter: "0001-01-01T00:00:00Z",
    };
    expect(rowsOf(pageWith([{ username: "jane", outputs: odd }]), "lifetimes")[0]?.[1]).toBe(
      "It ends before it begins.",
    );
    expect(
      pageWith([{ username: "jane", outputs: { ...odd, notBefore: odd.notAfter, notAfter: odd.notBefore } }]),
    ).not.toContain("NaN");
    expect(pageWith([{ username: "jane", outputs: { notAfter: "soon", renewAfter: 7 } }])).not.toContain("NaN");
  });
});
