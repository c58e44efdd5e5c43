// The dossier of a meeting: what each side said, what others made of it, and the sources, put together from rows.
import type { Party } from '../../../events/shared-pieces.ts';
import { article } from '../../projections/views/article-view.ts';
import type { Reading } from '../../projections/rows/reading.ts';
import { thingsAsOf } from '../../projections/rows/thing-by-id.ts';
import type { ArticleHead } from '../../projections/views/article-view.ts';
import type { Summary } from '../../projections/state/summary-shape.ts';
import { namesIn, type Name } from '../actors/actor-names.ts';
import { headsOf } from '../changes/states-compared.ts';
import { matching, type TimelineFilter } from '../timeline/timeline-filter.ts';
import { MAX_BYTES, readPage, type PageRequest } from '../paging.ts';
import { pageOfResponses, responseParts, responsesIn, responseViews, type ResponseRow } from './responses.ts';
import { weighSummary } from '../timeline/summaries.ts';

/** A thing, and what regards it: answers, denials, opinions. */
export interface Entry extends Summary {
  readonly responses: Entry[];
  /** There are more responses than are shown here: the list of what regards the thing has them all. */
  readonly moreResponses?: true;
  /** It was said by several, and stands with its responses on the side of the first of them. */
  readonly repeated?: true;
}

/** What one party said, guessed or thinks. */
export interface Side {
  readonly party: Party;
  readonly entries: Entry[];
}

/** The filter narrows what belongs to the meeting itself; a response stands under what it regards. */
export interface MeetingDossier {
  readonly meeting: Summary;
  /** Meetings that were part of it. */
  readonly meetings: Entry[];
  /** What each side said, in order; what several said stands on the side of each. */
  readonly sides: Side[];
  /** What somebody guessed was said, by the guesser. */
  readonly speculation: Side[];
  /** What others made of it, by whose opinion it is. */
  readonly opinions: Side[];
  readonly sources: ArticleHead[];
  readonly actors: Record<string, Name>;
  readonly next?: string;
}

/** What it reads. */
export const meetingDossierViews = [...responseViews, article] as const;

/** Responses to responses are followed so deep; beyond, the list of what regards a thing has them. */
const DEPTH = 3;
const MAX_RESPONSES = 50;
/** Half of an answer is for what belongs to the meeting, half for the responses to it. */
const HALF = MAX_BYTES / 2;

export async function meetingDossier(
  reading: Reading,
  id: string,
  filter: TimelineFilter,
  request: PageRequest,
): Promise<MeetingDossier | undefined> {
  const [head] = await summariesById(reading, [id]);
  if (!head) return undefined;
  const { thing } = await matching(reading, filter);
  const page = await pageOfResponses(reading, id, { ...request, bytes: HALF }, thing, weighRepeated);
  const nesting: Nesting = {
    reading,
    head: id,
    isEntry: (summary) => targetsOf(summary).includes(id) && thing(summary),
    known: new Map([head, ...page.items].map((each) => [each.id, each])),
    left: HALF,
  };
  const entries: Entry[] = [];
  for (const item of page.items) entries.push(await withResponses(nesting, item, 0));
  const all: Summary[] = [head, ...entries.flatMap(flatten)];
  const statements = entries.filter(({ kind }) => kind === 'statement');
  const names = await namesIn(reading, all);
  const sidesOf = (of: readonly Entry[], whose: (entry: Entry) => readonly (Party | undefined)[]): Side[] =>
    grouped(
      of.flatMap((entry) =>
        whose(entry).map((party, index): [Party, Entry] => [
          party ?? { description: 'unknown' },
          index === 0 ? entry : repeated(entry),
        ]),
      ),
      names,
    );
  return {
    meeting: head,
    meetings: entries.filter(({ kind }) => kind === 'meeting'),
    sides: sidesOf(
      statements.filter(({ fields }) => fields.certainty !== 'speculated'),
      ({ fields }) => fields.speakers ?? [undefined],
    ),
    speculation: sidesOf(
      statements.filter(({ fields }) => fields.certainty === 'speculated'),
      ({ fields }) => [fields.attributedBy[0]],
    ),
    opinions: sidesOf(
      entries.filter(({ kind }) => kind === 'opinion'),
      ({ fields }) => [fields.by],
    ),
    sources: await sourcesOf(reading, all),
    actors: names,
    ...(page.next === undefined ? {} : { next: page.next }),
  };
}

/** Every entry that a dossier shows, with all responses below it. */
export const entriesIn = ({ meetings, sides, speculation, opinions }: MeetingDossier): Entry[] =>
  [...meetings, ...[...sides, ...speculation, ...opinions].flatMap(({ entries }) => entries)].flatMap(
    flatten,
  );

async function summariesById(reading: Reading, ids: readonly string[]): Promise<(Summary | undefined)[]> {
  return (await thingsAsOf(reading, ids)).map((thing) => thing?.summary);
}

