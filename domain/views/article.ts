// Read model `article`: every passage of an article, and what rests on it. What rests on an article alone, and what
// of it is still uncoded, follow from these rows.
import type { RecordedEvent } from '../../events/envelope.ts';
import type { Evidence } from '../../events/pieces.ts';
import { changed, same } from '../aggregate.ts';
import { codePoints } from '../evidence/characters.ts';
import { changedAt } from './changes.ts';
import { clipText } from './clip.ts';
import { isFirst, isThing, notRecorded } from './facts.ts';
import { grounds, type Grounds } from './grounds.ts';
import { difference, type Place, type ReadRow, type RowChange, type RowKey, type View } from './view.ts';

export interface ArticleHead {
  readonly id: string;
  readonly title: string;
  readonly publisher: string;
  readonly publishedOn?: string;
  readonly url?: string;
  readonly withdrawn?: { readonly reason: string };
  readonly corrections: number;
  /** Other outlets that printed the same text. */
  readonly appearances: number;
  /** Of its latest event in the log. */
  readonly position: number;
}

/** A passage that something rests on; start and end in code points of the text, or of the title. */
export interface PassageRow {
  readonly start: number;
  readonly end: number;
  /** The source's words, clipped at 2,000 characters. */
  readonly exact: string;
  readonly in: 'text' | 'title';
  readonly stance: 'supports' | 'disputes';
  readonly for?: readonly string[];
  /** The meeting, statement or opinion that rests on it. */
  readonly id: string;
}

/** Something that rests on an article; `sole`: on no other. What has its original words there does not rest on it alone. */
export interface DependentRow {
  readonly id: string;
  readonly sole: boolean;
}

export const article: View = { name: 'article', version: 5, fold };

function fold(event: RecordedEvent, row: ReadRow, at: Place): RowChange[] {
  if (isThing(event)) return foldEvidence(event, row, at);
  const { position } = at;
  if (!event.subject.startsWith('article-')) return [];
  const key = { partition: 'head', sort: event.subject };
  const before = isFirst(event) ? undefined : row<ArticleHead>(key.partition, key.sort);
  const body = { ...head(before, event), position };
  return [{ ...key, body, fresh: isFirst(event) }, ...changedAt(event.subject, position, before?.position)];
}

function head(before: ArticleHead | undefined, event: RecordedEvent): Omit<ArticleHead, 'position'> {
  if (event.type === 'ArticleArchived') {
    const { title, publisher, publishedOn, url } = event.data;
    const printed = { ...(publishedOn ? { publishedOn } : {}), ...(url ? { url } : {}) };
    return { id: event.subject, title, publisher, ...printed, corrections: 0, appearances: 0 };
  }
  if (!before) throw new Error(`${event.id}: ${event.type} of an article that was not archived before`);
  switch (event.type) {
    case 'ArticleCorrected': {
      const shown = Object.entries(event.data.changes).filter(([name]) => SHOWN.has(name));
      const fields = changed(before, Object.fromEntries(shown));
      return { ...fields, corrections: before.corrections + 1 };
    }
    case 'AppearanceAdded':
      return { ...before, appearances: before.appearances + 1 };
    case 'ArticleWithdrawn':
      return { ...before, withdrawn: { reason: event.data.reason } };
    default:
      throw new Error(`${event.id}: ${event.type} is not about an article`);
  }
}

const SHOWN = new Set(['title', 'publisher', 'publishedOn', 'url']);

function foldEvidence(event: RecordedEvent, row: ReadRow, { first }: Place): RowChange[] {
  const { subject } = event;
  if (!first) throw notRecorded(event);
  const partition = `thing/${subject}`;
  if (isFirst(event)) {
    const said = spokenAfter(undefined, event);
    return [
      ...(said ? [{ partition, sort: 'original', body: said, fresh: true }] : []),
      ...dependentsOf(subject, first.grounds, said, true),
      ...passagesAfter(event, row, undefined, said),
    ];
  }
  // Kept once they are others than the first event's.
  const before = row<Grounds>(partition, 'grounds') ?? first.grounds;
  const spoken = row<Spoken>(partition, 'original');
  const after = grounds(before, event);
  const said = spokenAfter(spoken, event);
  return [
    ...(after === before ? [] : [{ partition, sort: 'grounds', body: after }]),
    ...(said === spoken ? [] : [{ partition, sort: 'original', ...(said ? { body: said } : {}) }]),
    ...difference(dependentsOf(subject, before, spoken, false), dependentsOf(subject, after, said, false)),
    ...passagesAfter(event, row, spoken, said),
  ];
}

