// The dossier of a meeting: the statements of each side, opinions, and sources, read from rows.
import type { Party } from '../../../events/shared-pieces.ts';
import { article } from '../../projections/views/article-view.ts';
import type { Reading } from '../../projections/rows/reading.ts';
import { recordsAsOf } from '../../projections/rows/thing-by-id.ts';
import type { ArticleHead } from '../../projections/views/article-view.ts';
import type { Summary } from '../../projections/state/summary-shape.ts';
import { namesIn, type ActorName } from '../actors/actor-names.ts';
import { headsOf } from '../changes/states-compared.ts';
import { matching, type TimelineFilter } from '../timeline/timeline-filter.ts';
import { MAX_PAGE_BYTES, readPage, type PageRequest } from '../paging.ts';
import { pageOfResponses, responseParts, responsesIn, responseViews, type ResponseRow } from './responses.ts';
import { weighSummary } from '../timeline/summaries.ts';

/** A record with its responses: replies, denials, opinions. */
export interface DossierEntry extends Summary {
  readonly responses: DossierEntry[];
  /** True if more responses exist. `GET /…/responses` lists all of them. */
  readonly moreResponses?: true;
  /** True if several parties said it and this is not the first one. The first one's entry has the responses. */
  readonly repeated?: true;
}

/** The statements, guesses or opinions of one party. */
export interface Side {
  readonly party: Party;
  readonly entries: DossierEntry[];
}

/** The filter applies to records that belong to the meeting itself, not to their responses. */
export interface MeetingDossier {
  readonly meeting: Summary;
  /** Meetings that were part of it. */
  readonly meetings: DossierEntry[];
  /** Statements by speaker, in order. A joint statement is on the side of each speaker. */
  readonly sides: Side[];
  /** Speculated statements, by the party that speculates. */
  readonly speculation: Side[];
  /** Opinions, by their author. */
  readonly opinions: Side[];
  readonly sources: ArticleHead[];
  readonly actors: Record<string, ActorName>;
  readonly next?: string;
}

/** The read models that the dossier needs. */
export const meetingDossierViews = [...responseViews, article] as const;

/** Depth to which responses to responses are shown. */
const MAX_DEPTH = 3;
const MAX_RESPONSES = 50;
/** Half of an answer's bytes is for records of the meeting, half for their responses. */
const HALF = MAX_PAGE_BYTES / 2;

