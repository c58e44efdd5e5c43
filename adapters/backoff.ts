// Waits between tries of something that is busy: at random, so that those who were refused together don't come back
// together ("full jitter").
import { setTimeout } from 'node:timers/promises';

const BASE_MS = 25;
const MAX_MS = 5_000;

/**
 * Waits up to 25 ms in round 0, up to twice as long each round after it, and never more than 5 s. Rejects at once with
 * the signal's reason if it is aborted.
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
