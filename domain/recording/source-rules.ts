// Rules that compare a record with its articles and with the clock. `unprintedFields` checks the body of a command,
// `checkDecided` checks the decided events before they are appended.
import type { RecordedEvent } from '../../events/envelope.ts';
import type { Evidence, EvidenceInput } from '../../events/shared-pieces.ts';
import type { NewEvent } from '../../events/vocabulary.ts';
import { foldEvents, isSameJson } from './aggregate.ts';
import type { ArticleSource, SourceLookup } from './article-source.ts';
import { isFuture, rejectFutureMeeting, rejectFutureOpinion, rejectFutureStatement } from './future-dates.ts';
import { meeting, type MeetingState } from './meeting.ts';
import { opinion, type OpinionState } from './opinion.ts';
import { isPrinted, printedValues, rejectUnprinted } from '../evidence/printed-fields.ts';
import type { Refusal } from '../errors.ts';
import type { Life } from './lifecycle.ts';
import type { CommonFields } from './invariants.ts';
import { noteOnForm, refusalOfForm, type Words } from '../evidence/direct-speech/spoken-words.ts';
import { statement, type StatementState } from './statement.ts';

export type RecordState = Life<CommonFields> & { readonly status: string };

/** Returns true for the stream of a meeting, a statement or an opinion. */
export const isRecord = (stream: string): boolean => /^(?:meeting|statement|opinion)-/.test(stream);

/** Folds events to the state of a record. Returns undefined before the first event, and for other streams. */
export function recordStateOf(
  stream: string,
  events: readonly RecordedEvent[],
  before?: RecordState,
): RecordState | undefined {
  const state = stateOf(stream, events, before);
  return state === undefined || state.status === 'none' ? undefined : state;
}

function stateOf(stream: string, events: readonly RecordedEvent[], before: unknown) {
  if (stream.startsWith('meeting-')) return foldEvents(meeting, events, before as MeetingState | undefined);
  if (stream.startsWith('statement-'))
    return foldEvents(statement, events, before as StatementState | undefined);
  if (stream.startsWith('opinion-')) return foldEvents(opinion, events, before as OpinionState | undefined);
  return undefined;
}

/**
 * Returns a refusal for each field of a body that must be printed in the source and is not. Values that were recorded
 * before are not checked again, because earlier rules may have accepted them. At most `mostNearest` refusals name the
 * nearest words in the source.
 */
export async function unprintedFields(
  body: unknown,
  before: RecordState | undefined,
  sources: SourceLookup,
  mostNearest?: number,
): Promise<Refusal[]> {
  const recorded = new Set(printedValues(before?.fields, '').map(({ name, value }) => `${name} ${value}`));
  const values = printedValues(body, '').filter(({ name, value }) => !recorded.has(`${name} ${value}`));
  if (values.length === 0) return [];
  // A piece that could not be located is undefined. Its own refusal already rejects the record.
  const { evidence = [] } = body as { evidence?: (EvidenceInput | undefined)[] };
  const pieces = evidence.filter((piece) => piece !== undefined);
  const articles = [...(await articlesOf([...(before?.evidence ?? []), ...pieces], sources)).values()];
  // If no article can be read, the evidence itself is refused.
  if (pieces.length > 0 && articles.every(({ printed }) => printed.length === 0)) return [];
  return rejectUnprinted(values, articles, mostNearest);
}

/** Checks decided events against the articles and the clock. `now` is in ms since 1970. @throws Refusal */
export async function checkDecided(
  stream: string,
  before: RecordState | undefined,
  decided: readonly NewEvent[],
  now: number,
  sources: SourceLookup,
): Promise<void> {
  const after = afterDeciding(stream, before, decided);
  if (after === undefined) return;
  await checkDates(before, after, now, sources);
  if (before !== undefined) await checkStillPrinted(before, after, sources);
  await checkWordsOf(before, after, sources);
}

/** Returns doubts about valid events, for the recorder to check. */
export async function notesOn(
  stream: string,
  before: RecordState | undefined,
  decided: readonly NewEvent[],
  sources: SourceLookup,
): Promise<string[]> {
  const after = afterDeciding(stream, before, decided);
  const [was, is] = [before?.fields as Words | undefined, after?.fields as Words | undefined];
  if (after === undefined || is?.form !== 'indirect' || !differs(WORDS, was, is)) return [];
  const articles = await articlesOf(after.evidence, sources);
  const note = await noteOnForm(is, after.evidence, articles, sources.namesOf);
  return note === undefined ? [] : [note];
}

