// Verifies a log and its archive: every event, the digests of the articles, the passages at their offsets and the
// contents in their passages. Counts the records that today's rules would refuse.
import type { RecordedEvent } from '../../../events/envelope.ts';
import type { Digest } from '../../ports.ts';
import { articleIndex } from './article-index.ts';
import { checkArticles, type ArticleCounts, type ReadArticle } from './check-articles.ts';
import { contents, type ContentCounts } from './check-contents.ts';
import { entriesIn, entryReader } from './entry-reader.ts';
import { readEnvelope } from './check-envelopes.ts';
import { parseEntry } from './parse-entry.ts';
import { collectFaults, joinFaults } from './faults.ts';
import type { ReadFile } from './foreign-files.ts';
import { checkHistories } from './check-histories.ts';
import { verifyLog, type Verdict, type Verification } from './verify-log.ts';
import { checkRecords, type RecordCounts } from './check-records.ts';

export interface EvidenceVerification {
  readonly sha256: Digest;
  /** Undefined if the articles are not available. Then only titles and contents are checked. */
  readonly readArticle: ReadArticle | undefined;
  readonly progress?: (done: number, total: number) => void;
}

export interface ArchiveVerification extends Omit<Verification, 'entry'> {
  /** If absent, only the log and its events are verified. */
  readonly evidence?: EvidenceVerification;
  /** Called for each event that could be parsed. It may report faults. */
  readonly event?: (event: RecordedEvent, report: (what: string) => void) => void;
}

export interface EvidenceVerdict {
  readonly articles: ArticleCounts;
  readonly contents: Readonly<ContentCounts>;
  /** Absent if there are faults, or if the articles are not available. */
  readonly records?: Readonly<RecordCounts>;
}

export interface ArchiveVerdict extends Verdict {
  readonly evidence?: EvidenceVerdict;
}

export async function verifyArchive(
  read: ReadFile,
  { evidence, event, ...verification }: ArchiveVerification,
): Promise<ArchiveVerdict> {
  const [index, words] = [articleIndex(), contents()];
  let parsed = 0;
  const log = await verifyLog(read, {
    ...verification,
    entry: (position, bytes, report) => {
      const entry = parseEntry(bytes);
      if (typeof entry === 'string') {
        // verifyLog has already reported entries without the attributes of an event.
        if (typeof readEnvelope(bytes) !== 'string') report(entry);
        return;
      }
      parsed++;
      event?.(entry, report);
      if (!evidence) return;
      index.next(position, entry, report);
      words.next(position, entry, report);
    },
  });
  if (!evidence || !log.checkpoint) return log;

  const { size } = log.checkpoint;
  const faults = collectFaults();
  await checkHistories(() => entriesIn(read, size), words, faults);
  const { readArticle, sha256, progress = () => {} } = evidence;
  const readEntry = entryReader(read, size);
  const total = index.size() + size;
  const articles = await checkArticles({
    index,
    readArticle,
    readEntry,
    sha256,
    faults,
    isWhole: parsed === size,
    progress: (done) => progress(done, total),
  });
  const verdict = { ...log, ...joinFaults(log, faults) };
  if (!readArticle || verdict.faults > 0)
    return { ...verdict, evidence: { articles, contents: words.counts } };
  const records = await checkRecords({
    entries: entriesIn(read, size),
    size,
    readEntry,
    readArticle,
    progress: (done) => progress(index.size() + done, total),
  });
  return { ...verdict, evidence: { articles, contents: words.counts, records } };
}
