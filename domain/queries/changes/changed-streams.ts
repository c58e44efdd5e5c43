// What changed, in the order of the latest event of each stream. The log says it: a walk through its events keeps those
// that are the latest of their stream. If a filter names an actor or a topic with few things, its own list is read whole
// and sorted instead.
import { readSubject } from '../../../events/envelope.ts';
import { readHead } from '../../log/head.ts';
import { countAsOf } from '../../log/positions.ts';
import { beyond, readParts, type Part, type Reading } from '../../projections/rows/reading.ts';
import { idIn, positionKey } from '../../projections/rows/row-keys.ts';
import { bundlesBetween, type LogEntry } from '../../log/replay.ts';
import { wavesOf } from '../../concurrency.ts';
import { listsOfActor, narrowest, type Matching } from '../timeline/timeline-filter.ts';
import type { PageRequest } from '../paging.ts';

/** A page compares at most so many things. */
export const MAX_CHANGES = 500;
/** Every tenth event that is left out is a row without an id. So a page reads at most ten times as many events. */
const LEFT_OUT = 10;
/** A list of at most so many things is read whole. */
const FEW = 1_000;

type Order = Pick<PageRequest, 'after' | 'descending'>;

/** What may have changed. Without an id it is nothing: it only says how far the log has been read. */
export interface Change {
  readonly sort: string;
  readonly id?: string;
  /** Of its latest event; absent if only merges of actors may have moved the thing. */
  readonly position?: number;
}

const changeAt = (position: number, id: string | undefined): Change => ({
  sort: positionKey(position),
  ...(id === undefined ? {} : { id, position }),
});

/** The positions that are left after a change. They are NaN, and so none, if `after` is no sort key of a change. */
function range({ at }: Reading, since: number, { after, descending = false }: Order) {
  const last = after === undefined ? undefined : Number.parseInt(after, 10);
  return {
    from: descending || last === undefined ? since + 1 : last + 1,
    below: descending && last !== undefined ? last : at + 1,
  };
}

/** The position of the latest event of a stream as of a reading; -1 if it has none. */
async function latestPosition({ events, at }: Reading, stream: string): Promise<number> {
  return (await countAsOf(events.state, stream, at)).position;
}

/** True if an event is the latest one of its stream. */
export const isLatest = async (reading: Reading, stream: string, position: number): Promise<boolean> =>
  (await latestPosition(reading, stream)) === position;

/**
 * What events after position `since` changed. `changedBy` names what an event is the latest of, by the event's stream;
 * undefined leaves the event out.
 */
export async function* changesSince(
  reading: Reading,
  changedBy: (stream: string, position: number) => Promise<string | undefined>,
  since: number,
  order: Order,
): AsyncGenerator<Change> {
  const { log, state } = reading.events;
  const { published } = await readHead(state);
  const idOf = async ({ position, bytes }: LogEntry) => changedBy(readSubject(bytes), position);
  let leftOut = 0;
  for await (const bundle of bundlesBetween(
    log,
    { ...range(reading, since, order), published },
    order.descending,
  ))
    for (const [, wave] of wavesOf(bundle)) {
      const ids = await Promise.all(wave.map(idOf));
      for (const [index, { position }] of wave.entries()) {
        const id = ids[index];
        if (id !== undefined || ++leftOut % LEFT_OUT === 0) yield changeAt(position, id);
      }
    }
}

/** Lists of the timeline as of the position of a reading. */
interface Lists {
  readonly reading: Reading;
  readonly matching: Matching;
}

/** What passes, or may pass, of the timeline and has an event after position `since`; as of the first reading. */
export async function* thingsByChange(
  lists: readonly [Lists, ...Lists[]],
  since: number,
  order: Order,
): AsyncGenerator<Change> {
  const [{ reading, matching }] = lists;
  const few = await fewIn(lists);
  if (few) {
    yield* changesOf(reading, few, since, order);
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
 * What passes now or then, or may pass, of the timeline: first what only the merges of actors may have brought into the
 * lists or taken out of them, by date; then what has an event after position `since`.
 */
export async function* changedThings(
  now: Lists,
  then: Lists,
  since: number,
  order: Order,
): AsyncGenerator<Change> {
  const { after, descending = false } = order;
  const inMoved = after !== undefined && isMoved(after) ? after.slice(MOVED.length) : undefined;
  const changed = (order: Order) => thingsByChange([now, then], since, order);
  const whole = { descending };
  if (descending && inMoved === undefined) yield* changed(order);
  if (inMoved !== undefined) yield* moved(now, then, { after: inMoved, descending });
  else if (descending || after === undefined) yield* moved(now, then, whole);
  if (!descending) yield* changed(inMoved === undefined ? order : whole);
}

/** Begins the sort keys of what only merges may have moved: below every position. */
const MOVED = '!';
const isMoved = (sort: string): boolean => sort.startsWith(MOVED);

/** The lists of actors that count for the filter only then, or only now. */
async function* moved(now: Lists, then: Lists, { after, descending = false }: Order): AsyncGenerator<Change> {
  const ids = now.matching.lists.flatMap(({ role }, index) => {
    const [was, is] = [then.matching.lists[index]?.role?.ids ?? [], role?.ids ?? []];
    return [...without(was, is), ...without(is, was)];
  });
  const parts = [...new Set(ids)].flatMap((id): Part[] => listsOfActor(now.matching, id));
  const left = parts.map((part) => beyond(part, after, descending));
  for await (const { sort } of readParts(now.reading, left, descending))
    yield { sort: MOVED + sort, id: idIn(sort) };
}

const without = (ids: readonly string[], others: readonly string[]): string[] =>
  ids.filter((id) => !others.includes(id));

/** Things by their latest event, if that is after position `since`. */
export async function* changesOf(
  reading: Reading,
  ids: readonly string[],
  since: number,
  order: Order,
): AsyncGenerator<Change> {
  const changes: { readonly id: string; readonly position: number }[] = [];
  for (const [, wave] of wavesOf(ids)) {
    const found = wave.map(async (id) => ({ id, position: await latestPosition(reading, id) }));
    changes.push(...(await Promise.all(found)));
  }
  const { from, below } = range(reading, since, order);
  yield* changes
    .filter(({ position }) => position >= from && position < below)
    .toSorted((a, b) => (order.descending ? b.position - a.position : a.position - b.position))
    .map(({ position, id }) => changeAt(position, id));
}

/** Ids of all that is in these lists; undefined if that is too much, or if they are lists of everything. */
async function fewIn(lists: readonly Lists[]): Promise<string[] | undefined> {
  const ids = new Set<string>();
  for (const { reading, matching } of lists) {
    if (matching.filter.topic === undefined && !matching.lists.some(({ role }) => role)) return undefined;
    const { parts } = await narrowest(reading, matching);
    for await (const { sort } of readParts(reading, parts)) {
      ids.add(idIn(sort));
      if (ids.size > FEW) return undefined;
    }
  }
  return [...ids];
}