/**
 * What stands where, whatever is on the page: what belongs to the meeting is an entry, on this page or another; anything
 * else stands once, under the nearest to the meeting of all that it regards, and of several that are as near under the
 * one that it names first.
 */
interface Nesting {
  readonly reading: Reading;
  readonly head: string;
  readonly isEntry: (summary: Summary) => boolean;
  /** What responses regard elsewhere, looked up once. */
  readonly known: Map<string, Summary | undefined>;
  /** Bytes left for responses. */
  left: number;
}

async function withResponses(nesting: Nesting, item: Summary, depth: number): Promise<Entry> {
  const { reading, left } = nesting;
  const page = await readPage(
    reading,
    responseParts(item.id),
    // One is read even where no room is left, to see whether there is any.
    { limit: MAX_RESPONSES, bytes: Math.max(1, left) },
    (rows: readonly ResponseRow[]) => responsesAmong(nesting, item.id, depth, rows),
    weighSummary,
  );
  if (depth === DEPTH || left <= 0)
    return { ...item, responses: [], ...(page.items.length > 0 ? { moreResponses: true } : {}) };
  for (const response of page.items) nesting.left -= weighSummary(response);
  const responses: Entry[] = [];
  for (const response of page.items) responses.push(await withResponses(nesting, response, depth + 1));
  return { ...item, responses, ...(page.next === undefined ? {} : { moreResponses: true }) };
}

/** Of the things that regard this one, those that stand under it. */
async function responsesAmong(
  nesting: Nesting,
  under: string,
  depth: number,
  rows: readonly ResponseRow[],
): Promise<(Summary | undefined)[]> {
  const found = await responsesIn(nesting.reading, rows);
  const responses: (Summary | undefined)[] = [];
  for (const each of found) {
    if (each) nesting.known.set(each.id, each);
    const mayStand = each && each.id !== nesting.head && !nesting.isEntry(each);
    const stands = mayStand && (await standsUnder(nesting, each, under, depth));
    responses.push(stands ? each : undefined);
  }
  return responses;
}

async function standsUnder(
  nesting: Nesting,
  response: Summary,
  under: string,
  depth: number,
): Promise<boolean> {
  let most = depth;
  for (const target of targetsOf(response)) {
    if (target === under) most = depth - 1;
    else if (await isWithin(nesting, target, most)) return false;
  }
  return true;
}

/** Does it stand in the dossier, no deeper than this? Entries are at 0. */
async function isWithin(nesting: Nesting, id: string, most: number): Promise<boolean> {
  const seen = new Set<string>();
  for (let [open, depth] = [[id], 0]; depth <= most && open.length > 0; depth++) {
    const found = (await lookUp(nesting, open)).filter((summary) => summary !== undefined);
    if (found.some(nesting.isEntry)) return true;
    for (const each of open) seen.add(each);
    open = [...new Set(found.flatMap(targetsOf))].filter((target) => !seen.has(target));
  }
  return false;
}

async function lookUp({ reading, known }: Nesting, ids: readonly string[]): Promise<(Summary | undefined)[]> {
  const wanted = ids.filter((id) => !known.has(id));
  const found = await summariesById(reading, wanted);
  for (const [index, id] of wanted.entries()) known.set(id, found[index]);
  return ids.map((id) => known.get(id));
}

/** The things that it belongs to or regards: where it was made, then what it names. */
const targetsOf = ({ fields: { meetingId, within, regarding = [] } }: Summary): string[] =>
  [meetingId, within, ...regarding.map(({ id }) => id)].filter((id) => id !== undefined);

const repeated = ({ moreResponses: _, ...entry }: Entry): Entry => ({
  ...entry,
  responses: [],
  repeated: true,
});

/** What a summary takes on every side on which it stands. */
const weighRepeated = (summary: Summary): number =>
  weighSummary(summary) * Math.max(1, summary.fields.speakers?.length ?? 0);

const flatten = (entry: Entry): Entry[] => [entry, ...entry.responses.flatMap(flatten)];

/** By party, in the order in which each comes first; actors that are shown as one are one party, and said it once. */
export function grouped(
  entries: readonly (readonly [Party, Entry])[],
  names: Readonly<Record<string, Name>>,
): Side[] {
  const sides = new Map<string, Side>();
  for (const [party, entry] of entries) {
    const { actor, description } = party;
    const key = actor === undefined ? `"${description}"` : (names[actor]?.shownAs ?? actor);
    const side = sides.get(key) ?? { party, entries: [] };
    if (side.entries.at(-1)?.id !== entry.id) side.entries.push(entry);
    sides.set(key, side);
  }
  return [...sides.values()];
}

/** The articles that these things rest on, in the order of their ids. */
async function sourcesOf(reading: Reading, summaries: readonly Summary[]): Promise<ArticleHead[]> {
  const ids = new Set(summaries.flatMap(({ supportedBy, disputedBy }) => [...supportedBy, ...disputedBy]));
  return (await headsOf(reading, [...ids].toSorted())).filter((head) => head !== undefined);
}
