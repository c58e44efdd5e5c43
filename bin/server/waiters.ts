// Lets callers wait for a signal, with a timeout.
export interface Waiters {
  /** Resolves at the next `wake`, or after `ms` milliseconds. */
  readonly wait: (ms: number) => Promise<void>;
  readonly wake: () => void;
}

export function waiters(): Waiters {
  let waiting = new Set<() => void>();
  return {
    wait: (ms) =>
      new Promise((resolve) => {
        const timer = setTimeout(end, ms).unref();
        function end(): void {
          clearTimeout(timer);
          waiting.delete(end);
          resolve();
        }
        waiting.add(end);
      }),
    wake: () => {
      const woken = waiting;
      waiting = new Set();
      for (const end of woken) end();
    },
  };
}
