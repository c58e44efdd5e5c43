// `chancery import`: verifies another archive's log, and brings it with its articles' bytes into an empty archive, that
// of a folder or one on AWS's stores.
import { sha256 } from '../../adapters/node/ids.ts';
import { fromBase64, toBase64 } from '../../events/log/base64.ts';
import { EMPTY_ROOT } from '../../events/log/merkle.ts';
import { publishKeys, vkeysOf } from '../../domain/identity.ts';
import { beginImport, importLog, readTarget, type Imported } from '../../domain/import.ts';
import { articleKey } from '../../domain/article-bytes.ts';
import { alarm } from '../../functions/alarm.ts';
import type { Places } from '../archive.ts';
import { inFolder, isUrl, overHttp, type LogSource } from './log-source.ts';
import { withProgress, type Progress } from './progress.ts';
import { UsageError } from './usage.ts';
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
  /** What signs the log from now on. */
  readonly vkeys: readonly string[];
}

/** Where the log does not verify, gives the verdict, and nothing was imported. Throws ImportRefused. */
export async function importSource(
  source: LogSource,
  into: Places,
  options: ImportOptions,
  bar: () => Progress,
): Promise<{ readonly verdict: Verified; readonly done?: Import }> {
  const article = articlesBeside(source, options.articles);
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
    entry: (_, bytes) => {
      const id = withdrawnIn(bytes);
      if (id !== undefined) withdrawn.add(id);
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
  return { verdict, done: { size, root, absent, vkeys: vkeysOf(into.identity.signers) } };
}

const blobsOf = ({ read }: LogSource): Imported['log'] => ({
  get: async (path) => {
    const bytes = await read(path);
    return bytes && { bytes, etag: '' };
  },
});

function articlesBeside({ place }: LogSource, given?: string): Imported['article'] {
  const archive = given ?? (place.endsWith('/log') ? place.slice(0, -'/log'.length) : undefined);
  if (archive === undefined)
    throw new UsageError(
      `${place} is a log alone: name with --articles the archive's URL, or the folder of its articles`,
    );
  if (isUrl(archive)) {
    const read = overHttp(archive);
    return (id) => read(`articles/${id}/source`);
  }
  const read = inFolder(given ?? `${archive}/articles`);
  return (id) => read(articleKey(id));
}

const WITHDRAWN = Buffer.from('"type":"ArticleWithdrawn"}');

/** Canonical JSON has `type` last: very few events need be parsed. */
function withdrawnIn(bytes: Uint8Array): string | undefined {
  if (!WITHDRAWN.equals(bytes.subarray(-WITHDRAWN.length))) return undefined;
  return (JSON.parse(Buffer.from(bytes).toString()) as { subject: string }).subject;
}

export function importText({ size, root, absent, vkeys }: Import): string {
  return [
    `imported: ${size} events, root ${root}`,
    ...(absent.length === 0
      ? []
      : [`${absent.length} withdrawn articles have no bytes: ${absent.join(', ')}`]),
    ...vkeys.map((vkey) => `signed by ${vkey}`),
    'timeline and dossiers are folded when the archive is served',
  ].join('\n');
}
