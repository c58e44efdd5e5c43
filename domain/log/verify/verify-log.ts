// Verifies a log from its files alone: who signed it, that its entries are what was signed, that every tile is theirs,
// that it only grew since an earlier checkpoint, and that its entries are events in an order that can be.
import { toBase64 } from '../../../events/log/base64.ts';
import { openCheckpoint, parseCheckpoint, type Checkpoint } from '../../../events/log/checkpoint.ts';
import { COSIGNATURE, ED25519, InvalidNote, type Verifier } from '../../../events/log/keys.ts';
import { EMPTY_ROOT, sameHash, type Hash } from '../../../events/log/merkle.ts';
import { parseNote, type Verified } from '../../../events/log/note.ts';
import { CHECKPOINT_PATH } from '../../../events/log/paths.ts';
import { edgeRoot, grow } from '../../../events/log/tiles.ts';
import { envelopes } from './check-envelopes.ts';
import { collectFaults } from './faults.ts';
import type { Finding, ReadFile } from './foreign-files.ts';
import { rebuild } from './rebuild-tree.ts';

/** What the log was at some time before, as somebody kept it. */
export interface Earlier {
  readonly name: string;
  readonly size: number;
  readonly root: Hash;
}

export interface Verification {
  /** Keys of the log, one of which must have signed, and of witnesses, each of which must have. */
  readonly verifiers: readonly Verifier[];
  readonly earlier?: readonly Earlier[];
  /** Called for each entry that is as signed, in order; may report what is wrong with it. */
  readonly entry?: (position: number, bytes: Uint8Array, report: (what: string) => void) => void;
  readonly progress?: (done: number, total: number) => void;
}

export interface Verdict {
  /** As it was found, byte for byte, and as it says; whether it is signed is in the findings. */
  readonly note?: Uint8Array;
  readonly checkpoint?: Checkpoint;
  readonly signatures: readonly Verified[];
  readonly streams: number;
  /** The first of what is wrong, and how much there is; the log is verified where there is nothing. */
  readonly findings: readonly Finding[];
  readonly faults: number;
}

export async function verifyLog(
  read: ReadFile,
  { verifiers, earlier = [], entry, progress }: Verification,
): Promise<Verdict> {
  const faults = collectFaults();
  const { report } = faults;
  const checking = envelopes();
  const { note, checkpoint, signatures } = await readSigned(read, verifiers, report);
  if (checkpoint) {
    compareSizes(checkpoint, earlier, report);
    const edge = await rebuild(read, checkpoint, {
      report,
      entries: (from, entries) => {
        for (const [index, bytes] of entries.entries()) {
          const position = from + index;
          const what = bytes ? checking.next(bytes) : checking.skip();
          if (what !== undefined) report({ position, what });
          if (bytes) entry?.(position, bytes, (fault) => report({ position, what: fault }));
        }
        progress?.(from + entries.length, checkpoint.size);
      },
      growing: (edge, leaves) => {
        for (const { name, size, root } of earlier) {
          if (size <= edge.size || size > edge.size + leaves.length) continue;
          if (!sameHash(edgeRoot(grow(edge, leaves.slice(0, size - edge.size)).edge), root))
            report({ what: contradiction(checkpoint, name, size) });
        }
      },
    });
    const what = checking.end();
    if (what !== undefined) report({ position: checkpoint.size - 1, what });
    const root = edge && edgeRoot(edge);
    if (root && !sameHash(root, checkpoint.root))
      report({
        path: CHECKPOINT_PATH,
        what: `the entries have the root ${toBase64(root)}, but ${toBase64(checkpoint.root)} was signed`,
      });
  }
  return {
    ...(note ? { note } : {}),
    ...(checkpoint ? { checkpoint } : {}),
    signatures,
    streams: checking.streams(),
    findings: faults.findings,
    faults: faults.count(),
  };
}

const contradiction = (checkpoint: Checkpoint, name: string, size: number): string =>
  size === checkpoint.size
    ? `${name} and the checkpoint contradict each other: both have ${size} entries, and other ones`
    : `the log did not only grow: its first ${size} entries are not those of ${name}`;

/** What can be told without the entries. */
function compareSizes(
  { size }: Checkpoint,
  earlier: readonly Earlier[],
  report: (finding: Finding) => void,
): void {
  for (const { name, ...before } of earlier) {
    if (before.size > size)
      report({
        position: size,
        path: CHECKPOINT_PATH,
        what: `the log was rolled back: ${name} has ${before.size} entries, the checkpoint ${size}`,
      });
    if (before.size === 0 && !sameHash(before.root, EMPTY_ROOT))
      report({ what: `${name} has no entries, and the root of some` });
  }
}

/** The checkpoint with the signatures that hold; as far as it can be read where they do not. */
async function readSigned(
  read: ReadFile,
  verifiers: readonly Verifier[],
  report: (finding: Finding) => void,
): Promise<Pick<Verdict, 'note' | 'checkpoint' | 'signatures'>> {
  const note = await read(CHECKPOINT_PATH);
  if (!note) {
    report({ path: CHECKPOINT_PATH, what: 'is missing: there is nothing to verify the log against' });
    return { signatures: [] };
  }
  try {
    const { signatures, ...checkpoint } = openSigned(note, verifiers);
    return { note, checkpoint, signatures };
  } catch (error) {
    if (!(error instanceof InvalidNote)) throw error;
    report({ path: CHECKPOINT_PATH, what: error.message });
    const checkpoint = unsigned(note);
    return { note, ...(checkpoint ? { checkpoint } : {}), signatures: [] };
  }
}

/** Throws InvalidNote where no key of the log signed it, or not every witness did. */
function openSigned(note: Uint8Array, verifiers: readonly Verifier[]): ReturnType<typeof openCheckpoint> {
  const opened = openOwn(note, verifiers);
  for (const { name, keyId, type } of verifiers) {
    if (type === COSIGNATURE && !opened.signatures.some((made) => made.name === name && made.keyId === keyId))
      throw new InvalidNote(`the witness ${name}+${keyId} did not cosign the checkpoint`);
  }
  return opened;
}

/** A checkpoint that a key of the log signed, among these keys; throws InvalidNote where it did not. */
export function openOwn(note: Uint8Array, verifiers: readonly Verifier[]): ReturnType<typeof openCheckpoint> {
  const log = verifiers.find(({ type }) => type === ED25519);
  if (!log) throw new InvalidNote('there is no key of the log to verify its checkpoint with');
  return openCheckpoint(note, { origin: log.name, verifiers });
}

function unsigned(note: Uint8Array): Checkpoint | undefined {
  try {
    return parseCheckpoint(parseNote(note).text);
  } catch (error) {
    if (error instanceof InvalidNote) return undefined;
    throw error;
  }
}
