/** Who holds a lock or a temporary folder: a process of a machine. */
export interface Holder {
  readonly host: string;
  readonly pid: number;
  readonly startTime: string;
}

/** How a lock is waited for, and who is told. */
export interface LockOptions {
  readonly signal: AbortSignal;
  readonly onWait: (holder: Holder) => void;
}

export function startTimeOf(pid: number): string | undefined;
export function ownHolder(): Holder;
export function isAlive(holder: Holder): boolean;
export function holderName(holder: Holder): string;
export function parseHolder(name: string): Holder | undefined;
export function withLock<Result>(file: string, options: LockOptions, action: () => Promise<Result>): Promise<Result>;
export function readIfThere(file: string): string | undefined;
