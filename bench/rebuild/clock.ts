// Measures wall time and processor time of work, in seconds. Processor time is that of all threads of this process.
export interface Spent {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

export async function spent(work: () => unknown): Promise<Spent> {
  const began = performance.now();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { seconds: (performance.now() - began) / 1_000, cpuSeconds: (user + system) / 1_000_000 };
}

/** Returns a clock that adds up the times of its runs. */
export function stopwatch() {
  const total = { seconds: 0, cpuSeconds: 0 };
  return {
    total,
    run: async (work: () => unknown): Promise<void> => {
      const { seconds, cpuSeconds } = await spent(work);
      total.seconds += seconds;
      total.cpuSeconds += cpuSeconds;
    },
  };
}
