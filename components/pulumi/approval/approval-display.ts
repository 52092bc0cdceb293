import { type Announce } from "../../cluster/issuance/approval-announcement";
import { ApprovalBoard } from "./approval-board";
import { restoreScreen } from "./approval-note";
import { openLiveTerminal } from "./live-terminal";
import { tellOnce } from "./run-log";

/** One for all users: their requests wait together, on one terminal. */
const board = new ApprovalBoard(() => openLiveTerminal(restoreScreen));

/** Tells each fact once in the run's output, and keeps the command in view on a terminal while the run waits. */
export const announceApproval: Announce = (announcement) => {
  announcement.lines.forEach(tellOnce);
  return announcement.waitsUntil === undefined ? () => Promise.resolve() : board.pin(announcement);
};
