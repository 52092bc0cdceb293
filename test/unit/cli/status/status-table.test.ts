import fc from "fast-check";
import { statusTable, wideStatusTable } from "../../../../cli/status/status-table";
import { type UserStatus, nothingIssued, userStates } from "../../../../cli/status/user-status";

const issued = {
  serialNumber: "0A",
  credentialId: "X509SHA256=00",
  issuedAt: "2026-11-22T14:39:18Z",
  notBefore: "2026-11-22T14:34:18Z",
  notAfter: "2026-11-23T14:34:18Z",
  renewAfter: "2026-11-23T06:34:18Z",
} as const;

function status(more: Partial<UserStatus>): UserStatus {
  const cluster = "https://prod.example.com:6443";
  return {
    username: "jane",
    groups: [],
    cluster,
    csrName: "jane-0",
    ...issued,
    state: "valid",
    source: "stack",
    ...more,
  };
}

const plain = (_: unknown, text: string): string => text;
const lines = (...statuses: readonly UserStatus[]): string[] => statusTable(statuses, plain);

/** What stands in a column, over all lines. */
function column(table: readonly string[], name: string): string {
  const head = table.find((line) => line.startsWith("USER ")) ?? "";
  const at = head.indexOf(name);
  const next = /\S/.exec(head.slice(at + name.length));
  const end = next === null ? undefined : at + name.length + next.index;
  return table
    .slice(table.indexOf(head) + 1)
    .map((line) => line.slice(at, end).trim())
    .join("");
}

describe("statusTable", () => {
  it("shows who has a certificate since when and until when, and which request waits, cluster by cluster", () => {
    const other = { cluster: "https://test.example.com:6443" };
    const table = lines(
      status({ groups: ["developers", "oncall"], state: "due" }),
      status({ ...other, username: "jim", issuedAt: undefined }),
      status({ ...nothingIssued, username: "joe", csrName: "joe-0a1b2c3d4e5f-0", state: "pending" }),
    );
    expect(table).toEqual([
      "cluster https://prod.example.com:6443",
      "USER  GROUPS             ISSUED             EXPIRES            STATE",
      "jane  developers,oncall  2026-11-22T14:39Z  2026-11-23T14:34Z  due",
      "joe   -                  -                  -                  pending",
      "  request joe-0a1b2c3d4e5f-0",
      "cluster https://test.example.com:6443",
      "USER  GROUPS             ISSUED             EXPIRES            STATE",
      "jim   -                  -                  2026-11-23T14:34Z  valid",
    ]);
  });

  it("has 80 columns at most and loses no character of the longest names", () => {
    const username = "the-first-half-of-a-name-of-64-characters-and-the-second-half-00";
    const groups = Array.from({ length: 32 }, (_, index) => `team-${index}-${"x".repeat(50)}`);
    const cluster = `https://${"a".repeat(60)}.${"b".repeat(60)}.example.com:6443/k8s/clusters/c-m-abcdefgh`;
    const csrName = `${"c".repeat(63)}.${"d".repeat(63)}-0`;
    const table = lines(
      status({ username, groups, cluster }),
      status({ ...nothingIssued, cluster, csrName, state: "approved" }),
    );
    expect(Math.max(...table.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(column(lines(status({ username, groups })), "USER")).toBe(username);
    expect(column(lines(status({ username, groups })), "GROUPS")).toBe(groups.join(","));
    expect(table.join("").replaceAll(" ", "")).toContain(`cluster${cluster}`);
    expect(table.join("").replaceAll(" ", "")).toContain(`request${csrName}`);
  });

  it("has 80 columns at most whatever the names are, also where a character takes two", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "-", " ", "日", "é", "👩‍👩‍👧", "\u{1b}"), maxLength: 120 });
    const groups = fc.array(text, { maxLength: 3 });
    const state = fc.constantFrom(...userStates);
    const one = fc.record({ username: text, cluster: text, csrName: text, groups, state });
    const statuses = fc.array(one, { minLength: 1, maxLength: 3 });
    const width = (line: string): number =>
      Array.from(line).reduce((sum, part) => sum + (/[日👩👧]/u.test(part) ? 2 : 1), 0);
    fc.assert(
      fc.property(statuses, fc.boolean(), (all, isOpen) => {
        const table = lines(...all.map((one) => status({ ...one, ...(isOpen ? nothingIssued : {}) })));
        expect(Math.max(...table.map(width))).toBeLessThanOrEqual(80);
        expect(table.join("\n")).not.toContain("\u001b");
        expect(table.join("\n")).not.toContain("…");
      }),
    );
  });

  it("paints states and nothing else, without a line's place changing", () => {
    const rows = [status({ username: "a\u001b[2J", state: "expired" }), status({})];
    const [, , first, second] = statusTable(rows, (_, text) => `\u001b[31m${text}\u001b[39m`);
    expect(first?.replaceAll(/ +/g, " ")).toBe(
      "a\\u{1b}[2J - 2026-11-22T14:39Z 2026-11-23T14:34Z \u001b[31mexpired\u001b[39m",
    );
    expect(second).toMatch(/^jane +- .* {2}valid$/);
  });
});

describe("wideStatusTable", () => {
  it("has everything of a user in one line, and a hyphen for what is not known", () => {
    const username = "u".repeat(64);
    const table = wideStatusTable(
      [status({ username, groups: ["x", "y"] }), status({ ...nothingIssued, groups: undefined })],
      plain,
    );
    expect(table).toHaveLength(3);
    expect(table[0]).toMatch(/^USER +GROUPS +CLUSTER +REQUEST +ISSUED +EXPIRES +RENEWS +STATE$/);
    expect(table[1]?.split(/ {2,}/)).toEqual([
      username,
      "x,y",
      "https://prod.example.com:6443",
      "jane-0",
      issued.issuedAt,
      issued.notAfter,
      issued.renewAfter,
      "valid",
    ]);
    expect(table[2]).toMatch(/^jane +- +https:\/\/prod\.example\.com:6443 +jane-0 +- +- +- +valid$/);
  });
});
