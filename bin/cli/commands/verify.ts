// `chancery verify`: verifies a log and the articles next to it, with keys and earlier checkpoints of the caller.
import { readFile, rename, writeFile } from 'node:fs/promises';
import { sha256 } from '../../../adapters/node/ids.ts';
import { InvalidNote, parseVkey, type Verifier } from '../../../events/log/keys.ts';
import {
  verifyArchive,
  type ArchiveVerdict,
  type ArchiveVerification,
} from '../../../domain/log/verify/verify-archive.ts';
import type { Finding } from '../../../domain/log/verify/foreign-files.ts';
import { openOwn, type Earlier } from '../../../domain/log/verify/verify-log.ts';
import type { ArticleSource } from '../input/article-files.ts';
import type { LogSource } from '../input/log-source.ts';
import { withProgress, type Progress } from '../text/progress.ts';
import { UsageError } from '../../usage-error.ts';

export interface VerifyOptions {
  /** Verifier keys, or files with one key on each line. */
  readonly vkey?: readonly string[];
  /** Files with earlier checkpoints. */
  readonly since?: readonly string[];
  /** A file with one more earlier checkpoint, if it exists. It receives the checkpoint of a verified log. */
  readonly remember?: string;
}

/** Optional parts of a verification. */
export type More = Pick<ArchiveVerification, 'earlier' | 'event'> & {
  /** Verifies the evidence in these articles, too. */
  readonly evidence?: { readonly articles: ArticleSource | undefined };
};

export interface Verified extends ArchiveVerdict {
  /** True if the caller passed the keys; false if they were read next to the log. */
  readonly trusted: boolean;
  /** Place of the articles' bytes; undefined if they were not checked. */
  readonly articlesAt?: string;
}

export async function verifySource(
  { read, location: place }: LogSource,
  { vkey = [], since = [], remember }: VerifyOptions,
  bar: Progress,
  { evidence, ...more }: More = {},
): Promise<Verified> {
  const trusted = vkey.length > 0;
  const verifiers = trusted ? await givenKeys(vkey) : keysIn(await read('vkey'), `${place}/vkey`);
  const remembered = remember === undefined || (await readIf(remember)) === undefined ? [] : [remember];
  const opened = await Promise.all([...since, ...remembered].map((file) => openEarlier(file, verifiers)));
  const earlier = opened.flatMap((each) => ('size' in each ? [each] : []));
  const unsound = opened.flatMap((each) => ('what' in each ? [each] : []));
  const articles = evidence?.articles;
  const verdict = await withProgress(bar, (shown) =>
    verifyArchive(read, {
      ...more,
      ...(evidence
        ? { evidence: { sha256, readArticle: articles?.read, progress: phaseOf(shown) } }
        : undefined),
      verifiers,
      earlier: [...earlier, ...(more.earlier ?? [])],
      progress: phaseOf(shown),
    }),
  );
  const faults = verdict.faults + unsound.length;
  if (remember !== undefined && faults === 0 && verdict.note) await keep(remember, verdict.note);
  return {
    ...verdict,
    trusted,
    ...(articles ? { articlesAt: articles.location } : {}),
    faults,
    findings: [...unsound, ...verdict.findings],
  };
}

/** Restarts the bar when a phase reports its first progress. */
function phaseOf({ start, update, stop }: Progress): (done: number, total: number) => void {
  let started = false;
  return (done, total) => {
    if (!started) {
      stop();
      start(total);
    }
    started = true;
    update(done);
  };
}

/** Parses the values of `--vkey`: keys, or files of keys. */
async function givenKeys(given: readonly string[]): Promise<Verifier[]> {
  const keys = given.map(async (each) =>
    isVkey(each) ? [parseVkey(each)] : keysIn(await readIf(each), each),
  );
  return (await Promise.all(keys)).flat();
}

function isVkey(text: string): boolean {
  try {
    return parseVkey(text).name !== '';
  } catch (error) {
    if (error instanceof InvalidNote) return false;
    throw error;
  }
}

function keysIn(bytes: Uint8Array | undefined, from: string): Verifier[] {
  if (!bytes)
    throw new UsageError(
      `${from} is neither a verifier key (name+key ID+base64) nor a file with verifier keys: pass one with --vkey`,
    );
  try {
    return new TextDecoder().decode(bytes).split('\n').filter(Boolean).map(parseVkey);
  } catch (error) {
    if (error instanceof InvalidNote) throw new UsageError(`${from}: ${error.message}`, { cause: error });
    throw error;
  }
}

async function openEarlier(file: string, verifiers: readonly Verifier[]): Promise<Earlier | Finding> {
  const bytes = await readIf(file);
  if (!bytes) throw new UsageError(`the file ${file} does not exist`);
  try {
    const { size, root } = openOwn(bytes, verifiers);
    return { name: file, size, root };
  } catch (error) {
    if (error instanceof InvalidNote) return { path: file, what: error.message };
    throw error;
  }
}

async function readIf(file: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Replaces the file atomically: after a crash it has the old or the new content. */
async function keep(file: string, note: Uint8Array): Promise<void> {
  await writeFile(`${file}.new`, note);
  await rename(`${file}.new`, file);
}
