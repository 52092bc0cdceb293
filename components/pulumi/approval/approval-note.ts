import { type ApprovalAnnouncement, interruptionHint } from "../../cluster/issuance/approval-announcement";
import { type TerminalSize } from "./live-terminal";

/** So many commands are shown; the rest is counted. */
const shownCommands = 3;

/** So many rows are left to the engine at least. */
const engineRows = 8;

/** Remembers the cursor, gives the engine the whole screen again, and clears what stands below the cursor. */
export const restoreScreen = "\u001b7\u001b[r\u001b8\u001b[J";

/**
 * What writes the commands that requests wait for into the last rows of the terminal, below the engine's live display,
 * and brings the cursor back; undefined where the terminal is too small. In one piece, so that nothing of the engine's
 * comes in between.
 *
 * The display itself has no room for them: its columns Type, Name and Status fill the first 128 columns or so, each row
 * is cut at the terminal's edge, and a plugin can write into the column Info only (measured on engine 3.256 at 80 to 200
 * columns). It draws anew each second, moving up from the line below its table, and scrolls the screen where the table
 * reaches its end. So the last rows are taken out of what scrolls, as apt does for its progress bar; the first row is
 * too, because lines that leave a screen at its very top are kept as history, with every drawing of a table that is too
 * long. A table that fits never stands in that row: the engine writes a heading above it.
 */
export function noteText(
  announcements: readonly ApprovalAnnouncement[],
  now: number,
  size: TerminalSize,
): string | undefined {
  const commands = announcements.map(
    ({ command, waitsUntil = now }) => `${command}  # ${timeLeft(waitsUntil - now)} left`,
  );
  const hidden = commands.length - shownCommands;
  const more = hidden > 0 ? [`and ${hidden} more: kubernetes-user status lists them`] : [];
  const lines = [["", ...commands.slice(0, shownCommands), ...more, interruptionHint], commands.slice(0, 1)].find(
    (lines) => size.rows - rowsOf(lines, size) >= engineRows,
  );
  return lines === undefined ? undefined : drawBelow(lines, size);
}

function drawBelow(lines: readonly string[], size: TerminalSize): string {
  const room = rowsOf(lines, size);
  const last = size.rows - room;
  return [
    "\r\u001b7\u001b[r\u001b8",
    // Room below the cursor, for which the screen may scroll.
    `${"\n".repeat(room)}\u001b[${room}A`,
    "\u001b7\u001b[J",
    `\u001b[2;${last}r\u001b[${last + 1};1H${lines.join("\r\n")}`,
    "\u001b8",
  ].join("");
}

/** How many rows lines take, if not fewer: a character may be two columns wide. */
function rowsOf(lines: readonly string[], { columns }: TerminalSize): number {
  return lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(widthAtMost(line) / columns)), 0);
}

function widthAtMost(line: string): number {
  return line.length + (line.match(/[^ -~]/gu)?.length ?? 0);
}

/** `1:05`, `2:03:00`, and by days above. */
export function timeLeft(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  const padded = (number: number): string => String(number).padStart(2, "0");
  if (hours >= 48) {
    return `${Math.floor(hours / 24)} days`;
  }
  return hours > 0 ? `${hours}:${padded(minutes)}:${padded(seconds % 60)}` : `${minutes}:${padded(seconds % 60)}`;
}
