import {
  type ApprovalAnnouncement,
  interruptionHint,
} from "../../../../components/cluster/issuance/approval-announcement";
import { noteText, restoreScreen, timeLeft } from "../../../../components/pulumi/approval/approval-note";
import { testBegin } from "../../support/fake-time";
import { Screen } from "../../support/screen";

function announcement(name: string, seconds = 300): ApprovalAnnouncement {
  const command = `kubernetes-user approve ${name} --context prod`;
  return { lines: [command], command, waitsUntil: testBegin + seconds * 1000 };
}

/** Draws a table as the engine does: from where the cursor is moved up by what was drawn before. */
function frame(rows: readonly string[], drawnBefore: number): string {
  const home = drawnBefore > 0 ? `\r\u001b[${drawnBefore}A` : "\r";
  return home + rows.map((row) => `${row}\u001b[K\r\n`).join("");
}

/** The engine's first line, above its table. */
const heading = "Updating (dev):\r\n";

const table = (count: number): string[] => Array.from({ length: count }, (_, index) => `row ${index}`);

describe("what is written on a terminal", () => {
  const names = (...list: readonly string[]): ApprovalAnnouncement[] => list.map((name) => announcement(name));
  const note = (list: readonly ApprovalAnnouncement[], columns: number, rows: number): string =>
    noteText(list, testBegin, { columns, rows }) ?? "nothing";

  it.each([80, 100, 120, 160, 200])(
    "is the last of %i columns, in whole, below the engine's table",
    async (columns) => {
      const screen = new Screen(columns, 24);
      await screen.write(heading + frame(table(6), 0));
      await screen.write(note(names("jane-186f5cdbbe58-0"), columns, 24));
      await screen.write(frame(table(7), 6) + note(names("jane-186f5cdbbe58-0"), columns, 24) + frame(table(7), 7));
      expect(screen.rows.slice(0, 9)).toEqual([heading.trim(), ...table(7), ""]);
      expect(screen.rows.slice(-3)).toEqual([
        "",
        "kubernetes-user approve jane-186f5cdbbe58-0 --context prod  # 5:00 left",
        interruptionHint,
      ]);
      expect(screen.cursor).toEqual({ column: 0, row: 8 });
    },
  );

  it("scrolls a screen that is full, and loses nothing of it", async () => {
    const screen = new Screen(80, 24);
    await screen.write(table(40).join("\r\n") + "\r\n");
    await screen.write(frame(["a", "b"], 0));
    await screen.write(note(names("jane"), 80, 24));
    await screen.write(frame(["A", "B", "C"], 2));
    expect(screen.rows.slice(-7)).toEqual([
      "A",
      "B",
      "C",
      "",
      "",
      expect.stringContaining("approve jane"),
      expect.anything(),
    ]);
    expect(screen.history).toEqual(table(screen.history.length));
  });

  it("stays where the table is longer than the screen, which is drawn again and again", async () => {
    const screen = new Screen(80, 12);
    await screen.write(frame(table(11), 0));
    for (let times = 0; times < 5; times += 1) {
      await screen.write(note(names("jane"), 80, 12));
      await screen.write(frame(table(11), 11));
      expect(screen.rows.slice(-2)).toEqual([expect.stringContaining("approve jane"), interruptionHint]);
      expect(screen.rows[7]).toBe("row 10");
    }
  });

  it("wraps a command that is longer than a row, so that it can be copied in whole", async () => {
    const screen = new Screen(80, 24);
    const name = `${"x".repeat(40)}-186f5cdbbe58-0`;
    await screen.write(note(names(name), 80, 24));
    expect(screen.rows.slice(-3).join("")).toBe(
      `kubernetes-user approve ${name} --context prod  # 5:00 left${interruptionHint}`,
    );
    expect(screen.rows.at(-4)).toBe("");
  });

  it("counts commands that have no room", () => {
    const text = note(names("a", "b", "c", "d", "e"), 80, 24);
    expect(text).toContain("approve c ");
    expect(text).not.toContain("approve d ");
    expect(text).toContain("and 2 more: kubernetes-user status lists them");
  });

  it("is one command alone where the terminal is low, and nothing where it is lower", () => {
    expect(note(names("a", "b"), 80, 10)).toContain("approve a ");
    expect(note(names("a", "b"), 80, 10)).not.toContain("Ctrl-C");
    expect(note(names("a", "b"), 80, 8)).toBe("nothing");
  });

  it("is undone in whole", async () => {
    const screen = new Screen(80, 24);
    await screen.write(frame(table(6), 0) + note(names("jane"), 80, 24) + restoreScreen);
    expect(screen.rows.slice(0, 6)).toEqual(table(6));
    expect(screen.rows.slice(6).join("")).toBe("");
    expect(screen.cursor).toEqual({ column: 0, row: 6 });
    // The whole screen scrolls again.
    await screen.write("\r\n".repeat(30) + "end");
    expect(screen.rows.at(-1)).toBe("end");
  });
});

describe("timeLeft", () => {
  it.each([
    [-1000, "0:00"],
    [0, "0:00"],
    [1, "0:01"],
    [59_000, "0:59"],
    [290_000, "4:50"],
    [3_600_000, "1:00:00"],
    [3_725_000, "1:02:05"],
    [47 * 3_600_000, "47:00:00"],
    [48 * 3_600_000, "2 days"],
    [40 * 86_400_000 - 1000, "39 days"],
  ])("%i ms is %s", (milliseconds, text) => {
    expect(timeLeft(milliseconds)).toBe(text);
  });
});
