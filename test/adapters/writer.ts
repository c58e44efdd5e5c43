// A process to kill: it writes to the embedded stores, 16 writes at a time, and prints each acknowledged write.
// node writer.ts (commits | blobs | rows) FOLDER SEED
import { join } from 'node:path';
import { openBlobs } from '../../adapters/files/blob-store.ts';
import { openDatabase } from '../../adapters/sqlite/database.ts';
import { sqliteEventStore } from '../../adapters/sqlite/event-store.ts';
import { lockFolder } from '../../adapters/sqlite/process-lock.ts';
import { openRowStores } from '../../adapters/sqlite/row-stores.ts';
import type { RowVersion } from '../../domain/projections/rows/row.ts';

const [, , what, path = '', seed = ''] = process.argv;

/** Returns the bytes that the writer of a seed puts at each place, in many sizes. The checks compute them again. */
export function contentOf(run: string, worker: number, revision: number): Uint8Array {
  const length = (worker * 7_919 + revision * 104_729) % (revision % 9 === 0 ? 90_000 : 900);
  return new TextEncoder().encode(JSON.stringify({ run, worker, revision, text: 'é'.repeat(length) }));
}
export const streamOf = (run: string, worker: number): string => `meeting-${run}-${worker}`;
export const keyOf = (run: string, worker: number, revision: number): string =>
  `run/${run}/${revision % 5}/${worker}.p/${revision}`;

/** Returns the versions of a batch, which the writer of rows appends together. */
export const batchOf = (batch: number): RowVersion[] =>
  Array.from({ length: 20 }, (_, index) => ({
    partition: `partition-${index % 3}`,
    sort: String((batch * 7_919 + index) % 1_009).padStart(4, '0'),
    position: batch * 20 + index,
    body: { text: 'é'.repeat((batch * 104_729 + index) % 900) },
  }));

async function writeFrom(worker: number, put: (revision: number) => Promise<boolean>): Promise<void> {
  for (let revision = 1; ; revision++) {
    if (!(await put(revision))) throw new Error(`${worker} ${revision} was not written`);
    process.stdout.write(`${worker} ${revision}\n`);
  }
}

async function startWriting(): Promise<(worker: number, revision: number) => Promise<boolean>> {
  if (what === 'blobs') {
    const blobs = await openBlobs(path);
    return async (worker, revision) =>
      (await blobs.create(keyOf(seed, worker, revision), contentOf(seed, worker, revision))) === 'created';
  }
  if (what === 'rows') return startAppending();
  lockFolder(path);
  const store = sqliteEventStore(openDatabase(join(path, 'chancery.db')));
  return async (worker, revision) => {
    const events = [contentOf(seed, worker, revision)];
    return (await store.append({ stream: streamOf(seed, worker), revision, events })) === undefined;
  };
}

/** Appends rows to a generation that is being built. The seed is the number of the batch before which it is completed. */
async function startAppending(): Promise<(worker: number, batch: number) => Promise<boolean>> {
  const rows = await (await openRowStores(path, 8)).build(1);
  return async (worker, batch) => {
    if (worker > 0) return new Promise(() => {});
    if (batch === Number(seed)) await rows.complete();
    await rows.append(batchOf(batch));
    return true;
  };
}

if (import.meta.main) {
  const put = await startWriting();
  const workers = Array.from({ length: 16 }, (_, worker) =>
    writeFrom(worker, (revision) => put(worker, revision)),
  );
  await Promise.all(workers);
}
