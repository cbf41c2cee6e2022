/** Exit codes by convention: 128 and the number of the signal. */
const CODES: Readonly<Partial<Record<NodeJS.Signals, number>>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/**
 * Aborted by Ctrl-C, a closed terminal or `kill` (a second one ends the process at once), and by an error that nobody
 * caught, so that servers are stopped then too. Its reason is the exit code.
 */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const [name, code] of Object.entries(CODES)) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(code);
      controller.abort(code);
    });
  }
  process.on('uncaughtException', (error) => {
    console.error(error);
    controller.abort(1);
  });
  return controller.signal;
}
