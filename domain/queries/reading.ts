// Reads the rows of views as they stood at one position of the log: every row of an answer, whatever is folded or
// switched meanwhile.
import { Refusal } from '../errors.ts';
import type { Generation } from '../generation.ts';
import type { Table } from '../ports.ts';
import { liveCheckpoint, readProjections } from '../projections.ts';
import { rowsAt, rowsBefore } from '../rows.ts';
import type { RowKey, View } from '../views/view.ts';

export interface Reading {
  readonly views: Table;
  /** The last event that is seen; -1 where none is. */
  readonly at: number;
  readonly generationOf: (view: View) => Generation;
}

/**
 * Opens these views at position `asOf`, or, without it, at the last that all of them have folded. Throws Refusal where
 * one of them is not as far as `asOf`.
 */
export async function openReading(views: Table, needed: readonly View[], asOf?: number): Promise<Reading> {
  const projections = await readProjections(views, needed);
  const checkpoints = [...projections].map(([name, projection]) => ({ name, ...liveCheckpoint(projection) }));
  const folded = Math.min(...checkpoints.map(({ next }) => next - 1));
  if (asOf !== undefined && asOf > folded) {
    const stopped = checkpoints.find(({ next, stopped }) => stopped && next <= asOf);
    const advice = stopped
      ? `read model ${stopped.name} is stopped, GET /projections says why; ask for less until it goes on`
      : 'try again in a moment, or ask for less';
    throw new Refusal(
      'behind',
      `the read model has folded the history up to position ${folded}, not yet to ${asOf}: ${advice}`,
      { position: folded },
    );
  }
  return {
    views,
    at: asOf ?? folded,
    generationOf: ({ name }) => {
      const projection = projections.get(name);
      if (!projection) throw new Error(`view ${name} is read, but was not asked for`);
      return { view: name, number: projection.live };
    },
  };
}

/** The same rows as they stood at an earlier position. */
export const asOf = (reading: Reading, at: number): Reading => ({ ...reading, at });

/** The bodies of these rows, in the order of the keys; undefined for those that did not stand. */
export async function readRows<B extends object>(
  { views, at, generationOf }: Reading,
  view: View,
  keys: readonly RowKey[],
): Promise<(B | undefined)[]> {
  if (keys.length === 0) return [];
  const rows = await rowsBefore(views, generationOf(view), keys, at + 1);
  return rows.map(({ row }) => row?.body as B | undefined);
}

export async function readRow<B extends object>(
  reading: Reading,
  view: View,
  partition: string,
  sort: string,
): Promise<B | undefined> {
  return (await readRows<B>(reading, view, [{ partition, sort }]))[0];
}

export interface Row<B> {
  readonly sort: string;
  /** Position of the event that made it. */
  readonly from: number;
  readonly body: B;
}

/** A partition of a view, or the rows of it from one sort key up to, and without, another. */
export interface Source {
  readonly view: View;
  readonly partition: string;
  readonly from?: string;
  readonly below?: string;
}

/** The rows of several partitions in the order of their sort keys; equal keys are the same thing and come once. */
export async function* readSources<B extends object>(
  { views, at, generationOf }: Reading,
  sources: readonly Source[],
  descending = false,
): AsyncGenerator<Row<B>> {
  const rows = sources.map(({ view, partition, ...range }) =>
    rowsAt(views, generationOf(view), partition, { ...range, descending, at })[Symbol.asyncIterator](),
  );
  try {
    const heads = await Promise.all(rows.map((each) => each.next()));
    for (let last: string | undefined; ;) {
      let best = -1;
      for (const [index, head] of heads.entries()) {
        if (head.done) continue;
        const leading = heads[best];
        if (!leading || leading.done || comesBefore(head.value.sort, leading.value.sort, descending))
          best = index;
      }
      const [head, iterator] = [heads[best], rows[best]];
      if (!head || head.done || !iterator) return;
      const { sort, from, body } = head.value;
      if (sort !== last) yield { sort, from, body: body as B };
      last = sort;
      heads[best] = await iterator.next();
    }
  } finally {
    for (const each of rows) await each.return?.(undefined);
  }
}

/** Sort keys of views are ASCII but for names, which never meet in a merge. */
const comesBefore = (a: string, b: string, descending: boolean): boolean => (descending ? a > b : a < b);
