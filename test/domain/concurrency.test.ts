// Tests concurrent writes: if one fails, the others have ended before the caller gets the error.
import { expect, test } from 'vitest';
import { writeFiles } from '../../domain/log/log-files.ts';
import { writePositions } from '../../domain/log/positions.ts';
import { memoryBlobs } from '../support/stores/memory-blobs.ts';
import { memoryTable } from '../support/stores/memory-table.ts';

const STREAMS = Array.from({ length: 40 }, (_, n) => `meeting-${n}`);

/** Lets the first write fail at once; the others take some turns. */
function failingFirst() {
  const counts = { begun: 0, ended: 0 };
  async function write<T>(then: () => Promise<T>): Promise<T> {
    if (++counts.begun === 1) throw new Error('throttled');
    for (let turn = 0; turn < 50; turn++) await Promise.resolve();
    const result = await then();
    counts.ended++;
    return result;
  }
  return { counts, write };
}

test('writing positions rejects once all pending puts have ended, and sends no further one', async () => {
  const { counts, write } = failingFirst();
  const table = memoryTable();
  const state = {
    ...table,
    compareAndPut: (...put: Parameters<typeof table.compareAndPut>) =>
      write(() => table.compareAndPut(...put)),
  };
  const batch = STREAMS.map((stream) => [stream, 1, 1] as const);
  const commits = STREAMS.map((stream) => ({ stream, revision: 1, events: [new Uint8Array()] }));
  await expect(writePositions(state, { base: 0, batch }, commits)).rejects.toThrow('throttled');
  expect(counts).toEqual({ begun: 16, ended: 15 });
});

test('writing files of the log rejects once all pending puts have ended, and sends no further one', async () => {
  const { counts, write } = failingFirst();
  const blobs = memoryBlobs();
  const log = { ...blobs, create: (key: string, bytes: Uint8Array) => write(() => blobs.create(key, bytes)) };
  const files = STREAMS.map((stream) => ({ key: stream, bytes: new Uint8Array([1]) }));
  await expect(writeFiles(log, files)).rejects.toThrow('throttled');
  expect(counts).toEqual({ begun: 16, ended: 15 });
});
