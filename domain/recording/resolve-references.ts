// Resolves the references of a command: checks that the named actors and records exist, and locates the passages of
// the evidence in their articles.
import type { EvidenceInput } from '../../events/shared-pieces.ts';
import type { RecordedEvent } from '../../events/envelope.ts';
import { article, type ArticleState } from './article.ts';
import {
  isAddedByArchive,
  type ReadHistory,
  type ReadArticleText,
  sourceLookupFrom,
} from './article-source.ts';
import { decodeText, readArticle, type StoredArticles } from './stored-article.ts';
import { foldEvents } from './aggregate.ts';
import { Refusal } from '../errors.ts';
import {
  differencesOf,
  locate,
  type Nearest,
  searchableTextOf,
  type SearchableText,
} from '../evidence/locating.ts';
import { meeting, type MeetingState } from './meeting.ts';
import { opinion } from './opinion.ts';
import { mapEvidence, mapReferences } from './references.ts';
import { isRecord, recordStateOf, unprintedFields } from './source-rules.ts';
import { statement } from './statement.ts';

/** Returns a reader that verifies and normalizes articles. It caches the last `keep`, because a text never changes. */
export function articleTextReader(stored: StoredArticles, keep = 16): ReadArticleText {
  const sources = new Map<string, Promise<SearchableText>>();
  return (id) => {
    const source = sources.get(id) ?? read(id);
    sources.delete(id);
    sources.set(id, source);
    source.catch(() => sources.delete(id));
    for (const oldest of sources.keys()) {
      if (sources.size <= keep) break;
      sources.delete(oldest);
    }
    return source;
  };

  async function read(id: string): Promise<SearchableText> {
    return searchableTextOf(decodeText(await readArticle(stored, id)));
  }
}

/**
 * Returns the body with every passage located. `events` are the events of the stream.
 * @throws Refusal for the first fault; `details.others` has the further faults, so that one answer names them all
 */
export async function resolveReferences(
  body: unknown,
  stream: string,
  events: readonly RecordedEvent[],
  history: ReadHistory,
  source: ReadArticleText,
): Promise<unknown> {
  const refusals: Refusal[] = [];
  const collect = (error: unknown): undefined => {
    if (!(error instanceof Refusal)) throw error;
    refusals.push(error);
  };
  const references: { id: string; pointer: string }[] = [];
  mapReferences(body, (id, pointer) => {
    references.push({ id, pointer });
    return id;
  });
  const once = memoized(history);
  for (const { id, pointer } of references) await checkReference(id, pointer, stream, once).catch(collect);
  const locating: Promise<EvidenceInput | undefined>[] = [];
  mapEvidence(body, (piece, pointer) => {
    locating.push(locatePiece(piece as EvidenceInput, pointer, once, source).catch(collect));
    return piece;
  });
  const located = await Promise.all(locating);
  if (isRecord(stream))
    refusals.push(
      ...(await unprintedFields(body, recordStateOf(stream, events), sourceLookupFrom(once, source))),
    );
  const [first, ...others] = refusals;
  if (!first) return mapEvidence(body, () => located.shift());
  if (others.length === 0) throw first;
  const furtherFaults = others.map(({ code, message, details }) => ({ code, detail: message, ...details }));
  throw new Refusal(first.code, first.message, { ...first.details, others: furtherFaults });
}

function memoized(history: ReadHistory): ReadHistory {
  const cached = new Map<string, Promise<RecordedEvent[]>>();
  return (stream) => {
    const events = cached.get(stream) ?? history(stream);
    cached.set(stream, events);
    return events;
  };
}

async function checkReference(
  id: string,
  pointer: string,
  stream: string,
  history: ReadHistory,
): Promise<void> {
  const events = await history(id);
  if (events.length === 0) {
    throw new Refusal('unknown-reference', `${pointer}: the archive does not have ${id}: record it first`, {
      pointer,
      id,
    });
  }
  if (isRetracted(id, events)) {
    throw new Refusal('reference-retracted', `${pointer}: ${id} is retracted: refer to another record`, {
      pointer,
      id,
    });
  }
  if (pointer.endsWith('/within')) await rejectLoop(id, pointer, stream, history);
}

function isRetracted(id: string, events: readonly RecordedEvent[]): boolean {
  if (id.startsWith('meeting-')) return 'retracted' in foldEvents(meeting, events);
  if (id.startsWith('statement-')) return 'retracted' in foldEvents(statement, events);
  if (id.startsWith('opinion-')) return 'retracted' in foldEvents(opinion, events);
  return false;
}

/** Checks that a meeting is not within itself, directly or through other meetings. @throws Refusal */
async function rejectLoop(id: string, pointer: string, stream: string, history: ReadHistory): Promise<void> {
  const above = new Set<string>();
  for (let next: string | undefined = id; next !== undefined && !above.has(next);) {
    if (next === stream) {
      throw new Refusal(
        'loop',
        `${pointer}: ${id} is itself within ${stream}: name a meeting that is not part of this one`,
        { pointer, id },
      );
    }
    above.add(next);
    const state: MeetingState = foldEvents(meeting, await history(next));
    next = state.status === 'none' ? undefined : state.fields.within;
  }
}

async function locatePiece(
  piece: EvidenceInput,
  pointer: string,
  history: ReadHistory,
  source: ReadArticleText,
): Promise<EvidenceInput & { start: number; end: number }> {
  const state: ArticleState = foldEvents(article, await history(piece.articleId));
  if (state.status === 'none') return { ...piece, start: 0, end: 1 };
  if (state.withdrawn) {
    throw new Refusal(
      'article-withdrawn',
      `${pointer}: ${piece.articleId} was withdrawn: ${state.withdrawn.reason}; cite another article`,
      { pointer },
    );
  }
  if (piece.in === 'title' && isAddedByArchive(state.fields.title)) {
    throw new Refusal(
      'passage-not-found',
      `${pointer}: the archive added the title in brackets, so the title is not evidence: quote the text`,
      { pointer },
    );
  }
  const text = piece.in === 'title' ? searchableTextOf(state.fields.title) : await source(piece.articleId);
  const located = locate(text, piece);
  switch (located.found) {
    case 'once': {
      const { prefix: _, suffix: __, ...others } = piece;
      return { ...others, ...located.passage };
    }
    case 'several':
      throw new Refusal(
        'passage-ambiguous',
        `${pointer}: the passage occurs ${located.total} times in the source: add the words before it ("prefix") or after it ("suffix")`,
        { pointer, total: located.total, candidates: located.candidates },
      );
    case 'none':
      throw notFound(pointer, located.nearest);
    default:
      return located satisfies never;
  }
}

function notFound(pointer: string, nearest: Nearest | undefined): Refusal {
  const suggestion = nearest
    ? `; the nearest passage differs: ${differencesOf(nearest)}`
    : ': quote the words as the article prints them';
  return new Refusal(
    'passage-not-found',
    `${pointer}: the source does not contain the passage${suggestion}`,
    {
      pointer,
      ...(nearest ? { nearest } : {}),
    },
  );
}
