// Checks meetings, statements and opinions against their sources by today's rules, event by event, as the archive stood
// before each: fields that must be printed, direct words, facts dated after they were recorded. What today's rules would
// refuse was recorded under earlier rules; it is counted, and is no damage.
import type { RecordedEvent } from '../../events/envelope.ts';
import { decodeText } from '../article-bytes.ts';
import type { ReadHistory, ReadSource } from '../article-source.ts';
import { Damaged, Refusal } from '../errors.ts';
import { sourceOf, type Source } from '../evidence/locate.ts';
import { checkDecided, unprintedFields, type Reading } from '../source-rules.ts';
import type { ReadArticle } from './articles.ts';
import type { EntryAt } from './entries.ts';
import { readEnvelope } from './envelopes.ts';
import { parseEntry } from './event.ts';
import { recent } from './recent.ts';
import { streams } from './streams.ts';

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

const IS_RECORD = /^(?:meeting|statement|opinion)-/;

export async function checkRecords(check: RecordCheck): Promise<RecordCounts> {
  const counts = { checked: 0, earlierRules: 0, notChecked: 0 };
  const { add, history } = streams(check.size, check.readEntry);
  const reading = { history: known(history), source: sourcesOf(check.readArticle) };
  for await (const { position, bytes } of check.entries) {
    const envelope = readEnvelope(bytes);
    if (typeof envelope === 'string') continue;
    const { subject } = envelope;
    const event = IS_RECORD.test(subject) ? parseEntry(bytes) : undefined;
    if (typeof event === 'object') {
      const isRefused = await isRefusedToday(event, await history(subject), reading);
      if (isRefused === undefined) counts.notChecked++;
      else counts.checked++;
      if (isRefused === true) counts.earlierRules++;
    }
    add(subject, position);
    check.progress(position + 1);
  }
  return counts;
}

/** Undefined if a source could not be read. */
async function isRefusedToday(
  event: RecordedEvent,
  history: readonly RecordedEvent[],
  reading: Reading,
): Promise<boolean | undefined> {
  const { subject, data, time } = event;
  try {
    const unprinted = await unprintedFields(data, subject, history, reading, 0);
    if (unprinted.length > 0) return true;
    await checkDecided(subject, history, [event], Date.parse(time), reading);
    return false;
  } catch (error) {
    if (error instanceof Refusal) return true;
    if (error instanceof Damaged) return undefined;
    throw error;
  }
}

/** What an event refers to may follow it in the log, or come after the end of the log. */
const known =
  (history: ReadHistory): ReadHistory =>
  async (stream) => {
    const events = await history(stream);
    if (events.length === 0) throw new Damaged(`the log has no event of ${stream} before this one`);
    return events;
  };

const MAX_SOURCE_BYTES = 64 * 1_024 * 1_024;
/** Of a folded text, with what leads back to the text as it is. */
const BYTES_PER_CHARACTER = 12;

/** Texts that were used last are kept, since the records of an article follow one another. */
function sourcesOf(readArticle: ReadArticle): ReadSource {
  const sources = recent<Source | 'unread'>(MAX_SOURCE_BYTES);
  return async (id) => {
    const source = sources.get(id) ?? (await read(id));
    if (source === 'unread') throw new Damaged(`the text of ${id} cannot be read`);
    return source;
  };

  async function read(id: string): Promise<Source | 'unread'> {
    const bytes = await readArticle(id);
    const source = typeof bytes === 'object' ? sourceOf(decodeText(bytes)) : 'unread';
    sources.set(id, source, source === 'unread' ? id.length : source.text.length * BYTES_PER_CHARACTER);
    return source;
  }
}
