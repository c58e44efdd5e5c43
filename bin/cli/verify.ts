// `chancery verify`: a log from its files alone, with the keys and the earlier checkpoints that whoever verifies has
// kept; and what is wrong with it, in words.
import { readFile, rename, writeFile } from 'node:fs/promises';
import { toBase64 } from '../../events/log/base64.ts';
import { COSIGNATURE, InvalidNote, parseVkey, type Verifier } from '../../events/log/keys.ts';
import type { Finding } from '../../domain/verify/files.ts';
import {
  openOwn,
  verifyLog,
  type Earlier,
  type Verdict,
  type Verification,
} from '../../domain/verify/log.ts';
import type { LogSource } from './log-source.ts';
import { plain } from './print.ts';
import { withProgress, type Progress } from './progress.ts';
import { UsageError } from './usage.ts';

export interface VerifyOptions {
  /** Verifier keys, or files that have one a line. */
  readonly vkey?: readonly string[];
  /** Files with earlier checkpoints. */
  readonly since?: readonly string[];
  /** One more of them, where it is there; once the log is verified, its checkpoint is kept in it. */
  readonly remember?: string;
}

export interface Verified extends Verdict {
  /** The keys were given: it is not the log alone that says which they are. */
  readonly trusted: boolean;
}

export async function verifySource(
  { read, place }: LogSource,
  { vkey = [], since = [], remember }: VerifyOptions,
  bar: Progress,
  more: Pick<Verification, 'earlier' | 'entry'> = {},
): Promise<Verified> {
  const trusted = vkey.length > 0;
  const verifiers = trusted ? await givenKeys(vkey) : keysIn(await read('vkey'), `${place}/vkey`);
  const remembered = remember === undefined || (await readIf(remember)) === undefined ? [] : [remember];
  const opened = await Promise.all([...since, ...remembered].map((file) => openEarlier(file, verifiers)));
  const earlier = opened.flatMap((each) => ('size' in each ? [each] : []));
  const unsound = opened.flatMap((each) => ('what' in each ? [each] : []));
  const verdict = await withProgress(bar, ({ start, update }) => {
    let started = false;
    const progress = (done: number, total: number): void => {
      if (!started) start(total);
      started = true;
      update(done);
    };
    return verifyLog(read, { ...more, verifiers, earlier: [...earlier, ...(more.earlier ?? [])], progress });
  });
  const faults = verdict.faults + unsound.length;
  if (remember !== undefined && faults === 0 && verdict.note) await keep(remember, verdict.note);
  return { ...verdict, trusted, faults, findings: [...unsound, ...verdict.findings] };
}

/** What `--vkey` may be: a key, or a file of keys. */
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
      `${from} is no verifier key (name+key ID+base64), and no file of some: give one with --vkey`,
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
  if (!bytes) throw new UsageError(`there is no file ${file}`);
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

/** The old one or the new one, whole, whenever it is cut short. */
async function keep(file: string, note: Uint8Array): Promise<void> {
  await writeFile(`${file}.new`, note);
  await rename(`${file}.new`, file);
}

export function verdictText(
  { checkpoint, signatures, streams, findings, faults, trusted }: Verified,
  place: string,
): string {
  const signers = signatures.map(
    ({ name, keyId, type, time }) =>
      `${type === COSIGNATURE ? 'cosigned' : 'signed'} by ${name}+${keyId}${time === undefined ? '' : ` at ${new Date(time * 1_000).toISOString()}`}`,
  );
  const lines = [
    ...findings.map(findingLine),
    ...(faults > findings.length ? [`and ${faults - findings.length} more`] : []),
    faults > 0
      ? `NOT VERIFIED: ${place}: ${faults} ${faults === 1 ? 'fault' : 'faults'}; docs/log.md says what to do`
      : `verified: ${place}: ${checkpoint?.size} events of ${streams} things`,
    ...(checkpoint ? [`origin ${checkpoint.origin}, root ${toBase64(checkpoint.root)}`] : []),
    ...signers,
    ...(trusted ? [] : ['by the key that lies beside the log: give --vkey to know whose log it is']),
  ];
  return lines.map(plain).join('\n');
}

export function verdictJson({ note: _, checkpoint, ...verdict }: Verified): object {
  return {
    ...verdict,
    ...(checkpoint ? { checkpoint: { ...checkpoint, root: toBase64(checkpoint.root) } } : {}),
  };
}

function findingLine({ position, path, what }: Finding): string {
  const where = [position === undefined ? '' : `position ${position}`, path ?? ''].filter(Boolean).join(', ');
  return where === '' ? what : `${where}: ${what}`;
}
