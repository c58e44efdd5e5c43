// The read models give, at every position, exactly what today's views give for the same histories.
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import { history } from '../../../bench/history/generate.ts';
import { readModels } from '../../../domain/projections/all.ts';
import { foldBatch, type LogEvent } from '../../../domain/projections/fold.ts';
import type { RowVersion } from '../../../domain/projections/row.ts';
import { views } from '../../../domain/views/all.ts';
import { readEvent, type RecordedEvent } from '../../../events/envelope.ts';
import type { Facts } from '../../support/compared-facts.ts';
import { applyVersions } from '../../support/facts-of-rows.ts';
import { applyChanges } from '../../support/facts-of-views.ts';
import { randomCommits } from '../../support/random-commits.ts';
import { placed } from '../../support/view-rows.ts';

/** Row versions by the position of the event that writes them, folded in batches of so many events. */
async function versionsOf(
  events: readonly RecordedEvent[],
  size: number,
): Promise<Map<number, RowVersion[]>> {
  const log: LogEvent[] = events.map((event, position) => ({ event, position }));
  const byPosition = new Map<number, RowVersion[]>();
  for (let from = 0; from < log.length; from += size) {
    const earlier = async ({ subject }: RecordedEvent) =>
      events.slice(0, from).filter((event) => event.subject === subject);
    const folded = await foldBatch(readModels, log.slice(from, from + size), earlier);
    for (const version of [...folded.values()].flat()) {
      const known = byPosition.get(version.position) ?? [];
      byPosition.set(version.position, known);
      known.push(version);
    }
  }
  return byPosition;
}

/** The first facts that differ after an event, by position and name; none if the engines agree at every position. */
async function differences(events: readonly RecordedEvent[], batchSize: number): Promise<unknown[]> {
  const versions = await versionsOf(events, batchSize);
  const rows = new Map<string, object>();
  const [ofViews, ofRows]: [Facts, Facts] = [new Map(), new Map()];
  const found: unknown[] = [];
  for (const [event, place] of placed(events)) {
    const { position } = place;
    const touched = new Set(applyVersions(ofRows, versions.get(position) ?? []));
    for (const view of views) {
      const key = (partition: string, sort: string) => `${view.name}\n${partition}\n${sort}`;
      const read = <B extends object>(partition: string, sort: string) =>
        rows.get(key(partition, sort)) as B | undefined;
      const changes = view.fold(event, read, place);
      for (const { partition, sort, body } of changes) {
        if (body) rows.set(key(partition, sort), body);
        else rows.delete(key(partition, sort));
      }
      for (const name of applyChanges(ofViews, view.name, changes)) touched.add(name);
    }
    for (const name of touched) {
      const fact = name.replace('from the other side ', '');
      if (!isDeepStrictEqual(plain(ofViews.get(fact)), plain(ofRows.get(name))))
        found.push({ position, type: event.type, name, views: ofViews.get(fact), rows: ofRows.get(name) });
    }
    if (found.length > 3) break;
  }
  return found;
}

const plain = (value: unknown): unknown => value && JSON.parse(JSON.stringify(value));

describe('after each event, rows state what the rows of today’s views state', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])('of random history %i', async (seed) => {
    const events = randomCommits(seed, 500).flatMap((commit) => commit.events.map(readEvent));
    expect(await differences(events, 1 + seed * 37)).toEqual([]);
  });

  test.each([1, 2])('of the history of a desk of editors %i', async (seed) => {
    const events = [...history(seed, 3_000)].map(({ event }) => event);
    expect(await differences(events, 1_000)).toEqual([]);
  });
});