export async function meetingDossier(
  reading: Reading,
  id: string,
  filter: TimelineFilter,
  request: PageRequest,
): Promise<MeetingDossier | undefined> {
  const [head] = await summariesById(reading, [id]);
  if (!head) return undefined;
  const { passes } = await matching(reading, filter);
  const page = await pageOfResponses(reading, id, { ...request, bytes: HALF }, passes, weighRepeated);
  const nesting: Nesting = {
    reading,
    head: id,
    isEntry: (summary) => targetsOf(summary).includes(id) && passes(summary),
    cached: new Map([head, ...page.items].map((each) => [each.id, each])),
    left: HALF,
  };
  const entries: DossierEntry[] = [];
  for (const item of page.items) entries.push(await withResponses(nesting, item, 0));
  const all: Summary[] = [head, ...entries.flatMap(flatten)];
  const statements = entries.filter(({ kind }) => kind === 'statement');
  const names = await namesIn(reading, all);
  const sidesOf = (
    of: readonly DossierEntry[],
    whose: (entry: DossierEntry) => readonly (Party | undefined)[],
  ): Side[] =>
    groupByParty(
      of.flatMap((entry) =>
        whose(entry).map((party, index): [Party, DossierEntry] => [
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

/** Returns every entry of a dossier, and all responses below it. */
export const entriesIn = ({ meetings, sides, speculation, opinions }: MeetingDossier): DossierEntry[] =>
  [...meetings, ...[...sides, ...speculation, ...opinions].flatMap(({ entries }) => entries)].flatMap(
    flatten,
  );

async function summariesById(reading: Reading, ids: readonly string[]): Promise<(Summary | undefined)[]> {
  return (await recordsAsOf(reading, ids)).map((thing) => thing?.summary);
}

/**
 * Decides where a response appears, independent of the page. Records of the meeting are entries. Each other response
 * appears once, under the target closest to the meeting; ties go to the first target that it lists.
 */
interface Nesting {
  readonly reading: Reading;
  readonly head: string;
  readonly isEntry: (summary: Summary) => boolean;
  /** Summaries that were read, so that each is read once. */
  readonly cached: Map<string, Summary | undefined>;
  /** Bytes left for responses. */
  left: number;
}

async function withResponses(nesting: Nesting, item: Summary, depth: number): Promise<DossierEntry> {
  const { reading, left } = nesting;
  const page = await readPage(
    reading,
    responseParts(item.id),
    // Reads one even if no bytes are left, to see whether a response exists.
    { limit: MAX_RESPONSES, bytes: Math.max(1, left) },
    (rows: readonly ResponseRow[]) => responsesAmong(nesting, item.id, depth, rows),
    weighSummary,
  );
  if (depth === MAX_DEPTH || left <= 0)
    return { ...item, responses: [], ...(page.items.length > 0 ? { moreResponses: true } : {}) };
  for (const response of page.items) nesting.left -= weighSummary(response);
  const responses: DossierEntry[] = [];
  for (const response of page.items) responses.push(await withResponses(nesting, response, depth + 1));
  return { ...item, responses, ...(page.next === undefined ? {} : { moreResponses: true }) };
}

/** Returns the responses that appear under this record; undefined for rows that appear elsewhere. */
async function responsesAmong(
  nesting: Nesting,
  under: string,
  depth: number,
  rows: readonly ResponseRow[],
): Promise<(Summary | undefined)[]> {
  const summaries = await responsesIn(nesting.reading, rows);
  const responses: (Summary | undefined)[] = [];
  for (const each of summaries) {
    if (each) nesting.cached.set(each.id, each);
    const isResponse = each && each.id !== nesting.head && !nesting.isEntry(each);
    const appears = isResponse && (await appearsUnder(nesting, each, under, depth));
    responses.push(appears ? each : undefined);
  }
  return responses;
}

async function appearsUnder(
  nesting: Nesting,
  response: Summary,
  under: string,
  depth: number,
): Promise<boolean> {
  let maxDepth = depth;
  for (const target of targetsOf(response)) {
    if (target === under) maxDepth = depth - 1;
    else if (await isWithin(nesting, target, maxDepth)) return false;
  }
  return true;
}

/** Returns true if a record is in the dossier at this depth or above. Entries have depth 0. */
async function isWithin(nesting: Nesting, id: string, maxDepth: number): Promise<boolean> {
  const seen = new Set<string>();
  for (let [open, depth] = [[id], 0]; depth <= maxDepth && open.length > 0; depth++) {
    const summaries = (await lookUp(nesting, open)).filter((summary) => summary !== undefined);
    if (summaries.some(nesting.isEntry)) return true;
    for (const each of open) seen.add(each);
    open = [...new Set(summaries.flatMap(targetsOf))].filter((target) => !seen.has(target));
  }
  return false;
}

async function lookUp(
  { reading, cached }: Nesting,
  ids: readonly string[],
): Promise<(Summary | undefined)[]> {
  const missing = ids.filter((id) => !cached.has(id));
  const summaries = await summariesById(reading, missing);
  for (const [index, id] of missing.entries()) cached.set(id, summaries[index]);
  return ids.map((id) => cached.get(id));
}

/** Returns the ids of the records that it belongs to, then of those that it regards. */
const targetsOf = ({ fields: { meetingId, within, regarding = [] } }: Summary): string[] =>
  [meetingId, within, ...regarding.map(({ id }) => id)].filter((id) => id !== undefined);

const repeated = ({ moreResponses: _, ...entry }: DossierEntry): DossierEntry => ({
  ...entry,
  responses: [],
  repeated: true,
});

/** Returns the bytes of a summary, times the number of sides that show it. */
const weighRepeated = (summary: Summary): number =>
  weighSummary(summary) * Math.max(1, summary.fields.speakers?.length ?? 0);

const flatten = (entry: DossierEntry): DossierEntry[] => [entry, ...entry.responses.flatMap(flatten)];

/** Groups entries by party, in order of first appearance. Merged actors are one party, and an entry counts once for it. */
export function groupByParty(
  entries: readonly (readonly [Party, DossierEntry])[],
  names: Readonly<Record<string, ActorName>>,
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

/** Reads the articles of the evidence of these records, by id. */
async function sourcesOf(reading: Reading, summaries: readonly Summary[]): Promise<ArticleHead[]> {
  const ids = new Set(summaries.flatMap(({ supportedBy, disputedBy }) => [...supportedBy, ...disputedBy]));
  return (await headsOf(reading, [...ids].toSorted())).filter((head) => head !== undefined);
}
