// Writes the streams, entry bundles and head of an invented history into an empty archive, as the sequencer does, for
// measurements without commands. It writes no positions, because a fold of the log does not read them.
import type { BlobStore, EventStore, Table } from '../../../domain/ports.ts';
import { packEntries } from '../../../events/log/entries.ts';
import { entriesPath, TILE_WIDTH } from '../../../events/log/paths.ts';
import type { Entry } from './generate.ts';

/** Bundles are written concurrently, because a disk syncs several files almost as fast as one. */
const BUNDLES_AT_ONCE = 16;

interface Empty {
  readonly store: EventStore;
  readonly log: BlobStore;
  readonly state: Table;
}

/** Writes the history, with at most 4,096 events in memory. Returns their count. @throws Error if the log has files */
export async function writeHistory({ store, log, state }: Empty, entries: Iterable<Entry>): Promise<number> {
  let size = 0;
  for (const wave of slices(entries, TILE_WIDTH * BUNDLES_AT_ONCE)) {
    await Promise.all(wave.map(({ event, bytes }) => append(store, event, bytes)));
    const first = size / TILE_WIDTH;
    const bundles = [...slices(wave, TILE_WIDTH)];
    await Promise.all(bundles.map((bundle, index) => writeBundle(log, first + index, bundle)));
    size += wave.length;
  }
  // After a crash before this write, no reader reads the bundles.
  const head = { partition: 'log', sort: 'head', body: { size, published: size } };
  if (!(await state.compareAndPut(head, 0)))
    throw new Error('this log has a head already: write into an empty log');
  return size;
}

async function append(
  store: EventStore,
  { subject, revision }: Entry['event'],
  bytes: Uint8Array,
): Promise<void> {
  const existing = await store.append({ stream: subject, revision, events: [bytes] });
  if (existing) throw new Error(`${subject} has a commit ${revision} already: write into an empty archive`);
}

async function writeBundle(log: BlobStore, bundle: number, entries: readonly Entry[]): Promise<void> {
  const key = entriesPath(bundle, entries.length);
  const written = await log.create(key, packEntries(entries.map(({ bytes }) => bytes)));
  if (written !== 'created') throw new Error(`${key} exists already: write into an empty log`);
}

function* slices<T>(all: Iterable<T>, length: number): Generator<T[]> {
  let slice: T[] = [];
  for (const one of all) {
    slice.push(one);
    if (slice.length < length) continue;
    yield slice;
    slice = [];
  }
  if (slice.length > 0) yield slice;
}
