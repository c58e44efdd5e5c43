// Folds a history into the rows of the read models and into those of today's views, and finds what they state otherwise.
import { isDeepStrictEqual } from 'node:util';
import { readModels } from '../../domain/projections/all.ts';
import { foldBatch, type ReadEarlier } from '../../domain/projections/fold.ts';
import type { RowVersion } from '../../domain/projections/row.ts';
import { views } from '../../domain/views/all.ts';
import type { Place, RowChange } from '../../domain/views/view.ts';
import type { RecordedEvent } from '../../events/envelope.ts';
import { OTHER_SIDE, type Facts } from './compared-facts.ts';
import { applyVersions } from './facts-of-rows.ts';
import { applyChanges } from './facts-of-views.ts';
import { placed } from './view-rows.ts';

/** Reads the earlier events of a stream from its whole log. */
export function earlierIn(events: readonly RecordedEvent[]): ReadEarlier {
  const streams = Map.groupBy(events, ({ subject }) => subject);
  return async (event) => {
    const stream = streams.get(event.subject) ?? [];
    return stream.slice(0, stream.indexOf(event));
  };
}

/** All versions that these events write, folded in batches of so many events. */
export async function versionsOf(events: readonly RecordedEvent[], batchSize: number): Promise<RowVersion[]> {
  const log = events.map((event, position) => ({ event, position }));
  const readEarlier = earlierIn(events);
  const versions: RowVersion[] = [];
  for (let from = 0; from < log.length; from += batchSize) {
    const folded = await foldBatch(readModels, log.slice(from, from + batchSize), readEarlier);
    for (const { versions: written, stopped } of folded.values()) {
      if (stopped) throw new Error(`stopped at ${stopped.position}: ${stopped.reason}`);
      for (const version of written) versions.push(version);
    }
  }
  return versions;
}

/** A fact that the engines state differently after the event at a position. */
export interface Difference {
  readonly position: number;
  readonly type: string;
  readonly fact: string;
  readonly views: unknown;
  readonly rows: unknown;
}

export interface Comparison {
  readonly differences: readonly Difference[];
  /** How many times facts were compared, by their first word. */
  readonly compared: Readonly<Record<string, number>>;
}

/** Compares, after each event, every fact that either engine changed there: so all facts agree at every position. */
export async function compareEngines(
  events: readonly RecordedEvent[],
  batchSize: number,
): Promise<Comparison> {
  const versions = Map.groupBy(await versionsOf(events, batchSize), ({ position }) => position);
  const foldViews = viewFolder();
  const [ofViews, ofRows]: [Facts, Facts] = [new Map(), new Map()];
  const differences: Difference[] = [];
  const compared: Record<string, number> = {};
  for (const [event, place] of placed(events)) {
    const { position } = place;
    const changed = new Set(applyVersions(ofRows, versions.get(position) ?? []));
    for (const [view, changes] of foldViews(event, place))
      for (const name of applyChanges(ofViews, view, changes)) changed.add(name);
    for (const fact of changed) {
      const [stated, given] = [ofViews.get(fact.replace(OTHER_SIDE, '')), ofRows.get(fact)].map(asJson);
      if (!isDeepStrictEqual(stated, given))
        differences.push({ position, type: event.type, fact, views: stated, rows: given });
      const kind = fact.slice(0, fact.indexOf(' '));
      compared[kind] = (compared[kind] ?? 0) + 1;
    }
  }
  return { differences, compared };
}

const asJson = (value: unknown): unknown => value && JSON.parse(JSON.stringify(value));

/** Folds events one by one into the rows of all views, and returns what changes. */
function viewFolder(): (event: RecordedEvent, place: Place) => [view: string, changes: RowChange[]][] {
  const rows = new Map<string, object>();
  return (event, place) =>
    views.map((view) => {
      const keyOf = (partition: string, sort: string) => `${view.name}\n${partition}\n${sort}`;
      const read = <B extends object>(partition: string, sort: string) =>
        rows.get(keyOf(partition, sort)) as B | undefined;
      const changes = view.fold(event, read, place);
      for (const { partition, sort, body } of changes) {
        if (body) rows.set(keyOf(partition, sort), body);
        else rows.delete(keyOf(partition, sort));
      }
      return [view.name, changes];
    });
}
