// Requests cosignatures from witnesses (C2SP tlog-witness). A witness signs a checkpoint if the log is append-only.
// All witnesses are requested concurrently before a checkpoint is published; failures do not block the publication.
import { toBase64 } from '../../events/log/base64.ts';
import type { Verifier } from '../../events/log/keys.ts';
import type { Hash } from '../../events/log/merkle.ts';
import {
  formatNote,
  parseSignatures,
  verifyNote,
  type Note,
  type NoteSignature,
} from '../../events/log/note.ts';

export interface Witness {
  /** The key of the witness, of type `cosignature/v1`. */
  readonly verifier: Verifier;
  /** Sends an `add-checkpoint` request. Settles within a bounded time, and rejects if no answer arrives. */
  addCheckpoint(request: Uint8Array): Promise<WitnessAnswer>;
}

export type WitnessAnswer =
  /** `lines` are the signature lines of a note. */
  | { readonly kind: 'cosigned'; readonly lines: string }
  /** `size` is that of the last checkpoint that the witness cosigned. It differs from the request. */
  | { readonly kind: 'conflict'; readonly size: number }
  | { readonly kind: 'refused'; readonly why: string };

export interface GrowingLog {
  readonly size: number;
  /** The size that the witness has probably cosigned last. */
  readonly from: number;
  /** Returns a consistency proof from a size, which must not exceed `size`. */
  readonly prove: (from: number) => Promise<readonly Hash[]>;
}

/** Requests cosignatures of a signed checkpoint, and returns the valid ones. Raises an alarm for each failed witness. */
export async function cosignatures(
  {
    witnesses = [],
    alarm,
  }: {
    readonly witnesses?: readonly Witness[];
    readonly alarm: (what: string, error: unknown) => void;
  },
  checkpoint: Note,
  growing: GrowingLog,
): Promise<NoteSignature[]> {
  const signatures = await Promise.all(
    witnesses.map(async (witness) => {
      try {
        return await cosignedBy(witness, checkpoint, growing);
      } catch (error) {
        const { name } = witness.verifier;
        alarm(`witness ${name} has not cosigned the log at ${growing.size} entries`, error);
        return [];
      }
    }),
  );
  return signatures.flat();
}

async function cosignedBy(
  witness: Witness,
  checkpoint: Note,
  { size, from, prove }: GrowingLog,
): Promise<NoteSignature[]> {
  const ask = async (from: number): Promise<WitnessAnswer> =>
    witness.addCheckpoint(requestOf(from, await prove(from), checkpoint));
  let answer = await ask(from);
  // The witness missed a published checkpoint, or it cosigned one that was never published.
  if (answer.kind === 'conflict' && answer.size !== from && answer.size <= size)
    answer = await ask(answer.size);
  if (answer.kind === 'conflict')
    throw new Error(`the witness answers that it has cosigned ${answer.size} entries`);
  if (answer.kind === 'refused') throw new Error(answer.why);
  const { name, keyId } = witness.verifier;
  const own = parseSignatures(answer.lines).filter((line) => line.name === name && line.keyId === keyId);
  verifyNote({ text: checkpoint.text, signatures: own }, [witness.verifier]);
  return own;
}

/** Formats the body of an `add-checkpoint` request. */
function requestOf(from: number, proof: readonly Hash[], checkpoint: Note): Uint8Array {
  const lines = [`old ${from}`, ...proof.map(toBase64)].map((line) => `${line}\n`).join('');
  return Uint8Array.of(...new TextEncoder().encode(`${lines}\n`), ...formatNote(checkpoint));
}
