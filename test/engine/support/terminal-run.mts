import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";

import { Screen } from "../../unit/support/screen.ts";
import { type Project } from "./project.mts";

/** What a run on a terminal is given of this process' variables: others, such as CI, would end its live display. */
const passedOn = [
  "PATH",
  "HOME",
  "KUBECONFIG",
  "PULUMI_SKIP_UPDATE_CHECK",
  "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION",
];

/** A `pulumi up` on a terminal of its own, with the engine's live display. */
export class TerminalRun {
  readonly screen: Screen;
  /** Resolves with the exit code. */
  readonly ended: Promise<number>;
  private readonly script: ChildProcessWithoutNullStreams;
  private shown: Promise<void> = Promise.resolve();
  private readonly watchers = new Set<(output: string) => void>();

  constructor(project: Project, columns: number, rows: number) {
    this.screen = new Screen(columns, rows);
    const up = `stty cols ${columns} rows ${rows}; exec pulumi up --yes --skip-preview --stack ${project.stack.name}`;
    const kept = passedOn.map((name) => [name, process.env[name]] as const).filter(([, value]) => value !== undefined);
    this.script = spawn("script", ["-qefc", up, "/dev/null"], {
      cwd: project.folder,
      env: { ...Object.fromEntries(kept), ...project.stack.environment, TERM: "xterm-256color" },
    });
    this.script.stdout.on("data", (output: Buffer) => {
      this.shown = this.shown.then(() => this.screen.write(output));
      void this.shown.then(() => {
        this.watchers.forEach((look) => {
          look(output.toString("latin1"));
        });
      });
    });
    this.ended = new Promise((resolve, reject) => {
      this.script.once("error", reject);
      this.script.once("close", (code) => {
        void this.shown.then(() => {
          resolve(code ?? -1);
        });
      });
    });
  }

  /** Waits until a row of the screen matches. */
  row(pattern: RegExp): Promise<RegExpExecArray> {
    return this.until(String(pattern), () =>
      this.screen.rows.map((row) => pattern.exec(row)).find((match) => match !== null),
    );
  }

  /** Waits until the engine has drawn its table anew, which begins with the columns' names. */
  async redrawn(): Promise<void> {
    await this.until("the engine drew anew", (output) => (output.includes("Type") ? true : undefined));
  }

  /** Types keys. */
  type(keys: string): void {
    this.script.stdin.write(keys);
  }

  /** Looks at the screen now and after each output, until there is something to be seen; fails when the run ends. */
  private until<T>(what: string, look: (output: string) => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const watcher = (output: string): void => {
        const seen = look(output);
        if (seen !== undefined) {
          this.watchers.delete(watcher);
          resolve(seen);
        }
      };
      this.watchers.add(watcher);
      watcher("");
      this.ended.then((code) => {
        reject(new Error(`the run ended (exit code ${code}) before ${what}:\n${this.screen.rows.join("\n")}`));
      }, reject);
    });
  }
}
