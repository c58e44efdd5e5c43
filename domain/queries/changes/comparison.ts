// Names the changes of a resource between two positions of the log, by comparing its two states.
import { same } from '../../recording/aggregate.ts';
import type { Actor } from '../../projections/rows/actor-directory.ts';
import type { ArticleHead } from '../../projections/views/article-view.ts';
import type { EvidencePassages, Places } from '../../projections/state/sources.ts';
import type { Summary } from '../../projections/state/summary-shape.ts';

export const changeNames = [
  'added',
  'corrected',
  'retracted',
  'reinstated',
  'held',
  'called-off',
  'evidence-added',
  'evidence-withdrawn',
  'entered',
  'left',
  'aliased',
  'merged',
  'unmerged',
  'reprinted',
  'withdrawn',
  'counts',
] as const;
export type Change = (typeof changeNames)[number];

/** Returns the change if it happened. */
export const when = (change: Change, happened: boolean): Change[] => (happened ? [change] : []);

/** A record as of a position: its summary, and the passages of its evidence. */
export interface ThingAsOf {
  readonly summary: Summary;
  readonly grounds: EvidencePassages;
}

/** Returns the changes of a record. The result is empty if all changes were reverted. */
export function thingChanges(before: ThingAsOf | undefined, { summary, grounds }: ThingAsOf): Change[] {
  const { retracted, corrections, status } = summary;
  if (!before)
    return ['added', ...when('corrected', corrections > 0), ...when('retracted', retracted !== undefined)];
  const then = before.summary;
  const changedStatus = status !== then.status;
  return [
    ...when('corrected', corrections > then.corrections),
    // Also if the retraction differs: the record was reinstated in between.
    ...when('retracted', retracted !== undefined && !same(retracted, then.retracted)),
    ...when('reinstated', retracted === undefined && then.retracted !== undefined),
    ...when('held', changedStatus && status === 'held'),
    ...when('called-off', changedStatus && status === 'called-off'),
    ...when('evidence-added', hasMore(before.grounds, grounds)),
    ...when('evidence-withdrawn', hasMore(grounds, before.grounds)),
  ];
}

const hasMore = (before: EvidencePassages, after: EvidencePassages): boolean =>
  (['supports', 'disputes'] as const).some((side) =>
    placesIn(after[side]).some(([article, place]) => !before[side][article]?.includes(place)),
  );

const placesIn = (places: Places): [article: string, place: string][] =>
  Object.entries(places).flatMap(([article, all]) => all.map((place): [string, string] => [article, place]));

export function actorChanges(before: Actor | undefined, after: Actor): Change[] {
  const { mergedInto, aliases, moreAliases } = after;
  if (!before) return ['added', ...when('merged', mergedInto !== undefined)];
  return [
    ...when('corrected', !same(identity(before), identity(after))),
    ...when('aliased', !same([before.aliases, before.moreAliases], [aliases, moreAliases])),
    ...when('merged', mergedInto !== undefined && mergedInto !== before.mergedInto),
    ...when('unmerged', mergedInto === undefined && before.mergedInto !== undefined),
  ];
}

const identity = ({ kind, name, country, wikidata }: Actor) => ({ kind, name, country, wikidata });

export function articleChanges(before: ArticleHead | undefined, after: ArticleHead): Change[] {
  const { corrections, appearances, withdrawn } = after;
  const since = before ?? { corrections: 0, appearances: 0, withdrawn: undefined };
  return [
    ...when('added', before === undefined),
    ...when('corrected', corrections > since.corrections),
    ...when('reprinted', appearances > since.appearances),
    ...when('withdrawn', withdrawn !== undefined && since.withdrawn === undefined),
  ];
}
