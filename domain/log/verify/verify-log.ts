// Verifies a log from its files alone: signatures, entries, tiles, consistency with earlier checkpoints, and the order
// of events.
import { toBase64 } from '../../../events/log/base64.ts';
import { openCheckpoint, parseCheckpoint, type SignedCheckpoint } from '../../../events/log/checkpoint.ts';
import { COSIGNATURE, ED25519, InvalidNote, type Verifier } from '../../../events/log/keys.ts';
import { EMPTY_ROOT, sameHash, type Hash } from '../../../events/log/merkle.ts';
import { parseNote, type Verified } from '../../../events/log/note.ts';
import { CHECKPOINT_PATH } from '../../../events/log/paths.ts';
import { edgeRoot, grow } from '../../../events/log/tiles.ts';
import { envelopes } from './check-envelopes.ts';
import { collectFaults } from './faults.ts';
import type { Finding, ReadFile } from './foreign-files.ts';
import { rebuild } from './rebuild-tree.ts';

/** An earlier checkpoint of the log that the verifier has kept. */
export interface Earlier {
  readonly name: string;
  readonly size: number;
  readonly root: Hash;
}

export interface Verification {
  /** The keys of the log and of witnesses. At least one key of the log and every witness must have signed. */
  readonly verifiers: readonly Verifier[];
  readonly earlier?: readonly Earlier[];
  /** Called for each unaltered entry, in order. It may report faults. */
  readonly entry?: (position: number, bytes: Uint8Array, report: (what: string) => void) => void;
  readonly progress?: (done: number, total: number) => void;
}

export interface Verdict {
  /** The bytes of the published checkpoint. The findings say whether its signatures are valid. */
  readonly note?: Uint8Array;
  readonly checkpoint?: SignedCheckpoint;
  readonly signatures: readonly Verified[];
  readonly streams: number;
  /** The first 100 faults. The log is verified if `faults`, the number of all faults, is 0. */
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
        what: `the entries have the root ${toBase64(root)}, but the root ${toBase64(checkpoint.root)} was signed`,
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

const contradiction = (checkpoint: SignedCheckpoint, name: string, size: number): string =>
  size === checkpoint.size
    ? `${name} and the checkpoint contradict each other: both have ${size} entries, but different roots`
    : `the log is not append-only: its first ${size} entries differ from those of ${name}`;

/** Compares the checkpoint with earlier ones by their sizes, without reading entries. */
function compareSizes(
  { size }: SignedCheckpoint,
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
      report({ what: `${name} has zero entries, but not the root of an empty log` });
  }
}

/** Reads the checkpoint with its valid signatures. If no signature is valid, reports that and returns it unsigned. */
async function readSigned(
  read: ReadFile,
  verifiers: readonly Verifier[],
  report: (finding: Finding) => void,
): Promise<Pick<Verdict, 'note' | 'checkpoint' | 'signatures'>> {
  const note = await read(CHECKPOINT_PATH);
  if (!note) {
    report({ path: CHECKPOINT_PATH, what: 'is missing, and the log cannot be verified without it' });
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

/** Opens a checkpoint. @throws InvalidNote if no key of the log signed it, or a witness did not */
function openSigned(note: Uint8Array, verifiers: readonly Verifier[]): ReturnType<typeof openCheckpoint> {
  const opened = openOwn(note, verifiers);
  for (const { name, keyId, type } of verifiers) {
    if (type === COSIGNATURE && !opened.signatures.some((made) => made.name === name && made.keyId === keyId))
      throw new InvalidNote(`the witness ${name}+${keyId} did not cosign the checkpoint`);
  }
  return opened;
}

/** Opens a checkpoint that a key of the log has signed. @throws InvalidNote if it has no valid signature of these keys */
export function openOwn(note: Uint8Array, verifiers: readonly Verifier[]): ReturnType<typeof openCheckpoint> {
  const log = verifiers.find(({ type }) => type === ED25519);
  if (!log)
    throw new InvalidNote('no verifier key of the log was given, so its checkpoint cannot be verified');
  return openCheckpoint(note, { origin: log.name, verifiers });
}

function unsigned(note: Uint8Array): SignedCheckpoint | undefined {
  try {
    return parseCheckpoint(parseNote(note).text);
  } catch (error) {
    if (error instanceof InvalidNote) return undefined;
    throw error;
  }
}
