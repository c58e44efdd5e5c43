// Rules that need more than a record's own events: what its articles print, and what day it is. They are applied to the
// body of a command before it is decided, and to the decided events before they are appended.
import type { RecordedEvent } from '../events/envelope.ts';
import type { Evidence, EvidenceGiven } from '../events/pieces.ts';
import type { NewEvent } from '../events/vocabulary.ts';
import { actor } from './actor.ts';
import { fold, same } from './aggregate.ts';
import {
  type ArticleSource,
  readArticleSource,
  type ReadHistory,
  type ReadSource,
} from './article-source.ts';
import { isFuture, refuseFutureMeeting, refuseFutureOpinion, refuseFutureStatement } from './future.ts';
import { meeting } from './meeting.ts';
import { opinion } from './opinion.ts';
import { isPrinted, printedValues, refuseUnprinted } from './printed-fields.ts';
import type { Refusal } from './errors.ts';
import type { Life } from './record-life.ts';
import type { CommonFields } from './record-rules.ts';
import { checkForm, type Words } from './spoken-words.ts';
import { statement } from './statement.ts';

export interface Reading {
  readonly history: ReadHistory;
  readonly source: ReadSource;
}

type Recorded = Life<CommonFields> & { readonly status: string };

/** A meeting, statement or opinion, folded from its events; undefined for other streams and before the first event. */
function recordedAs(stream: string, events: readonly RecordedEvent[]): Recorded | undefined {
  const state = stateOf(stream, events);
  return state === undefined || state.status === 'none' ? undefined : state;
}

function stateOf(stream: string, events: readonly RecordedEvent[]) {
  if (stream.startsWith('meeting-')) return fold(meeting, events);
  if (stream.startsWith('statement-')) return fold(statement, events);
  if (stream.startsWith('opinion-')) return fold(opinion, events);
  return undefined;
}

/**
 * One refusal for each field of a command's body that must be printed in the source and is not. What was recorded of
 * the thing before is not checked again: earlier rules may have accepted it. Up to `mostNearest` refusals name the
 * nearest form in the source.
 */
export async function unprintedFields(
  body: unknown,
  stream: string,
  events: readonly RecordedEvent[],
  reading: Reading,
  mostNearest?: number,
): Promise<Refusal[]> {
  if (!/^(?:meeting|statement|opinion)-/.test(stream)) return [];
  const before = recordedAs(stream, events);
  const known = new Set(printedValues(before?.fields, '').map(({ name, value }) => `${name} ${value}`));
  const values = printedValues(body, '').filter(({ name, value }) => !known.has(`${name} ${value}`));
  if (values.length === 0) return [];
  // A piece that could not be placed is undefined: the record is refused for it.
  const { evidence = [] } = body as { evidence?: (EvidenceGiven | undefined)[] };
  const pieces = evidence.filter((piece) => piece !== undefined);
  const articles = await articlesOf([...(before?.evidence ?? []), ...pieces], reading);
  return refuseUnprinted(values, [...articles.values()], mostNearest);
}

/** Throws Refusal of an event that the source or the calendar contradicts. Returns notes for the recorder. */
export async function checkDecided(
  stream: string,
  history: readonly RecordedEvent[],
  decided: readonly NewEvent[],
  now: number,
  reading: Reading,
): Promise<string[]> {
  const before = recordedAs(stream, history);
  // Folding reads the type and the data of an event, which a decided one has.
  const after = recordedAs(stream, [...history, ...(decided as unknown as RecordedEvent[])]);
  if (after === undefined) return [];
  await checkDates(before, after, now, reading);
  if (before !== undefined) await checkStillPrinted(before, after, reading);
  return checkWordsOf(before, after, reading);
}

interface Dates {
  readonly heldOn?: string;
  readonly madeOn?: string;
  readonly publishedOn?: string;
}

async function checkDates(
  before: Recorded | undefined,
  after: Recorded,
  now: number,
  reading: Reading,
): Promise<void> {
  const [was, is] = [before?.fields as Dates | undefined, after.fields as Dates];
  const isHeldNow = after.status === 'held' && before?.status !== 'held';
  if (is.heldOn !== undefined && after.status === 'held' && (isHeldNow || is.heldOn !== was?.heldOn))
    refuseFutureMeeting(is.heldOn, now);
  if (is.madeOn !== undefined && is.madeOn !== was?.madeOn) refuseFutureStatement(is.madeOn, now);
  if (is.publishedOn !== undefined && is.publishedOn !== was?.publishedOn && isFuture(is.publishedOn, now)) {
    const articles = await articlesOf(after.evidence, reading);
    const dates = [...articles.values()].flatMap(({ publishedOn }) => publishedOn ?? []);
    refuseFutureOpinion(is.publishedOn, dates);
  }
}

/** Throws Refusal if the only article that prints a field is named by no evidence any more. */
async function checkStillPrinted(before: Recorded, after: Recorded, reading: Reading): Promise<void> {
  const isKept = ({ articleId }: Evidence) => after.evidence.some((piece) => piece.articleId === articleId);
  if (before.evidence.every(isKept)) return;
  const [were, are] = await Promise.all([before, after].map(({ evidence }) => articlesOf(evidence, reading)));
  const printedBefore = printedValues(after.fields, '').filter(({ value }) =>
    isPrinted(value, [...(were?.values() ?? [])]),
  );
  const [refusal] = refuseUnprinted(printedBefore, [...(are?.values() ?? [])]);
  if (refusal !== undefined) throw refusal;
}

const WORDS = ['content', 'form'] as const;
const SPEAKER = ['speakers', 'by', 'standing'] as const;

/** Words that earlier rules accepted stay as they are, until a correction changes them. */
async function checkWordsOf(
  before: Recorded | undefined,
  after: Recorded,
  reading: Reading,
): Promise<string[]> {
  const [was, is] = [before?.fields as Words | undefined, after.fields as Words];
  const differs = (names: readonly (keyof Words)[]) => names.some((name) => !same(was?.[name], is[name]));
  const hasNewWords = differs(WORDS);
  const lostEvidence = (before?.evidence.length ?? 0) > after.evidence.length;
  if (!hasNewWords && !differs(SPEAKER) && !lostEvidence) return [];
  const articles = await articlesOf([...(before?.evidence ?? []), ...after.evidence], reading);
  const namesOf = async (id: string) => {
    const state = fold(actor, await reading.history(id));
    if (state.status === 'none') return [];
    return [state.fields.name, ...state.fields.aliases.map(({ name }) => name)];
  };
  const { refusal, note } = await checkForm(is, after.evidence, articles, namesOf);
  const wasRefused = async () =>
    !hasNewWords && was !== undefined && before !== undefined
      ? (await checkForm(was, before.evidence, articles, namesOf)).refusal !== undefined
      : false;
  if (refusal !== undefined && !(await wasRefused())) throw refusal;
  return note !== undefined && hasNewWords ? [note] : [];
}

/** The articles that evidence names, each read once. */
async function articlesOf(
  evidence: readonly Pick<Evidence, 'articleId'>[],
  { history, source }: Reading,
): Promise<ReadonlyMap<string, ArticleSource>> {
  const articles = new Map<string, ArticleSource>();
  for (const id of new Set(evidence.map(({ articleId }) => articleId))) {
    const read = await readArticleSource(id, history, source);
    if (read) articles.set(id, read);
  }
  return articles;
}
