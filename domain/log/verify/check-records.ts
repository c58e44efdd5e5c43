// Checks meetings, statements and opinions against their sources by today's rules, event by event, as the archive stood
// before each: fields that must be printed, direct words, facts dated after they were recorded. What today's rules would
// refuse was recorded under earlier rules; it is counted, and is no damage.
import type { RecordedEvent } from '../../../events/envelope.ts';
import { actor, type ActorState } from '../../recording/actor.ts';
import { foldEvents } from '../../recording/aggregate.ts';
import { article, type ArticleState } from '../../recording/article.ts';
import { decodeText } from '../../recording/stored-article.ts';
import { articleSource, namesIn, type ArticleSource, type Sources } from '../../recording/article-source.ts';
import { Damaged, Refusal } from '../../errors.ts';
import { searchableTextOf, type SearchableText } from '../../evidence/locating.ts';
import {
  checkDecided,
  isRecord,
  recordedAs,
  unprintedFields,
  type RecordState,
} from '../../recording/source-rules.ts';
import type { ReadArticle } from './check-articles.ts';
import type { EntryAt } from './entry-reader.ts';
import { readEnvelope } from './check-envelopes.ts';
import { parseEntry } from './parse-entry.ts';
import { recent } from './recent-cache.ts';
import { streams, type Streams } from './streams.ts';

export interface RecordCounts {
  /** Events of meetings, statements and opinions that were checked against their sources. */
  checked: number;
  /** Of these, the ones that today's rules would refuse and earlier rules accepted. */
  earlierRules: number;
  /** Events whose article or actor could not be read. */
  notChecked: number;
}

export interface RecordCheck {
  /** All entries of a log, in order. Neither the log nor the articles next to it have faults. */
  readonly entries: AsyncIterable<EntryAt>;
  readonly size: number;
  readonly readEntry: (position: number) => Promise<Uint8Array | undefined>;
  readonly readArticle: ReadArticle;
  readonly progress: (done: number) => void;
}

export async function checkRecords(check: RecordCheck): Promise<RecordCounts> {
  const counts = { checked: 0, earlierRules: 0, notChecked: 0 };
  const ours = streams(check.size, check.readEntry);
  const sources = sourcesIn(ours, check.readArticle);
  for await (const { position, bytes } of check.entries) {
    const envelope = readEnvelope(bytes);
    if (typeof envelope === 'string') continue;
    const { subject } = envelope;
    const event = isRecord(subject) ? parseEntry(bytes) : undefined;
    if (typeof event === 'object') {
      const before = await ours.state<RecordState | undefined>(subject, (events, state) =>
        recordedAs(subject, events, state),
      );
      const isRefused = await isRefusedToday(event, before, sources);
      if (isRefused === undefined) counts.notChecked++;
      else counts.checked++;
      if (isRefused === true) counts.earlierRules++;
    }
    ours.add(subject, position);
    check.progress(position + 1);
  }
  return counts;
}

/** Undefined if a source could not be read. */
async function isRefusedToday(
  event: RecordedEvent,
  before: RecordState | undefined,
  sources: Sources,
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
/** Of a folded text, with what leads back to the text as it is. */
const BYTES_PER_CHARACTER = 12;

/** Articles that were used last are kept, since the records of an article follow one another. */
function sourcesIn(ours: Streams, readArticle: ReadArticle): Sources {
  const articles = recent<{ readonly end: number; readonly source: ArticleSource }>(MAX_SOURCE_BYTES);
  const unread = new Set<string>();

  async function articleOf(id: string): Promise<ArticleSource | undefined> {
    const end = endOf(id);
    const known = articles.get(id);
    if (known?.end === end) return known.source;
    const state = await ours.state<ArticleState>(id, (events, before) => foldEvents(article, events, before));
    const source = await articleSource(id, state, async () => known?.source.text ?? (await read(id)));
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

  /** What an event refers to may follow it in the log, or come after the end of the log. */
  function endOf(stream: string): number {
    const end = ours.end(stream);
    if (end === 0) throw new Damaged(`the log has no event of ${stream} before this one`);
    return end;
  }

  return {
    article: articleOf,
    namesOf: async (id) => {
      endOf(id);
      return namesIn(await ours.state<ActorState>(id, (events, before) => foldEvents(actor, events, before)));
    },
  };
}
