// Maps an instant to the size of the log then: the longest prefix in which no `time` is after the instant.
// Each batch has one item with the maximum `time` so far and the size of the log.
import { readEventHeader } from '../../events/envelope.ts';
import { readHead, type Head } from './head.ts';
import type { BlobStore, Table } from '../ports.ts';
import { replay } from './replay.ts';

const TIMES = 'times';
/** The last instant with a four-digit year. Later instants would not sort correctly as text. */
const LAST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

const sortOf = (time: string, size: number): string => `${time}~${String(size).padStart(12, '0')}`;
const sizeIn = (sort: string): number => Number(sort.slice(sort.indexOf('~') + 1));

/** Writes the item of the head's size. Idempotent, because items are only inserted. */
export async function writeTime(state: Table, { time, size }: Head): Promise<void> {
  await state.compareAndPut({ partition: TIMES, sort: sortOf(time, size), body: {} }, 0);
}

/**
 * Returns the number of entries that the log had at an instant (ISO 8601), at most the published ones. Reads at most one
 * batch of entries.
 * @throws RangeError if the instant is invalid
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
    if (readEventHeader(bytes).time > at) break;
    size += 1;
  }
  return size;
}

/** Returns the `time` of the first event, or undefined if the log is empty. Reads one bundle. */
export async function firstEventTime({
  state,
  log,
}: {
  readonly state: Table;
  readonly log: Pick<BlobStore, 'get'>;
}): Promise<string | undefined> {
  const { published } = await readHead(state);
  for await (const { bytes } of replay(log, 0, published)) return readEventHeader(bytes).time;
  return undefined;
}

async function firstOf(state: Table, range: Parameters<Table['range']>[1] & {}): Promise<number> {
  for await (const { sort } of state.range(TIMES, range)) return sizeIn(sort);
  return range.descending ? 0 : Infinity;
}
