// Rows that were closed, as they are stored: each by itself, or, where they are small, those of one key that were closed
// near each other in one item. A count that every other event changes would else be a row each time.
import { keyText, pastKey, type Generation } from './generation.ts';
import type { Item } from './ports.ts';
import type { RowKey } from './views/view.ts';
import { weigh } from './views/weight.ts';

/** A row that stood from the event at position `from` until the one at `to`. */
export interface ClosedRow {
  readonly from: number;
  readonly to: number;
  readonly body: object;
}

/** A key, and a row that stood there. */
export interface ClosedAt extends RowKey {
  readonly row: ClosedRow;
}

/**
 * Rows that were closed by events of one window, of so many positions, lie together. Where a window ends does not
 * depend on the batch: one that is folded again, shorter or longer, begins its items at the same rows, so that none of
 * an earlier run is left beside them.
 */
const WINDOW = 1_024;
/** A whole window of such bodies stays below what an item holds. */
const SMALL_BYTES = 256;

/** Rows in the order in which they were closed, as items. */
export function closedItems(generation: Generation, closed: readonly ClosedAt[]): Item[] {
  const all: Together[] = [];
  const open = new Map<string, Together>();
  for (const { partition, sort, row } of closed) {
    const text = keyText({ partition, sort });
    const window = weigh(row.body, SMALL_BYTES) <= SMALL_BYTES ? Math.floor(row.to / WINDOW) : undefined;
    const last = open.get(text);
    if (last && last.window === window && window !== undefined) {
      last.rows.push(row);
    } else {
      const together = { partition, sort, window, rows: [row] };
      open.set(text, together);
      all.push(together);
    }
  }
  return all.map((each) => itemOf(generation, each));
}

interface Together extends RowKey {
  /** undefined: nothing joins it. */
  readonly window: number | undefined;
  readonly rows: ClosedRow[];
}

function itemOf(generation: Generation, { rows, ...key }: Together): Item {
  const [first] = rows as [ClosedRow, ...ClosedRow[]];
  const { to } = rows.at(-1) ?? first;
  const body =
    rows.length === 1 ? first.body : rows.map((row) => [row.from, row.to, row.body] satisfies Packed);
  return { ...pastKey(generation, key, first.from), from: first.from, to, body };
}

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
