/* global require, process, module */
/* eslint @typescript-eslint/no-require-imports: off -- bootstrap.cjs needs it before anything is installed, on any Node from 18 on */
"use strict";

/*
 * Locks that are files, and the processes that hold them. No library does it for both users: the bootstrap has none yet,
 * and those that renew a time stamp (proper-lockfile) neither name the holder nor notice its end at once.
 */

const { execFileSync } = require("node:child_process");
const fs = require("node:fs");
const { hostname } = require("node:os");
const { setTimeout: delay } = require("node:timers/promises");

const pollMilliseconds = 200;
const hasProc = fs.existsSync("/proc/self/stat");
let counter = 0;

/** When a process began; undefined when there is none, or when it only waits to be reaped. Its number alone may be another's by now. */
function startTimeOf(pid) {
  if (hasProc) {
    const stat = readIfThere(`/proc/${pid}/stat`);
    // The second field is the program's name in parentheses, which may hold spaces and parentheses itself.
    const [state, ...rest] = stat?.slice(stat.lastIndexOf(")") + 2).split(" ") ?? [];
    return state === "Z" || state === "X" ? undefined : rest[18];
  }
  try {
    const line = execFileSync("ps", ["-o", "stat=,lstart=", "-p", String(pid)], {
      encoding: "utf8",
      env: { ...process.env, LC_ALL: "C", TZ: "UTC" },
      stdio: ["ignore", "pipe", "ignore"],
    });
    const [state = "", ...startTime] = line.trim().split(/\s+/);
    return state.startsWith("Z") || startTime.length === 0 ? undefined : startTime.join(" ");
  } catch {
    return undefined;
  }
}

/** Whether the holder of a lock still runs. That of another machine (containers may share a folder) is taken to. */
function isAlive({ host, pid, startTime }) {
  if (host !== undefined && host !== hostname()) return true;
  return startTime !== undefined && startTimeOf(pid) === startTime;
}

function parseHolder(text) {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}

/**
 * Runs `action` while this process holds the lock file. The lock of a process that no longer runs is taken over. Two
 * holders at once are possible for an instant, when three processes find the same dead holder.
 */
async function withLock(file, { signal, onWait }, action) {
  const self = { host: hostname(), pid: process.pid, startTime: startTimeOf(process.pid), turn: ++counter };
  const own = JSON.stringify(self);
  // Linked into place when it is complete: nobody ever reads a lock without its holder.
  const candidate = `${file}.${self.host}-${self.pid}-${self.turn}`;
  fs.writeFileSync(candidate, own);
  try {
    for (let reported = false; ;) {
      signal.throwIfAborted();
      if (linked(candidate, file)) break;
      const found = readIfThere(file);
      if (found === undefined) continue;
      const holder = parseHolder(found);
      if (!isAlive(holder)) {
        takeAway(file, found);
        continue;
      }
      if (!reported) onWait(holder);
      reported = true;
      await delay(pollMilliseconds, undefined, { signal });
    }
  } finally {
    fs.rmSync(candidate, { force: true });
  }
  try {
    return await action();
  } finally {
    takeAway(file, own);
  }
}

function linked(candidate, file) {
  try {
    fs.linkSync(candidate, file);
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}

/** Moved aside before it is looked at, so that the lock of whoever was faster is not removed instead. */
function takeAway(file, content) {
  const aside = `${file}.aside~${process.pid}~${++counter}`;
  try {
    fs.renameSync(file, aside);
  } catch (error) {
    if (error.code === "ENOENT") return;
    throw error;
  }
  if (readIfThere(aside) !== content) linked(aside, file);
  fs.rmSync(aside, { force: true });
}

/** A file's text, or undefined where there is no such file (or no such process any more). */
function readIfThere(file) {
  try {
    return fs.readFileSync(file, "utf8");
  } catch (error) {
    if (error.code === "ENOENT" || error.code === "ESRCH") return undefined;
    throw error;
  }
}

module.exports = { startTimeOf, withLock, readIfThere };
