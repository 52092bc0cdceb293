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
    [[{ username: "jane", hours: [-1, 20, 30] }], "1 user in 1 cluster; none expires within 24 h"],
    [[{ username: "jane", hours: valid }], "1 user in 1 cluster; 1 expires within 24 h"],
    [[{ username: "jane", hours: [-30, -20, -10] }], "1 user in 1 cluster; none expires within 24 h; 1 has expired"],
    [team(pageTime), "12 users in 2 clusters; 5 expire within 24 h; 1 has expired"],
  ])("of %j", (users, text) => {
    expect(summaryParts(reportWith(users)).join("; ")).toBe(text);
  });

  it("counts what ends within the time that is asked for", () => {
    const soon = { text: "7d", seconds: 7 * 86_400 };
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
    expect(new Set(reportStates)).toEqual(new Set([...userStates, "ended"]));
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
      /^jane\ndenied\nNothing asks again/m,
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

  it("needs attention when it ends soon, unless it always does", () => {
    expect(attention(pageWith([{ username: "jane", hours: [-100, 10, 12] }]))).toContain(
      "jane\nvalid\n, expires in 12 hours",
    );
    expect(attention(pageWith([{ username: "jane", hours: [-12, 4, 12] }]))).toContain("Nothing:");
  });

  it("folds what needs attention of many", () => {
    const users = Array.from({ length: 100 }, (_, index) => ({
      username: `user-${index}`,
      hours: [-9, -5, -1] as const,
    }));
    expect(pageWith(users)).toContain("<summary>70 more</summary>");
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
