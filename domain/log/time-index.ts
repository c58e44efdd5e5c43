// What the log held at an instant: the longest prefix whose running maximum of `time` is not after it. One item a
// batch leads there: the running maximum at its end, and how many entries that is.
import { readPlace } from '../../events/envelope.ts';
import { readHead, type Head } from './head.ts';
import type { BlobStore, Table } from '../ports.ts';
import { replay } from './replay.ts';

const TIMES = 'times';
/** The last instant that is written with four digits of a year: later ones would not sort as text. */
const LAST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

const sortOf = (time: string, size: number): string => `${time}~${String(size).padStart(12, '0')}`;
const sizeIn = (sort: string): number => Number(sort.slice(sort.indexOf('~') + 1));

/** Writes what is known at the head's size. Insert only: any number of runs leave the same. */
export async function writeTime(state: Table, { time, size }: Head): Promise<void> {
  await state.compareAndPut({ partition: TIMES, sort: sortOf(time, size), body: {} }, 0);
}

/**
 * How many entries, from the first one on, the log held at an instant (ISO 8601); no more than are published. Reads
 * at most one batch of entries. Throws RangeError where it is no instant.
 */
export async function logSizeAt(
  { state, log }: { readonly state: Table; readonly log: Pick<BlobStore, 'get'> },
  instant: string,
): Promise<number> {
  // An invalid date throws here. Years before 0 sort before any time.
  const at = new Date(Math.min(Date.parse(instant), LAST)).toISOString();
  const { published } = await readHead(state);
  const below = `${at}~:`;
  const before = await firstOf(state, { below, descending: true });
  const after = await firstOf(state, { from: below });
  let size = Math.min(before, published);
  for await (const { bytes } of replay(log, size, Math.min(after, published))) {
    if (readPlace(bytes).time > at) break;
    size += 1;
  }
  return size;
}

/** Returns when the first event was recorded (its `time`); undefined if the log has none. Reads one batch of entries. */
export async function firstEventTime({
  state,
  log,
}: {
  readonly state: Table;
  readonly log: Pick<BlobStore, 'get'>;
}): Promise<string | undefined> {
  const { published } = await readHead(state);
  for await (const { bytes } of replay(log, 0, published)) return readPlace(bytes).time;
  return undefined;
}

async function firstOf(state: Table, range: Parameters<Table['range']>[1] & {}): Promise<number> {
  for await (const { sort } of state.range(TIMES, range)) return sizeIn(sort);
  return range.descending ? 0 : Infinity;
}
