// Random waits between retries ("full jitter"), so that clients that failed together do not retry together.
import { setTimeout } from 'node:timers/promises';

const BASE_MS = 25;
const MAX_MS = 5_000;

/**
 * Waits for at most 25 ms in round 0. The maximum doubles with each round, up to 5 s. Rejects at once with the signal's
 * reason if the signal is aborted.
 */
export async function backoff(round: number, signal?: AbortSignal): Promise<void> {
  const ms = Math.random() * Math.min(MAX_MS, BASE_MS * 2 ** round);
  try {
    await setTimeout(ms, undefined, signal && { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
