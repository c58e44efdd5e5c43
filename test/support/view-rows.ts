// Folds events into the rows of a view, in memory: what stands at the end, and how large a row ever became.
import { isDeepStrictEqual } from 'node:util';
import { isFirst, isThing } from '../../domain/views/facts.ts';
import { First } from '../../domain/views/first.ts';
import type { Place, ReadRow, View } from '../../domain/views/view.ts';
import type { RecordedEvent } from '../../events/envelope.ts';
import type { NewEvent } from '../../events/vocabulary.ts';
import { recorded } from './history.ts';

export interface Row {
  readonly partition: string;
  readonly sort: string;
  readonly body: unknown;
  /** Position of the event that made it. */
  readonly from: number;
}

export interface ViewRows {
  /** The rows of a partition in the order of their sort keys. */
  readonly of: (partition: string) => readonly Row[];
  readonly body: (partition: string, sort: string) => unknown;
  readonly partitions: () => readonly string[];
  readonly largestBytes: number;
}

/** Events in log order: each stream's own are numbered as they come. */
export function logOf(entries: readonly (readonly [stream: string, event: NewEvent])[]): RecordedEvent[] {
  const revisions = new Map<string, number>();
  return entries.flatMap(([stream, event]) => {
    const revision = (revisions.get(stream) ?? 0) + 1;
    revisions.set(stream, revision);
    return recorded(stream, [event], revision);
  });
}

/** Events in log order, each with its place. */
export function* placed(events: readonly RecordedEvent[]): Generator<[RecordedEvent, Place]> {
  const firsts = new Map<string, First>();
  for (const [position, event] of events.entries()) {
    if (isFirst(event) && isThing(event)) firsts.set(event.subject, new First(event));
    const first = firsts.get(event.subject);
    yield [event, first ? { position, first } : { position }];
  }
}

const idOf = (partition: string, sort: string): string => JSON.stringify([partition, sort]);

/** Each event is folded twice on the same rows, which are frozen: a pure fold gives the same changes. */
export function foldedInto(view: View, events: readonly RecordedEvent[]): ViewRows {
  const rows = new Map<string, Row>();
  let largestBytes = 0;
  for (const [event, place] of placed(events)) {
    const read: ReadRow = <B extends object>(partition: string, sort: string) =>
      rows.get(idOf(partition, sort))?.body as B | undefined;
    const changes = view.fold(event, read, place);
    if (!isDeepStrictEqual(view.fold(event, read, place), changes))
      throw new Error(`${view.name} folds ${event.type} in two ways`);
    const stored = new Map<object, unknown>();
    for (const { partition, sort, body } of changes) {
      if (!body) {
        rows.delete(idOf(partition, sort));
        continue;
      }
      const json = stored.has(body) ? '' : JSON.stringify(body);
      if (json !== '') stored.set(body, frozen(JSON.parse(json)));
      largestBytes = Math.max(largestBytes, Buffer.byteLength(json));
      rows.set(idOf(partition, sort), { partition, sort, body: stored.get(body), from: place.position });
    }
  }
  const all = [...rows.values()].sort((a, b) => (a.sort < b.sort ? -1 : 1));
  return {
    of: (partition) => all.filter((row) => row.partition === partition),
    body: (partition, sort) => rows.get(idOf(partition, sort))?.body,
    partitions: () => [...new Set(all.map(({ partition }) => partition))].sort(),
    largestBytes,
  };
}

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) for (const member of Object.values(value)) frozen(member);
  return Object.freeze(value);
}
