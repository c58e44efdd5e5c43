// Checks the events of records by today's rules for printed fields, direct speech and dates, with the state before each.
// Events that today's rules refuse were accepted by earlier rules. They are counted and are not faults.
import type { RecordedEvent } from '../../../events/envelope.ts';
import { actor, type ActorState } from '../../recording/actor.ts';
import { foldEvents } from '../../recording/aggregate.ts';
import { article, type ArticleState } from '../../recording/article.ts';
import { decodeText } from '../../recording/stored-article.ts';
import {
  articleSource,
  namesIn,
  type ArticleSource,
  type SourceLookup,
} from '../../recording/article-source.ts';
import { Damaged, Refusal } from '../../errors.ts';
import { searchableTextOf, type SearchableText } from '../../evidence/locating.ts';
import {
  checkDecided,
  isRecord,
  recordStateOf,
  unprintedFields,
  type RecordState,
} from '../../recording/source-rules.ts';
import type { ReadArticle } from './check-articles.ts';
import type { EntryAt } from './entry-reader.ts';
import { readEnvelope } from './check-envelopes.ts';
import { parseEntry } from './parse-entry.ts';
import { leastRecentlyUsedCache } from './recent-cache.ts';
import { streams, type Streams } from './streams.ts';

export interface RecordCounts {
  /** The events of records that were checked against their sources. */
  checked: number;
  /** The checked events that today's rules refuse and earlier rules accepted. */
  earlierRules: number;
  /** Events whose article or actor could not be read. */
  notChecked: number;
}

export interface RecordCheck {
  /** All entries of a log, in order. The log and its articles must have no faults. */
  readonly entries: AsyncIterable<EntryAt>;
  readonly size: number;
  readonly readEntry: (position: number) => Promise<Uint8Array | undefined>;
  readonly readArticle: ReadArticle;
  readonly progress: (done: number) => void;
}

export async function checkRecords(check: RecordCheck): Promise<RecordCounts> {
  const counts = { checked: 0, earlierRules: 0, notChecked: 0 };
  const logStreams = streams(check.size, check.readEntry);
  const sources = sourcesIn(logStreams, check.readArticle);
  for await (const { position, bytes } of check.entries) {
    const envelope = readEnvelope(bytes);
    if (typeof envelope === 'string') continue;
    const { subject } = envelope;
    const event = isRecord(subject) ? parseEntry(bytes) : undefined;
    if (typeof event === 'object') {
      const before = await logStreams.state<RecordState | undefined>(subject, (events, state) =>
        recordStateOf(subject, events, state),
      );
      const isRefused = await isRefusedToday(event, before, sources);
      if (isRefused === undefined) counts.notChecked++;
      else counts.checked++;
      if (isRefused === true) counts.earlierRules++;
    }
    logStreams.add(subject, position);
    check.progress(position + 1);
  }
  return counts;
}

/** Returns true if today's rules refuse the event, or undefined if a source could not be read. */
async function isRefusedToday(
  event: RecordedEvent,
  before: RecordState | undefined,
  sources: SourceLookup,
): Promise<boolean | undefined> {
  const { subject, data, time } = event;
  try {
    const unprinted = await unprintedFields(data, before, sources, 0);
    if (unprinted.length > 0) return true;
    await checkDecided(subject, before, [event], Date.parse(time), sources);
    return false;
  } catch (error) {
    if (error instanceof Refusal) return true;
    if (error instanceof Damaged) return undefined;
    throw error;
  }
}

const MAX_SOURCE_BYTES = 64 * 1_024 * 1_024;
/** The memory for a character of a normalized text, with its offset in the original text. */
const BYTES_PER_CHARACTER = 12;

/** Looks up articles and actors as of the checked event. Caches recent articles, because their records are adjacent. */
function sourcesIn(logStreams: Streams, readArticle: ReadArticle): SourceLookup {
  const articles = leastRecentlyUsedCache<{ readonly end: number; readonly source: ArticleSource }>(
    MAX_SOURCE_BYTES,
  );
  const unread = new Set<string>();

  async function articleOf(id: string): Promise<ArticleSource | undefined> {
    const end = endOf(id);
    const cached = articles.get(id);
    if (cached?.end === end) return cached.source;
    const state = await logStreams.state<ArticleState>(id, (events, before) =>
      foldEvents(article, events, before),
    );
    const source = await articleSource(id, state, async () => cached?.source.text ?? (await read(id)));
    if (source === undefined) return undefined;
    const characters = source.printed.reduce((sum, { text }) => sum + text.length, id.length);
    articles.set(id, { end, source }, characters * BYTES_PER_CHARACTER);
    return source;
  }

  async function read(id: string): Promise<SearchableText> {
    const bytes = unread.has(id) ? undefined : await readArticle(id);
    if (typeof bytes === 'object') return searchableTextOf(decodeText(bytes));
    unread.add(id);
    throw new Damaged(`the text of ${id} cannot be read`);
  }

  /** Returns the end of a stream. @throws Damaged if the stream begins later in the log, or after its end */
  function endOf(stream: string): number {
    const end = logStreams.end(stream);
    if (end === 0) throw new Damaged(`the log has no event of ${stream} before this one`);
    return end;
  }

  return {
    article: articleOf,
    namesOf: async (id) => {
      endOf(id);
      return namesIn(
        await logStreams.state<ActorState>(id, (events, before) => foldEvents(actor, events, before)),
      );
    },
  };
}
