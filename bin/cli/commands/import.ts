// `chancery import`: verifies another archive's log, then copies it with its articles' bytes into an empty archive, in a
// folder or on AWS's stores.
import { basename } from 'node:path';
import { sha256 } from '../../../adapters/node/ids.ts';
import { fromBase64, toBase64 } from '../../../events/log/base64.ts';
import type { RecordedEvent } from '../../../events/envelope.ts';
import { ED25519 } from '../../../events/log/keys.ts';
import { EMPTY_ROOT } from '../../../events/log/merkle.ts';
import { publishKeys, vkeysOf } from '../../../domain/log/log-identity.ts';
import {
  beginImport,
  importLog,
  ImportRefused,
  readTarget,
  type Imported,
} from '../../../domain/log/import-log.ts';
import type { Clock } from '../../../domain/ports.ts';
import { alarm } from '../../../functions/runtime/alarm.ts';
import type { OpenedStores } from '../../server/run-archive.ts';
import { openArticles } from '../input/article-files.ts';
import { openLog, type LogSource } from '../input/log-source.ts';
import { plain } from '../text/print.ts';
import { withProgress, type Progress } from '../text/progress.ts';
import { UnsafeFile } from '../input/read-folder.ts';
import { UsageError } from '../../usage-error.ts';
import { UNTRUSTED } from '../text/verdict-text.ts';
import { verifySource, type Verified, type VerifyOptions } from './verify.ts';

export interface ImportOptions extends VerifyOptions {
  /** The archive's URL, or a folder of files named by their SHA-256. */
  readonly articles?: string;
}

export interface Import {
  readonly size: number;
  readonly root: string;
  /** Ids of withdrawn articles whose bytes were removed. */
  readonly absent: readonly string[];
  /** The keys that verified the log; `given` if the caller passed them, else they lay next to the log. */
  readonly trusted: { readonly keys: readonly string[]; readonly given: boolean };
  /** The key that signs the log from now on. */
  readonly vkeys: readonly string[];
}

/** Tolerated difference between two clocks. An event beyond it is from the future. */
const MAX_AHEAD_MS = 5 * 60_000;

/** A foreign folder may have symbolic links to private files, so links are refused. */
const STRICT = { rejectLinks: true };

/** Opens the log and the articles to import. @throws ImportRefused, UsageError */
export const openImported = (place: string): Promise<LogSource> => refusingUnsafe(openLog(place, STRICT));

/** Verifies and imports. Resolves without `done` if the log does not verify; then nothing is imported. @throws ImportRefused, UsageError */
export const importSource = (
  source: LogSource,
  into: OpenedStores,
  options: ImportOptions,
  { bar, clock }: { readonly bar: () => Progress; readonly clock: Clock },
): Promise<{ readonly verdict: Verified; readonly done?: Import }> =>
  refusingUnsafe(verifyAndImport(source, into, options, bar, clock));

async function refusingUnsafe<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof UnsafeFile) throw new ImportRefused(error.message, { cause: error });
    throw error;
  }
}

async function verifyAndImport(
  source: LogSource,
  into: OpenedStores,
  options: ImportOptions,
  bar: () => Progress,
  clock: Clock,
): Promise<{ readonly verdict: Verified; readonly done?: Import }> {
  const article = await articlesOf(source, options.articles);
  const before = await readTarget(into);
  const withdrawn = new Set<string>();
  const verdict = await verifySource(source, options, bar(), {
    earlier: [
      {
        name: 'the part that was imported before',
        size: before.size,
        root: fromBase64(before.root) ?? EMPTY_ROOT,
      },
    ],
    event: (event, report) => {
      const what = fromTheFuture(event, clock());
      if (what !== undefined) report(what);
      if (event.type === 'ArticleWithdrawn') withdrawn.add(event.subject);
    },
  });
  if (verdict.faults > 0 || !verdict.checkpoint) return { verdict };

  const { size } = verdict.checkpoint;
  const root = toBase64(verdict.checkpoint.root);
  await beginImport(into);
  await publishKeys(into.log, into.identity);
  const imported: Imported = { log: blobsOf(source), size, root, article, withdrawn };
  const absent = await withProgress(bar(), ({ start, update }) => {
    start(size, before.size);
    return importLog({ ...into, sha256, alarm }, imported, update);
  });
  const keys = verdict.signatures
    .filter(({ type }) => type === ED25519)
    .map(({ name, keyId }) => `${name}+${keyId}`);
  const trusted = { keys, given: verdict.trusted };
  return { verdict, done: { size, root, absent, trusted, vkeys: vkeysOf(into.identity.signers) } };
}

function fromTheFuture({ id, time }: RecordedEvent, now: number): string | undefined {
  if (Date.parse(time) <= now + MAX_AHEAD_MS) return undefined;
  return `event ${id} is from the future: it was recorded at ${time}, and the clock of this machine shows ${new Date(now).toISOString()}; check both clocks`;
}

const blobsOf = ({ read }: LogSource): Imported['log'] => ({
  get: async (path) => {
    const bytes = await read(path);
    return bytes && { bytes, etag: '' };
  },
});

async function articlesOf(source: LogSource, given: string | undefined): Promise<Imported['article']> {
  if (given === undefined && basename(source.location) !== 'log')
    throw new UsageError(
      `${source.location} is a log without articles: pass the archive's URL or the folder of its articles with --articles`,
    );
  const articles = await openArticles(source, given, STRICT);
  return async (id) => {
    const bytes = await articles?.read(id);
    return typeof bytes === 'object' ? bytes : undefined;
  };
}

export function importText({ size, root, absent, trusted, vkeys }: Import): string {
  return [
    `imported: ${size} events, root ${root}`,
    trusted.given
      ? `verified with the key that --vkey names: ${trusted.keys.join(', ')}`
      : `${UNTRUSTED}: ${trusted.keys.join(', ')}`,
    ...(absent.length === 0
      ? []
      : [`${absent.length} withdrawn articles have no bytes: ${absent.join(', ')}`]),
    ...vkeys.map((vkey) => `signed by ${vkey}`),
    'the read models are folded when the archive is served next',
  ]
    .map(plain)
    .join('\n');
}
