// Dossiers: what the archive has on one meeting, one actor, one topic, one article, put together from rows of views.
import type { Party } from '../../events/pieces.ts';
import type { Table } from '../ports.ts';
import type { ActorRow } from '../views/actors.ts';
import { article, restsOnlyOn, type ArticleHead, type PassageRow } from '../views/article.ts';
import { meeting } from '../views/meeting.ts';
import type { Summary } from '../views/summary.ts';
import { topics, type TopicRow } from '../views/topics.ts';
import { namesIn, shownActor, withMerged, type Name } from './actors.ts';
import { readAll, readPage, readRow, type Page, type PageRequest } from './rows.ts';
import { listTimeline } from './timeline.ts';

/** A thing, and what regards it: answers, denials, opinions. */
export interface Entry extends Summary {
  readonly responses: Entry[];
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

export async function meetingDossier(
  views: Table,
  id: string,
  request: PageRequest,
): Promise<MeetingDossier | undefined> {
  const head = await readRow<Summary>(views, meeting, `thing/${id}`, 'summary');
  if (!head) return undefined;
  const page = await readPage<Summary>(views, meeting, [{ partition: `on/${id}` }], request);
  const shown = new Set([id, ...page.items.map((item) => item.id)]);
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

/** A thing that regards two others comes once, where it is met first. */
async function withResponses(views: Table, item: Summary, shown: Set<string>, depth: number): Promise<Entry> {
  if (depth === 0) return { ...item, responses: [] };
  const page = await readPage<Summary>(views, meeting, [{ partition: `on/${item.id}` }], {
    limit: MOST_RESPONSES,
  });
  const fresh = page.items.filter(({ id }) => !shown.has(id));
  for (const { id } of fresh) shown.add(id);
  const responses: Entry[] = [];
  for (const response of fresh) responses.push(await withResponses(views, response, shown, depth - 1));
  return { ...item, responses };
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
  const ids = new Set(
    summaries.flatMap(({ supportedBy, disputedBy }) => [
      ...Object.keys(supportedBy),
      ...Object.keys(disputedBy),
    ]),
  );
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

/** Every passage of an article that something rests on, in the order of the text. */
export async function passagesOf(views: Table, articleId: string): Promise<Passage[]> {
  const passages: PassageRow[] = [];
  for (let after: string | undefined; ;) {
    const page: Page<PassageRow> = await readPage(views, article, [{ partition: `passages/${articleId}` }], {
      limit: 1_000,
      ...(after ? { after } : {}),
    });
    passages.push(...page.items);
    if (page.next === undefined) break;
    after = page.next;
  }
  const things = await thingsOf(views, passages);
  return passages.flatMap((passage) => {
    const summary = things.get(passage.id);
    if (!summary) return [];
    const { kind, status, retracted } = summary;
    return [{ ...passage, thing: { kind, status, ...(retracted ? { retracted } : {}) } }];
  });
}

async function thingsOf(views: Table, passages: readonly PassageRow[]): Promise<Map<string, Summary>> {
  const ids = [...new Set(passages.map(({ id }) => id))];
  const things = await readAll<Summary>(
    views,
    article,
    ids.map((id) => ({ partition: `thing/${id}`, sort: 'summary' })),
  );
  return new Map(things.map((summary) => [summary.id, summary]));
}

/** What rests on this article; with `sole`, on this article alone. A disputing passage is no support. */
export async function dependentsOf(views: Table, articleId: string, sole: boolean): Promise<Summary[]> {
  const passages: PassageRow[] = await passagesOf(views, articleId);
  const things = [...(await thingsOf(views, passages)).values()].filter(
    (summary) => articleId in summary.supportedBy,
  );
  return sole ? things.filter((summary) => restsOnlyOn(summary, articleId)) : things;
}
