// Rows that were closed, as they are stored: each by itself, or, where they are small, those of one key that were closed
// near each other in one item. A count that every other event changes would else be a row each time.
import { pastSort, shardOf, shardPartitions, type Generation } from './generation.ts';
import type { Item } from './ports.ts';
import { weigh } from './views/weight.ts';

/** A row that stood from the event at position `from` until the one at `to`. */
export interface ClosedRow {
  readonly from: number;
  readonly to: number;
  readonly body: object;
}

/** A row that stood at a key, as one text. */
export interface ClosedAt {
  readonly text: string;
  readonly row: ClosedRow;
}

/**
 * Rows that were closed by events of one window, of so many positions, lie together. A batch that is folded again, shorter
 * or longer, begins its items at the same rows, because it begins at the same position. The exception: a checkpoint that
 * is written late, after another run has folded a longer batch from the checkpoint before. The next batch then begins
 * within that one, and a row that both closed lies in two items of its key, alike in both. Readers return it once.
 */
const WINDOW = 1_024;
/** A whole window of such bodies stays below what an item holds. */
const SMALL_BYTES = 256;

/** Rows in the order in which they were closed, as items. */
export function closedItems(generation: Generation, closed: readonly ClosedAt[]): Item[] {
  const all: Together[] = [];
  const open = new Map<string, Together>();
  for (const { text, row } of closed) {
    const window = weigh(row.body, SMALL_BYTES) <= SMALL_BYTES ? Math.floor(row.to / WINDOW) : undefined;
    const last = open.get(text);
    if (last && last.window === window && window !== undefined) {
      last.rows.push(row);
    } else {
      const together = { text, window, rows: [row] };
      open.set(text, together);
      all.push(together);
    }
  }
  const shards = shardPartitions(generation, 'past');
  return all.map(({ text, rows }) => {
    const [first] = rows as [ClosedRow, ...ClosedRow[]];
    const key = { partition: shards[shardOf(text)] ?? '', sort: pastSort(text, first.from) };
    return { ...key, from: first.from, to: rows.at(-1)?.to ?? first.to, body: packed(rows, first) };
  });
}

interface Together {
  readonly text: string;
  /** undefined: nothing joins it. */
  readonly window: number | undefined;
  readonly rows: ClosedRow[];
}

const packed = (rows: readonly ClosedRow[], only: ClosedRow): object =>
  rows.length === 1 ? only.body : rows.map((row) => [row.from, row.to, row.body] satisfies Packed);

type Packed = [from: number, to: number, body: object];

/** The rows of a stored item, in the order in which they stood; between them there may have been none. */
export function closedRows({
  from = 0,
  to = Infinity,
  body,
}: Pick<Item, 'from' | 'to' | 'body'>): ClosedRow[] {
  if (!Array.isArray(body)) return [{ from, to, body: body as object }];
  return (body as Packed[]).map(([from, to, body]) => ({ from, to, body }));
}