/** Folds decided events. The cast is safe, because a fold reads only the type and the data of an event. */
const afterDeciding = (stream: string, before: RecordState | undefined, decided: readonly NewEvent[]) =>
  recordStateOf(stream, decided as unknown as RecordedEvent[], before);

interface Dates {
  readonly heldOn?: string;
  readonly madeOn?: string;
  readonly publishedOn?: string;
}

async function checkDates(
  before: RecordState | undefined,
  after: RecordState,
  now: number,
  sources: SourceLookup,
): Promise<void> {
  const [was, is] = [before?.fields as Dates | undefined, after.fields as Dates];
  const isHeldNow = after.status === 'held' && before?.status !== 'held';
  if (is.heldOn !== undefined && after.status === 'held' && (isHeldNow || is.heldOn !== was?.heldOn))
    rejectFutureMeeting(is.heldOn, now);
  if (is.madeOn !== undefined && is.madeOn !== was?.madeOn) rejectFutureStatement(is.madeOn, now);
  if (is.publishedOn !== undefined && is.publishedOn !== was?.publishedOn && isFuture(is.publishedOn, now)) {
    const articles = await articlesOf(after.evidence, sources);
    const dates = [...articles.values()].flatMap(({ publishedOn }) => publishedOn ?? []);
    rejectFutureOpinion(is.publishedOn, dates);
  }
}

/** Checks that the remaining evidence still names an article that prints each field. @throws Refusal */
async function checkStillPrinted(
  before: RecordState,
  after: RecordState,
  sources: SourceLookup,
): Promise<void> {
  const isKept = ({ articleId }: Evidence) => after.evidence.some((piece) => piece.articleId === articleId);
  if (before.evidence.every(isKept)) return;
  const [were, are] = await Promise.all([before, after].map(({ evidence }) => articlesOf(evidence, sources)));
  const printedBefore = printedValues(after.fields, '').filter(({ value }) =>
    isPrinted(value, [...(were?.values() ?? [])]),
  );
  const [refusal] = rejectUnprinted(printedBefore, [...(are?.values() ?? [])]);
  if (refusal !== undefined) throw refusal;
}

const WORDS = ['content', 'form'] as const;
const SPEAKER = ['speakers', 'by', 'standing'] as const;
const differs = (names: readonly (keyof Words)[], was: Words | undefined, is: Words): boolean =>
  names.some((name) => !isSameJson(was?.[name], is[name]));

/** Checks the form of the content. Content that an earlier rule accepted is not refused until it changes. */
async function checkWordsOf(
  before: RecordState | undefined,
  after: RecordState,
  sources: SourceLookup,
): Promise<void> {
  const [was, is] = [before?.fields as Words | undefined, after.fields as Words];
  if (is.form === 'indirect') return;
  const hasNewWords = differs(WORDS, was, is);
  const lostEvidence = (before?.evidence.length ?? 0) > after.evidence.length;
  if (!hasNewWords && !differs(SPEAKER, was, is) && !lostEvidence) return;
  const articles = await articlesOf([...(before?.evidence ?? []), ...after.evidence], sources);
  const refusal = await refusalOfForm(is, after.evidence, articles, sources.namesOf);
  if (refusal === undefined) return;
  const wasRefused =
    !hasNewWords &&
    was !== undefined &&
    before !== undefined &&
    (await refusalOfForm(was, before.evidence, articles, sources.namesOf)) !== undefined;
  if (!wasRefused) throw refusal;
}

/** Reads each article that the evidence names, once. */
async function articlesOf(
  evidence: readonly Pick<Evidence, 'articleId'>[],
  sources: SourceLookup,
): Promise<ReadonlyMap<string, ArticleSource>> {
  const articles = new Map<string, ArticleSource>();
  for (const id of new Set(evidence.map(({ articleId }) => articleId))) {
    const read = await sources.article(id);
    if (read) articles.set(id, read);
  }
  return articles;
}
