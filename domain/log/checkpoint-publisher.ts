// Publishes the signed checkpoint of the log. It only grows, and it is signed only after the head has decided its
// entries, so that two contradicting checkpoints are never signed.
import { fromBase64 } from '../../events/log/base64.ts';
import { formatCheckpoint, openCheckpoint, type SignedCheckpoint } from '../../events/log/checkpoint.ts';
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
  /** Cosign each checkpoint before it is published. A witness that fails does not block the publication. */
  readonly witnesses?: readonly Witness[];
  readonly alarm: (what: string, error: unknown) => void;
}

type PublishedCheckpoint = SignedCheckpoint & { readonly etag: string };

const WHAT_TO_DO = 'sequencing stops until the operator has repaired it (docs/log.md)';

/**
 * Reads the published checkpoint. Returns undefined before the first one.
 * @throws LogConflict if it belongs to another log, or if it has no valid signature of this log's keys
 */
export async function readSignedCheckpoint({
  log,
  identity,
}: Pick<Publisher, 'log' | 'identity'>): Promise<PublishedCheckpoint | undefined> {
  const blob = await log.get(CHECKPOINT_PATH);
  if (!blob) return undefined;
  try {
    return { ...openCheckpoint(blob.bytes, identity), etag: blob.etag };
  } catch (error) {
    if (!(error instanceof InvalidNote)) throw error;
    throw new LogConflict(
      `the published checkpoint is not signed by this log's keys under its origin (${error.message}): restore the origin and the key; ${WHAT_TO_DO}`,
    );
  }
}

/** Reads the head and the published checkpoint. @throws LogConflict if they contradict, because sequencing must stop */
export async function readConsistentHead(
  of: Pick<Publisher, 'log' | 'identity'> & { readonly state: Table },
): Promise<{
  readonly checkpoint: PublishedCheckpoint | undefined;
  readonly head: Awaited<ReturnType<typeof readHead>>;
}> {
  // The checkpoint is read first, because other sequencers may advance both meanwhile. The head may then only be ahead.
  const checkpoint = await readSignedCheckpoint(of);
  const head = await readHead(of.state);
  rejectRollback(checkpoint, head);
  return { checkpoint, head };
}

/** Checks that the head was not reset to the past. @throws LogConflict if the checkpoint is larger or has another root */
function rejectRollback(current: SignedCheckpoint | undefined, head: Head): void {
  if (!current) return;
  if (current.size > head.size)
    throw new LogConflict(
      `the published checkpoint has ${current.size} entries and the head ${head.size}: the table was restored to the past; ${WHAT_TO_DO}`,
      head.size,
    );
  if (current.size === head.size && !sameHash(current.root, rootOf(head)))
    throw new LogConflict(
      `the published checkpoint and the head have different roots at ${head.size} entries; ${WHAT_TO_DO}`,
    );
}

export function rootOf({ root }: Head): Hash {
  const hash = fromBase64(root);
  if (!hash)
    throw new LogConflict(`the head's root is not base64 (${root}): restore the state table from a backup`);
  return hash;
}

/** Signs and publishes a checkpoint for a head whose files are all written. Idempotent. @throws LogConflict */
export async function publishSignedCheckpoint(publisher: Publisher, head: Head): Promise<void> {
  const { log, identity } = publisher;
  const to = { origin: identity.origin, size: head.size, root: rootOf(head) };
  for (;;) {
    const current = await readSignedCheckpoint(publisher);
    // Another sequencer is ahead, so this head has already been published.
    if (current && current.size > to.size) return;
    rejectRollback(current, head);
    if (current?.size === to.size) return;
    const from = current ?? { size: 0, root: EMPTY_ROOT };
    const prove = (size: number): Promise<Hash[]> => proveConsistency(readTiles(log), size, to.size);
    if (!verifyConsistency(from, to, await prove(from.size)))
      throw new LogConflict(
        `the published checkpoint of ${from.size} entries is not a prefix of the log; ${WHAT_TO_DO}`,
      );
    const note = await signNote(formatCheckpoint(to), identity.signers);
    const witnessSignatures = await cosignatures(publisher, note, { ...to, from: from.size, prove });
    const bytes = formatNote({ ...note, signatures: [...note.signatures, ...witnessSignatures] });
    if (await log.replace(CHECKPOINT_PATH, bytes, current?.etag)) return;
  }
}
