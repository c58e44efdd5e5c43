// Dossiers: what the archive has on one meeting, one actor, one topic, one article, put together from rows of views.
import type { Party } from '../../events/pieces.ts';
import type { Table } from '../ports.ts';
import type { ActorRow } from '../views/actors.ts';
import { article, type ArticleHead, type DependentRow, type PassageRow } from '../views/article.ts';
import { meeting } from '../views/meeting.ts';
import type { Summary } from '../views/summary.ts';
import { topics, type TopicRow } from '../views/topics.ts';
import { namesIn, shownActor, weighSummary, withMerged, type Name } from './actors.ts';
import { MOST_BYTES, readAll, readPage, readRow, type Page, type PageRequest } from './rows.ts';
import { listTimeline } from './timeline.ts';

/** A thing, and what regards it: answers, denials, opinions. */
export interface Entry extends Summary {
  readonly responses: Entry[];
  /** There are more responses than are shown here. */
  readonly moreResponses?: true;
}

/** What one party said, guessed or thinks. */
export interface Side {
  readonly party: Party;
  readonly entries: Entry[];
}

export interface MeetingDossier {
  readonly meeting: Summary;
  /** Meetings that were part of it. */
  readonly meetings: Entry[];
  /** What each side said, by the first speaker, in order. */
  readonly sides: Side[];
  /** What somebody guessed was said, by the guesser. */
  readonly speculation: Side[];
  /** What others made of it, by whose opinion it is. */
  readonly opinions: Side[];
  readonly sources: ArticleHead[];
  readonly actors: Record<string, Name>;
  readonly next?: string;
}

/** Responses to responses are followed so deep; beyond, each thing's own page has them. */
const DEPTH = 3;
const MOST_RESPONSES = 50;
/** Half of an answer is for what belongs to the meeting, half for the responses to it. */
const HALF = MOST_BYTES / 2;

export async function meetingDossier(
  views: Table,
  id: string,
  request: PageRequest,
): Promise<MeetingDossier | undefined> {
  const head = await readRow<Summary>(views, meeting, `thing/${id}`, 'summary');
  if (!head) return undefined;
  const entriesOf = { ...request, bytes: HALF };
  const page = await readPage(
    views,
    meeting,
    [{ partition: `on/${id}` }],
    entriesOf,
    undefined,
    weighSummary,
  );
  const shown: Shown = { ids: new Set([id, ...page.items.map((item) => item.id)]), left: HALF };
  const entries: Entry[] = [];
  for (const item of page.items) entries.push(await withResponses(views, item, shown, DEPTH));
  const all = [head, ...entries.flatMap(flatten)];
  const statements = entries.filter(({ kind }) => kind === 'statement');
  return {
    meeting: head,
    meetings: entries.filter(({ kind }) => kind === 'meeting'),
    sides: sidesOf(
      statements.filter(({ fields }) => fields.certainty !== 'speculated'),
      (entry) => entry.fields.speakers?.[0],
    ),
    speculation: sidesOf(
      statements.filter(({ fields }) => fields.certainty === 'speculated'),
      (entry) => entry.fields.attributedBy[0],
    ),
    opinions: sidesOf(
      entries.filter(({ kind }) => kind === 'opinion'),
      ({ fields }) => fields.by,
    ),
    sources: await sourcesOf(views, all),
    actors: await namesIn(views, all),
    ...(page.next === undefined ? {} : { next: page.next }),
  };
}

interface Shown {
  /** What has been met: a thing that regards two others comes once, where it is met first. */
  readonly ids: Set<string>;
  /** Bytes left for responses. */
  left: number;
}

async function withResponses(views: Table, item: Summary, shown: Shown, depth: number): Promise<Entry> {
  const request = { limit: MOST_RESPONSES, bytes: shown.left };
  const sources = [{ partition: `on/${item.id}` }];
  const page = await readPage<Summary>(
    views,
    meeting,
    sources,
    request,
    ({ id }) => !shown.ids.has(id),
    weighSummary,
  );
  if (depth === 0 || shown.left <= 0)
    return { ...item, responses: [], ...(page.items.length > 0 ? { moreResponses: true } : {}) };
  for (const response of page.items) {
    shown.ids.add(response.id);
    shown.left -= weighSummary(response);
  }
  const responses: Entry[] = [];
  for (const response of page.items) responses.push(await withResponses(views, response, shown, depth - 1));
  return { ...item, responses, ...(page.next === undefined ? {} : { moreResponses: true }) };
}

const flatten = (entry: Entry): Summary[] => [entry, ...entry.responses.flatMap(flatten)];