/** The passage that has a thing's words as they were spoken, which may be in an article of its own. */
interface Spoken extends RowKey {
  readonly articleId: string;
  readonly passage: PassageRow;
}

function spokenAfter(before: Spoken | undefined, { subject, data }: RecordedEvent): Spoken | undefined {
  const fields: object = 'changes' in data ? data.changes : data;
  if (!('original' in fields)) return before;
  const { original } = fields as { original: { readonly evidence: Evidence } | null };
  if (!original) return undefined;
  const piece = { ...original.evidence, for: ['original'] };
  return { ...keyOf(piece, subject), articleId: piece.articleId, passage: passage(piece, subject) };
}

function passagesAfter(
  event: RecordedEvent,
  row: ReadRow,
  before: Spoken | undefined,
  after: Spoken | undefined,
): RowChange[] {
  const stands = (key: RowKey): boolean => !isFirst(event) && row(key.partition, key.sort) !== undefined;
  if (isWithdrawal(event)) {
    const key = keyOf(event.data, event.subject);
    return [after && isAt(after, key) ? { ...key, body: after.passage } : key];
  }
  // A passage that is evidence already stays as it was first given.
  const fresh = isFirst(event);
  const evidence = ('evidence' in event.data ? event.data.evidence : [])
    .map((piece) => ({ ...keyOf(piece, event.subject), body: passage(piece, event.subject), fresh }))
    .filter((each) => !stands(each) || (isAt(before, each) && isOfWords(before, row)));
  const gone =
    before && !isAt(after, before) && isOfWords(before, row) && !evidence.some((each) => isAt(each, before))
      ? [{ partition: before.partition, sort: before.sort }]
      : [];
  const words =
    after && after !== before && !stands(after) && !evidence.some((each) => isAt(each, after))
      ? [{ partition: after.partition, sort: after.sort, body: after.passage, fresh }]
      : [];
  return [...gone, ...evidence, ...words];
}

const isAt = (a: RowKey | undefined, b: RowKey): boolean => a?.partition === b.partition && a.sort === b.sort;

/** Is the passage there for the words alone, and not as evidence too? */
const isOfWords = (spoken: Spoken | undefined, row: ReadRow): boolean =>
  spoken !== undefined && same(row(spoken.partition, spoken.sort), spoken.passage);

function dependentsOf(
  id: string,
  { supports }: Grounds,
  spoken: Spoken | undefined,
  fresh: boolean,
): RowChange[] {
  const articles = Object.keys(supports);
  const dependent = (articleId: string, sole: boolean) => ({
    partition: `dependents/${articleId}`,
    sort: id,
    body: { id, sole } satisfies DependentRow,
    fresh,
  });
  const rows = articles.map((articleId) => dependent(articleId, articles.length === 1));
  const inOther = spoken && !articles.includes(spoken.articleId);
  return inOther ? [...rows, dependent(spoken.articleId, false)] : rows;
}

const isWithdrawal = (
  event: RecordedEvent,
): event is Extract<RecordedEvent, { type: `${string}EvidenceWithdrawn` }> =>
  event.type.endsWith('EvidenceWithdrawn');

/** Of one thing, two passages may begin at the same place, of the text or of the title. */
const keyOf = (
  { articleId, start, exact, in: where = 'text' }: Pick<Evidence, 'articleId' | 'start' | 'exact' | 'in'>,
  id: string,
) => ({
  partition: `passages/${articleId}`,
  sort: `${where}~${placeOf(start)}-${placeOf(start + codePoints(exact))}~${id}`,
});

const placeOf = (character: number): string => String(character).padStart(9, '0');

const passage = (
  { start, end, exact, stance = 'supports', in: where = 'text', for: fields }: Evidence,
  id: string,
): PassageRow => ({
  start,
  end,
  exact: clipText(exact, 2_000),
  in: where,
  stance,
  ...(fields ? { for: fields } : {}),
  id,
});
