// Lists changed resources by the latest event of each stream: a walk through the log keeps the events that are the latest
// of their stream. If a filter names an actor or a topic with few records, that list is read whole and sorted instead.
import { readSubject } from '../../../events/envelope.ts';
import { readHead } from '../../log/head.ts';
import { countAsOf } from '../../log/positions.ts';
import { rangeAfter, readMerged, type KeyRange, type Reading } from '../../projections/rows/reading.ts';
import { idIn, positionKey } from '../../projections/rows/row-keys.ts';
import { bundlesBetween, type LogEntry } from '../../log/replay.ts';
import { slicesOf } from '../../concurrency.ts';
import { listsOfActor, narrowest, type Matching } from '../timeline/timeline-filter.ts';
import type { PageRequest } from '../paging.ts';

/** Maximum of resources that a page compares. */
export const MAX_CHANGES = 500;
/** One in ten skipped events is a row without an id, so a page reads at most ten times MAX_CHANGES events. */
const SKIPPED_PER_ROW = 10;
/** Maximum of records in a list that is read whole. */
const MAX_WHOLE_LIST = 1_000;

type Order = Pick<PageRequest, 'after' | 'descending'>;

/** A resource that may have changed. A row without an id only says how far the log has been read. */
export interface ChangedResource {
  readonly sort: string;
  readonly id?: string;
  /** Position of its latest event; absent if only merges of actors may have moved the record. */
  readonly position?: number;
}

const changeAt = (position: number, id: string | undefined): ChangedResource => ({
  sort: positionKey(position),
  ...(id === undefined ? {} : { id, position }),
});

/** Returns the positions to read after `after`. They are NaN, an empty range, if `after` is not the sort key of a change. */
function range({ at }: Reading, since: number, { after, descending = false }: Order) {
  const last = after === undefined ? undefined : Number.parseInt(after, 10);
  return {
    from: descending || last === undefined ? since + 1 : last + 1,
    below: descending && last !== undefined ? last : at + 1,
  };
}

/** Returns the position of the latest event of a stream as of a reading; -1 if the stream is empty. */
async function latestPosition({ events, at }: Reading, stream: string): Promise<number> {
  return (await countAsOf(events.state, stream, at)).position;
}

/** Returns true if an event is the latest of its stream as of the reading. */
export const isLatest = async (reading: Reading, stream: string, position: number): Promise<boolean> =>
  (await latestPosition(reading, stream)) === position;

/**
 * Lists the resources that events after position `since` changed. `changedBy` returns the id of the resource whose latest
 * event it is; undefined skips the event.
 */
export async function* changesSince(
  reading: Reading,
  changedBy: (stream: string, position: number) => Promise<string | undefined>,
  since: number,
  order: Order,
): AsyncGenerator<ChangedResource> {
  const { log, state } = reading.events;
  const { published } = await readHead(state);
  const idOf = async ({ position, bytes }: LogEntry) => changedBy(readSubject(bytes), position);
  let skipped = 0;
  for await (const bundle of bundlesBetween(
    log,
    { ...range(reading, since, order), published },
    order.descending,
  ))
    for (const [, wave] of slicesOf(bundle)) {
      const ids = await Promise.all(wave.map(idOf));
      for (const [index, { position }] of wave.entries()) {
        const id = ids[index];
        if (id !== undefined || ++skipped % SKIPPED_PER_ROW === 0) yield changeAt(position, id);
      }
    }
}

/** Lists of the timeline as of the position of a reading. */
interface Lists {
  readonly reading: Reading;
  readonly matching: Matching;
}

/** Lists records of the timeline that may pass and have an event after position `since`, as of the first reading. */
export async function* recordsByChange(
  lists: readonly [Lists, ...Lists[]],
  since: number,
  order: Order,
): AsyncGenerator<ChangedResource> {
  const [{ reading, matching }] = lists;
  const ids = await idsIfFew(lists);
  if (ids) {
    yield* changesOf(reading, ids, since, order);
    return;
  }
  const { kind } = matching.filter;
  const kinds = kind === undefined ? THINGS : [`${kind}-`];
  const changedBy = async (stream: string, position: number) =>
    kinds.some((prefix) => stream.startsWith(prefix)) && (await isLatest(reading, stream, position))
      ? stream
      : undefined;
  yield* changesSince(reading, changedBy, since, order);
}

const THINGS = ['meeting-', 'statement-', 'opinion-'];

/**
 * Lists records of the timeline that may pass now or then. First by date those that only merges of actors may have moved
 * into the lists or out of them, then those that have an event after position `since`.
 */
export async function* changedRecords(
  now: Lists,
  then: Lists,
  since: number,
  order: Order,
): AsyncGenerator<ChangedResource> {
  const { after, descending = false } = order;
  const inMoved = after !== undefined && isMoved(after) ? after.slice(MOVED.length) : undefined;
  const changed = (order: Order) => recordsByChange([now, then], since, order);
  const whole = { descending };
  if (descending && inMoved === undefined) yield* changed(order);
  if (inMoved !== undefined) yield* moved(now, then, { after: inMoved, descending });
  else if (descending || after === undefined) yield* moved(now, then, whole);
  if (!descending) yield* changed(inMoved === undefined ? order : whole);
}

/** Prefix of the sort keys of records that only merges may have moved. It sorts below every position. */
const MOVED = '!';
const isMoved = (sort: string): boolean => sort.startsWith(MOVED);

/** Lists the records of actors that belong to the filter's groups only then, or only now. */
async function* moved(
  now: Lists,
  then: Lists,
  { after, descending = false }: Order,
): AsyncGenerator<ChangedResource> {
  const ids = now.matching.lists.flatMap(({ role }, index) => {
    const [was, is] = [then.matching.lists[index]?.role?.ids ?? [], role?.ids ?? []];
    return [...without(was, is), ...without(is, was)];
  });
  const parts = [...new Set(ids)].flatMap((id): KeyRange[] => listsOfActor(now.matching, id));
  const left = parts.map((part) => rangeAfter(part, after, descending));
  for await (const { sort } of readMerged(now.reading, left, descending))
    yield { sort: MOVED + sort, id: idIn(sort) };
}

const without = (ids: readonly string[], others: readonly string[]): string[] =>
  ids.filter((id) => !others.includes(id));

/** Lists these resources by their latest event, if that is after position `since`. */
export async function* changesOf(
  reading: Reading,
  ids: readonly string[],
  since: number,
  order: Order,
): AsyncGenerator<ChangedResource> {
  const changes: { readonly id: string; readonly position: number }[] = [];
  for (const [, wave] of slicesOf(ids)) {
    const found = wave.map(async (id) => ({ id, position: await latestPosition(reading, id) }));
    changes.push(...(await Promise.all(found)));
  }
  const { from, below } = range(reading, since, order);
  yield* changes
    .filter(({ position }) => position >= from && position < below)
    .toSorted((a, b) => (order.descending ? b.position - a.position : a.position - b.position))
    .map(({ position, id }) => changeAt(position, id));
}

/** Returns the ids in these lists; undefined above MAX_WHOLE_LIST, or if the filter names no actor and no topic. */
async function idsIfFew(lists: readonly Lists[]): Promise<string[] | undefined> {
  const ids = new Set<string>();
  for (const { reading, matching } of lists) {
    if (matching.filter.topic === undefined && !matching.lists.some(({ role }) => role)) return undefined;
    const { parts } = await narrowest(reading, matching);
    for await (const { sort } of readMerged(reading, parts)) {
      ids.add(idIn(sort));
      if (ids.size > MAX_WHOLE_LIST) return undefined;
    }
  }
  return [...ids];
}
