/** Something that takes a while and is shown while it lasts. */
export interface Task {
  /** What is known of how far it has got: `34 of 98 MB (35 %)`. */
  progress(text: string): void;
  end(): void;
}

/** Where the installer says what it does. */
export interface Reporter {
  line(text: string): void;
  task(title: string): Task;
}

/** A terminal line that is rewritten in place. */
export interface StatusLine {
  readonly columns: number;
  write(text: string): unknown;
}

interface RunningTask {
  readonly title: string;
  readonly startedAt: number;
  progress: string;
  reportedAt: number | undefined;
}

/** Tasks shorter than this are not worth a line. */
const quietMilliseconds = 2_000;
const repeatMilliseconds = 15_000;
const tickMilliseconds = 200;
/** Some terminals say that they have none. */
const unknownColumns = 80;

/**
 * Says what happens through `log`, one line at a time. On a terminal one more line, rewritten in place, shows all that
 * is under way; elsewhere a task gets a line once it lasts over 2 seconds and another every 15 seconds.
 */
export function createReporter(log: (line: string) => void, status?: StatusLine): Reporter {
  const tasks = new Set<RunningTask>();
  let timer: NodeJS.Timeout | undefined;

  const clear = () => status?.write("\r\u001b[K");
  const say = (line: string) => {
    if (tasks.size > 0) clear();
    log(line);
  };
  const tick = () => {
    if (status === undefined) repeatLines(tasks, log);
    else
      status.write(
        `\r\u001b[K${[...tasks]
          .map(describe)
          .join(", ")
          .slice(0, (status.columns || unknownColumns) - 1)}`,
      );
  };

  return {
    line: say,
    task: (title) => {
      const task: RunningTask = { title, startedAt: Date.now(), progress: "", reportedAt: undefined };
      tasks.add(task);
      timer ??= setInterval(tick, tickMilliseconds);
      return {
        progress: (text) => {
          task.progress = text;
        },
        end: () => {
          tasks.delete(task);
          if (tasks.size > 0) return;
          clearInterval(timer);
          timer = undefined;
          clear();
        },
      };
    },
  };
}

function repeatLines(tasks: ReadonlySet<RunningTask>, log: (line: string) => void): void {
  const now = Date.now();
  for (const task of tasks) {
    const due =
      task.reportedAt === undefined ? task.startedAt + quietMilliseconds : task.reportedAt + repeatMilliseconds;
    if (now < due) continue;
    task.reportedAt = now;
    log(`${describe(task)} …`);
  }
}

function describe(task: RunningTask): string {
  const elapsed = formatElapsed(Date.now() - task.startedAt);
  return [task.title, task.progress, elapsed].filter((text) => text !== "").join(", ");
}

/** `12 s`, or `3 min 05 s`. */
export function formatElapsed(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
}

/** `34 of 98 MB (35 %)`, or only the first number where the whole is not known. */
export function formatBytes(done: number, all?: number): string {
  const megabytes = (bytes: number) => (bytes / 1_000_000).toFixed(bytes < 10_000_000 ? 1 : 0);
  if (all === undefined) return `${megabytes(done)} MB`;
  return `${megabytes(done)} of ${megabytes(all)} MB (${Math.floor((100 * done) / Math.max(all, 1))} %)`;
}
