// The short cache reads once within its lifetime, and again after it, after a failure, or after `forget`.
import { expect, test } from 'vitest';
import { rememberedHistory, shortMemory } from '../../../../functions/api/support/short-cache.ts';

function counting(ms: number) {
  let [now, reads] = [0, 0];
  const memory = shortMemory(() => now, ms);
  const read = () => memory.remember('key', async () => ++reads);
  return { memory, read, later: (by: number) => (now += by) };
}

test('a cached answer is returned until it expires', async () => {
  const { read, later } = counting(100);
  expect([await read(), await read()]).toEqual([1, 1]);
  later(99);
  expect(await read()).toBe(1);
  later(1);
  expect(await read()).toBe(2);
});

test('a cache with a lifetime of 0 caches nothing', async () => {
  const { read } = counting(0);
  expect([await read(), await read()]).toEqual([1, 2]);
});

test('a forgotten key is read again', async () => {
  const { memory, read } = counting(100);
  await read();
  memory.forget('key');
  expect(await read()).toBe(2);
});

test('a failure is not cached', async () => {
  const memory = shortMemory(() => 0, 100);
  await expect(memory.remember('key', () => Promise.reject(new Error('cut')))).rejects.toThrow('cut');
  expect(await memory.remember('key', async () => 'there')).toBe('there');
});

test('only histories of articles and actors are cached', async () => {
  const read: string[] = [];
  const history = rememberedHistory(
    async (stream) => {
      read.push(stream);
      return [];
    },
    shortMemory(() => 0, 100),
  );
  for (const stream of ['actor-a', 'article-b', 'meeting-c', 'actor-merges']) {
    await history(stream);
    await history(stream);
  }
  expect(read).toEqual(['actor-a', 'article-b', 'meeting-c', 'meeting-c', 'actor-merges']);
});
