// Callers that wait are resolved by the next signal, or by their timeout.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { waiters } from '../../../bin/server/waiters.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Records whether a promise has been resolved. */
function watch(promise: Promise<void>) {
  const watched = { isOver: false };
  void promise.then(() => (watched.isOver = true));
  return watched;
}

test('a signal resolves all callers that wait, and no caller that comes later', async () => {
  const { wait, wake } = waiters();
  const before = [watch(wait(1_000)), watch(wait(2_000))];
  wake();
  const later = watch(wait(1_000));
  await vi.advanceTimersByTimeAsync(0);
  expect([...before, later].map(({ isOver }) => isOver)).toEqual([true, true, false]);
  expect(vi.getTimerCount()).toBe(1);
});

test('a caller that gets no signal is resolved after its timeout', async () => {
  const { wait } = waiters();
  const waiting = watch(wait(1_000));
  await vi.advanceTimersByTimeAsync(999);
  expect(waiting.isOver).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(waiting.isOver).toBe(true);
});
