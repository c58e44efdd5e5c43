// Names the changes of a resource between two positions of the log, by comparing its two states.
import { isSameJson } from '../../recording/aggregate.ts';
import type { Actor } from '../../projections/rows/actor-directory.ts';
import type { ArticleHead } from '../../projections/views/article-view.ts';
import type { EvidencePassages, PassageKeys } from '../../projections/state/sources.ts';
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
export const changeIf = (change: Change, happened: boolean): Change[] => (happened ? [change] : []);

/** A record as of a position: its summary, and the passages of its evidence. */
export interface RecordAsOf {
  readonly summary: Summary;
  readonly evidencePassages: EvidencePassages;
}

/** Returns the changes of a record. The result is empty if all changes were reverted. */
export function recordChanges(
  before: RecordAsOf | undefined,
  { summary, evidencePassages: grounds }: RecordAsOf,
): Change[] {
  const { retracted, corrections, status } = summary;
  if (!before)
    return [
      'added',
      ...changeIf('corrected', corrections > 0),
      ...changeIf('retracted', retracted !== undefined),
    ];
  const then = before.summary;
  const changedStatus = status !== then.status;
  return [
    ...changeIf('corrected', corrections > then.corrections),
    // Also if the retraction differs: the record was reinstated in between.
    ...changeIf('retracted', retracted !== undefined && !isSameJson(retracted, then.retracted)),
    ...changeIf('reinstated', retracted === undefined && then.retracted !== undefined),
    ...changeIf('held', changedStatus && status === 'held'),
    ...changeIf('called-off', changedStatus && status === 'called-off'),
    ...changeIf('evidence-added', hasMore(before.evidencePassages, grounds)),
    ...changeIf('evidence-withdrawn', hasMore(grounds, before.evidencePassages)),
  ];
}

const hasMore = (before: EvidencePassages, after: EvidencePassages): boolean =>
  (['supports', 'disputes'] as const).some((side) =>
    placesIn(after[side]).some(([article, place]) => !before[side][article]?.includes(place)),
  );

const placesIn = (places: PassageKeys): [article: string, place: string][] =>
  Object.entries(places).flatMap(([article, all]) => all.map((place): [string, string] => [article, place]));

export function actorChanges(before: Actor | undefined, after: Actor): Change[] {
  const { mergedInto, aliases, moreAliases } = after;
  if (!before) return ['added', ...changeIf('merged', mergedInto !== undefined)];
  return [
    ...changeIf('corrected', !isSameJson(identity(before), identity(after))),
    ...changeIf('aliased', !isSameJson([before.aliases, before.moreAliases], [aliases, moreAliases])),
    ...changeIf('merged', mergedInto !== undefined && mergedInto !== before.mergedInto),
    ...changeIf('unmerged', mergedInto === undefined && before.mergedInto !== undefined),
  ];
}

const identity = ({ kind, name, country, wikidata }: Actor) => ({ kind, name, country, wikidata });

export function articleChanges(before: ArticleHead | undefined, after: ArticleHead): Change[] {
  const { corrections, appearances, withdrawn } = after;
  const since = before ?? { corrections: 0, appearances: 0, withdrawn: undefined };
  return [
    ...changeIf('added', before === undefined),
    ...changeIf('corrected', corrections > since.corrections),
    ...changeIf('reprinted', appearances > since.appearances),
    ...changeIf('withdrawn', withdrawn !== undefined && since.withdrawn === undefined),
  ];
}
