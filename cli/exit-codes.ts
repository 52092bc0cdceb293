/** How a command ends, for scripts; docs/cli.md lists them. */
export const exitCodes = {
  /** Everything that was asked for is done. */
  done: 0,
  /** An error, which standard error names with its code. */
  failed: 1,
  /** The command line, or what it names, is wrong (`invalid-arguments`): nothing was sent or written. */
  wrongUsage: 2,
  /** `status --within`, `refresh --within`: something expires sooner. */
  expiresSoon: 3,
  /** Of several requests, at least one was refused, denied or failed. Waiting does not mend it. */
  refused: 4,
  /** Of several requests, at least one still waits, for somebody's approval or for its signer; none was refused. */
  pending: 5,
  /** `doctor`: at least one thing keeps people from working with the cluster. */
  problemFound: 6,
} as const;

/** One of {@link exitCodes}. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Explains the codes in `--help`. */
export const exitCodesHelp = `
Exit codes:
  0    done
  1    an error, on standard error, with a code that docs/errors.md explains
  2    wrong command line, or contradicting contents: nothing was sent or written
  3    status, refresh --within: a certificate expires within that time, or has expired
  4    approve, collect: at least one request was refused, denied or failed
  5    approve, collect: at least one request is still pending
  6    doctor: at least one problem was found
  130  interrupted with Ctrl-C`;
