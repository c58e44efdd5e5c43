// What became of something between two positions of the log: pure comparisons of what was shown of it then and now.
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

/** The change, where it happened. */
export const when = (change: Change, happened: boolean): Change[] => (happened ? [change] : []);

/** A thing as of a position: what is shown of it, and what it rests on. */
export interface ThingAsOf {
  readonly summary: Summary;
  readonly grounds: EvidencePassages;
}

/** Of a meeting, a statement or an opinion; none where all that was done to it was undone again. */
export function thingChanges(before: ThingAsOf | undefined, { summary, grounds }: ThingAsOf): Change[] {
  const { retracted, corrections, status } = summary;
  if (!before)
    return ['added', ...when('corrected', corrections > 0), ...when('retracted', retracted !== undefined)];
  const then = before.summary;
  const changedStatus = status !== then.status;
  return [
    ...when('corrected', corrections > then.corrections),
    // For another reason too: it was reinstated in between.
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