function sidesOf(entries: readonly Entry[], whose: (entry: Entry) => Party | undefined): Side[] {
  const sides = new Map<string, Side>();
  for (const entry of entries) {
    const party = whose(entry) ?? { description: 'unknown' };
    const key = party.actor ?? `"${party.description}"`;
    const side = sides.get(key) ?? { party, entries: [] };
    side.entries.push(entry);
    sides.set(key, side);
  }
  return [...sides.values()];
}

/** The articles that these things rest on, in the order of their ids. */
export async function sourcesOf(views: Table, summaries: readonly Summary[]): Promise<ArticleHead[]> {
  const ids = new Set(summaries.flatMap(({ supportedBy, disputedBy }) => [...supportedBy, ...disputedBy]));
  const heads = await readAll<ArticleHead>(
    views,
    article,
    [...ids].map((sort) => ({ partition: 'head', sort })),
  );
  return heads.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

export interface ActorDossier {
  readonly actor: ActorRow & { readonly mergedFrom?: readonly string[] };
  /** Everything that it has a part in, by date. */
  readonly items: Summary[];
  readonly actors: Record<string, Name>;
  readonly next?: string;
}

export async function actorDossier(
  views: Table,
  id: string,
  request: PageRequest,
): Promise<ActorDossier | undefined> {
  const row = await shownActor(views, id);
  if (!row) return undefined;
  const page = await listTimeline(views, { actor: [row.id] }, request);
  return { actor: await withMerged(views, row), ...page, actors: await namesIn(views, page.items) };
}

export interface TopicDossier extends TopicRow {
  readonly items: Summary[];
  readonly actors: Record<string, Name>;
  readonly next?: string;
}

export async function topicDossier(
  views: Table,
  topic: string,
  request: PageRequest,
): Promise<TopicDossier | undefined> {
  const row = await readRow<TopicRow>(views, topics, 'directory', topic);
  if (!row) return undefined;
  const page = await listTimeline(views, { topic }, request);
  return { ...row, ...page, actors: await namesIn(views, page.items) };
}

export async function listTopics(views: Table, request: PageRequest): Promise<Page<TopicRow>> {
  return readPage<TopicRow>(views, topics, [{ partition: 'directory' }], request);
}

/** A passage of an article, and what rests on it. */
export interface Passage extends PassageRow {
  readonly thing: Pick<Summary, 'kind' | 'status'> & Partial<Pick<Summary, 'retracted'>>;
}

/** A page of the passages of an article that something rests on, in the order of the text. */
export async function listPassages(
  views: Table,
  articleId: string,
  request: PageRequest,
): Promise<Page<Passage>> {
  const page = await readPage<PassageRow>(views, article, [{ partition: `passages/${articleId}` }], request);
  const things = await thingsOf(views, page.items);
  const items = page.items.flatMap((passage) => {
    const summary = things.get(passage.id);
    if (!summary) return [];
    const { kind, status, retracted } = summary;
    return [{ ...passage, thing: { kind, status, ...(retracted ? { retracted } : {}) } }];
  });
  return { ...page, items };
}

/** Where the text of an article is coded: every passage that something rests on which is not retracted. */
export async function codedParts(views: Table, articleId: string): Promise<{ start: number; end: number }[]> {
  const parts: { start: number; end: number }[] = [];
  for (let request: PageRequest | undefined = { limit: 1_000 }; request;) {
    const page: Page<Passage> = await listPassages(views, articleId, request);
    const coded = page.items.filter((passage) => passage.in === 'text' && !passage.thing.retracted);
    parts.push(...coded.map(({ start, end }) => ({ start, end })));
    request = page.next === undefined ? undefined : { limit: 1_000, after: page.next };
  }
  return parts;
}

async function thingsOf(views: Table, rows: readonly { id: string }[]): Promise<Map<string, Summary>> {
  const ids = [...new Set(rows.map(({ id }) => id))];
  const keys = ids.map((id) => ({ partition: `thing/${id}`, sort: 'summary' }));
  const things = await readAll<Summary>(views, article, keys);
  return new Map(things.map((summary) => [summary.id, summary]));
}

/** What rests on this article, by id; with `sole`, on this article alone. A disputing passage is no support. */
export async function listDependents(
  views: Table,
  articleId: string,
  { sole, ...request }: PageRequest & { sole: boolean },
): Promise<Page<Summary>> {
  const passes = (row: DependentRow) => !sole || row.sole;
  const sources = [{ partition: `dependents/${articleId}` }];
  const page = await readPage<DependentRow>(
    views,
    article,
    sources,
    { ...request, limit: Math.min(request.limit, MOST_DEPENDENTS) },
    passes,
  );
  const things = await thingsOf(views, page.items);
  return { ...page, items: page.items.flatMap(({ id }) => things.get(id) ?? []) };
}

/** At 32 KB each, with the names of their actors. */
const MOST_DEPENDENTS = 50;
