// Writes a made-up history into an empty archive as the sequencer would have left it, so that a rebuild can be measured
// without a million commands: streams, entry bundles and the head. No positions: who folds the log needs none.
import type { BlobStore, EventStore, Table } from '../../../domain/ports.ts';
import { packEntries } from '../../../events/log/entries.ts';
import { entriesPath, TILE_WIDTH } from '../../../events/log/paths.ts';
import type { Entry } from './generate.ts';

/** A disk syncs several files in little more than the time of one. */
const BUNDLES_AT_ONCE = 16;

interface Empty {
  readonly store: EventStore;
  readonly log: BlobStore;
  readonly state: Table;
}

/** Gives the number of events. Throws where the log is not empty. Holds 4,096 events in memory. */
export async function writeHistory({ store, log, state }: Empty, entries: Iterable<Entry>): Promise<number> {
  let size = 0;
  for (const wave of slices(entries, TILE_WIDTH * BUNDLES_AT_ONCE)) {
    await Promise.all(wave.map(({ event, bytes }) => append(store, event, bytes)));
    const first = size / TILE_WIDTH;
    const bundles = [...slices(wave, TILE_WIDTH)];
    await Promise.all(bundles.map((bundle, index) => writeBundle(log, first + index, bundle)));
    size += wave.length;
  }
  // A crash before this leaves bundles that no reader looks at.
  const head = { partition: 'log', sort: 'head', body: { size, published: size } };
  if (!(await state.compareAndPut(head, 0)))
    throw new Error('this log has a head already: write into an empty one');
  return size;
}

async function append(
  store: EventStore,
  { subject, revision }: Entry['event'],
  bytes: Uint8Array,
): Promise<void> {
  const there = await store.append({ stream: subject, revision, events: [bytes] });
  if (there) throw new Error(`${subject} has a commit ${revision} already: write into an empty archive`);
}

async function writeBundle(log: BlobStore, bundle: number, entries: readonly Entry[]): Promise<void> {
  const key = entriesPath(bundle, entries.length);
  const written = await log.create(key, packEntries(entries.map(({ bytes }) => bytes)));
  if (written !== 'created') throw new Error(`${key} is there already: write into an empty log`);
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
