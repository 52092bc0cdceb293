/** How a lock is waited for, and who is told which process holds it. */
export interface LockOptions {
  readonly signal: AbortSignal;
  readonly onWait: (holder: { readonly pid: number }) => void;
}

export function startTimeOf(pid: number): string | undefined;
export function withLock<Result>(file: string, options: LockOptions, action: () => Promise<Result>): Promise<Result>;
