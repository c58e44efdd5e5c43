// `chancery import`: verifies another archive's log, and brings it with its articles' bytes into an empty archive, that
// of a folder or one on AWS's stores.
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
  /** Withdrawn articles that have no bytes. */
  readonly absent: readonly string[];
  /** The key that signed what was imported; `given` if the caller named it, else it lay next to the log. */
  readonly trusted: { readonly keys: readonly string[]; readonly given: boolean };
  /** What signs the log from now on. */
  readonly vkeys: readonly string[];
}

/** Clocks may differ by so much; events from later than that are from the future. */
const MAX_AHEAD_MS = 5 * 60_000;

/** Nothing of a folder that may come from elsewhere is read through a symbolic link. */
const STRICT = { rejectLinks: true };

/** Opens what is to be imported. @throws ImportRefused, UsageError */
export const openImported = (place: string): Promise<LogSource> => refusingUnsafe(openLog(place, STRICT));

/** Imports nothing and resolves without `done` if the log does not verify. @throws ImportRefused, UsageError */
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
        name: 'what was imported already',
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
  return `event ${id} is from the future: it was recorded at ${time}, and here it is ${new Date(now).toISOString()}; check both clocks`;
}

const blobsOf = ({ read }: LogSource): Imported['log'] => ({
  get: async (path) => {
    const bytes = await read(path);
    return bytes && { bytes, etag: '' };
  },
});

async function articlesOf(source: LogSource, given: string | undefined): Promise<Imported['article']> {
  if (given === undefined && basename(source.place) !== 'log')
    throw new UsageError(
      `${source.place} is a log alone: name with --articles the archive's URL, or the folder of its articles`,
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
    'timeline and dossiers are folded when the archive is served',
  ]
    .map(plain)
    .join('\n');
}
