// Callers that wait for something to happen are resolved when it does, or when their time is over.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { waiters } from '../../../bin/server/waiters.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Tells whether a promise has been resolved. */
function watch(promise: Promise<void>) {
  const watched = { isOver: false };
  void promise.then(() => (watched.isOver = true));
  return watched;
}

test('all that wait are resolved when it happens, and none that comes later', async () => {
  const { wait, wake } = waiters();
  const before = [watch(wait(1_000)), watch(wait(2_000))];
  wake();
  const later = watch(wait(1_000));
  await vi.advanceTimersByTimeAsync(0);
  expect([...before, later].map(({ isOver }) => isOver)).toEqual([true, true, false]);
  expect(vi.getTimerCount()).toBe(1);
});

test('one that waits in vain is resolved when its time is over', async () => {
  const { wait } = waiters();
  const vain = watch(wait(1_000));
  await vi.advanceTimersByTimeAsync(999);
  expect(vain.isOver).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(vain.isOver).toBe(true);
});
