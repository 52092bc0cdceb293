let lifeline: AbortSignal | undefined;

/**
 * A signal that aborts when the engine that started this plugin process is gone.
 *
 * A killed engine leaves its plugins behind, and they would go on submitting and approving beside the next run. The
 * engine holds the other end of our standard input, which closes with it whatever happened. Only a plugin process may
 * call this: it takes standard input.
 */
export function engineLifeline(): AbortSignal {
  if (lifeline === undefined) {
    const controller = new AbortController();
    process.stdin.once("close", () => {
      controller.abort();
      // What is under way sees the signal first, and says in its error that the next run goes on.
      setImmediate(() => process.exit(1));
    });
    process.stdin.resume();
    lifeline = controller.signal;
  }
  return lifeline;
}
