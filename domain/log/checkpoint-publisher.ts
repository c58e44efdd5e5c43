// The log's signed checkpoint: read, compared with the head, and replaced by a larger one, never by a smaller. What is
// signed is what the head says, and that the head was decided on before; two that contradict are never signed.
import { fromBase64 } from '../../events/log/base64.ts';
import { formatCheckpoint, openCheckpoint, type Checkpoint } from '../../events/log/checkpoint.ts';
import { InvalidNote } from '../../events/log/keys.ts';
import { EMPTY_ROOT, sameHash, type Hash } from '../../events/log/merkle.ts';
import { formatNote, signNote } from '../../events/log/note.ts';
import { CHECKPOINT_PATH } from '../../events/log/paths.ts';
import { proveConsistency, verifyConsistency } from '../../events/log/proof.ts';
import { readHead, type Head } from './head.ts';
import type { LogIdentity } from './log-identity.ts';
import { LogConflict, readTiles } from './log-files.ts';
import type { BlobStore, Table } from '../ports.ts';
import { cosignatures, type Witness } from './witnesses.ts';

export interface Publisher {
  readonly log: BlobStore;
  readonly identity: LogIdentity;
  /** Asked for a cosignature of each checkpoint before it is published; one that gives none holds up nothing. */
  readonly witnesses?: readonly Witness[];
  readonly alarm: (what: string, error: unknown) => void;
}

type Standing = Checkpoint & { readonly etag: string };

const WHAT_TO_DO = 'nothing is sequenced until somebody has looked: docs/log.md says how to go on';

/** The published checkpoint, undefined before the first. Throws LogConflict where it is of another log or key. */
export async function readCheckpoint({
  log,
  identity,
}: Pick<Publisher, 'log' | 'identity'>): Promise<Standing | undefined> {
  const blob = await log.get(CHECKPOINT_PATH);
  if (!blob) return undefined;
  try {
    return { ...openCheckpoint(blob.bytes, identity), etag: blob.etag };
  } catch (error) {
    if (!(error instanceof InvalidNote)) throw error;
    throw new LogConflict(
      `the published checkpoint is not of this log and its keys (${error.message}); bring back its origin and key; ${WHAT_TO_DO}`,
    );
  }
}

/** The head and the published checkpoint. Throws LogConflict where they contradict: nothing may be sequenced then. */
export async function readSoundHead(
  of: Pick<Publisher, 'log' | 'identity'> & { readonly state: Table },
): Promise<{ readonly standing: Standing | undefined; readonly head: Awaited<ReturnType<typeof readHead>> }> {
  // Before the head, never after it: a head that others raise meanwhile was not set back.
  const standing = await readCheckpoint(of);
  const head = await readHead(of.state);
  rejectRollback(standing, head);
  return { standing, head };
}

/** Throws LogConflict where the head was set back: the checkpoint has entries that it doesn't know, or another root. */
function rejectRollback(standing: Checkpoint | undefined, head: Head): void {
  if (!standing) return;
  if (standing.size > head.size)
    throw new LogConflict(
      `the published checkpoint has ${standing.size} entries and the head ${head.size}: the table was restored to the past; ${WHAT_TO_DO}`,
      head.size,
    );
  if (standing.size === head.size && !sameHash(standing.root, rootOf(head)))
    throw new LogConflict(
      `the published checkpoint and the head have other roots at ${head.size} entries; ${WHAT_TO_DO}`,
    );
}

export function rootOf({ root }: Head): Hash {
  const hash = fromBase64(root);
  if (!hash) throw new LogConflict(`the head's root is no base64: ${root}`);
  return hash;
}

/** Signs and publishes what the head says, whose files are all there, unless as much is published already. */
export async function publishCheckpoint(publisher: Publisher, head: Head): Promise<void> {
  const { log, identity } = publisher;
  const to = { origin: identity.origin, size: head.size, root: rootOf(head) };
  for (;;) {
    const standing = await readCheckpoint(publisher);
    // Somebody else has gone further: he published this head first.
    if (standing && standing.size > to.size) return;
    rejectRollback(standing, head);
    if (standing?.size === to.size) return;
    const from = standing ?? { size: 0, root: EMPTY_ROOT };
    const prove = (size: number): Promise<Hash[]> => proveConsistency(readTiles(log), size, to.size);
    if (!verifyConsistency(from, to, await prove(from.size)))
      throw new LogConflict(
        `the published checkpoint of ${from.size} entries is not the beginning of the log; ${WHAT_TO_DO}`,
      );
    const note = await signNote(formatCheckpoint(to), identity.signers);
    const witnessed = await cosignatures(publisher, note, { ...to, from: from.size, prove });
    const bytes = formatNote({ ...note, signatures: [...note.signatures, ...witnessed] });
    if (await log.replace(CHECKPOINT_PATH, bytes, standing?.etag)) return;
  }
}
