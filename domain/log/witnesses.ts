// Witnesses (C2SP tlog-witness): others who saw that the log only grew, and sign a checkpoint for it. They are asked
// before it is published, all at once; it is published without those that give no signature.
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
  /** Its key, of type `cosignature/v1`. */
  readonly verifier: Verifier;
  /** Sends the body of an `add-checkpoint` request. Settles within a bounded time; rejects where no answer came. */
  addCheckpoint(request: Uint8Array): Promise<WitnessAnswer>;
}

export type WitnessAnswer =
  /** Signature lines of a note. */
  | { readonly kind: 'cosigned'; readonly lines: string }
  /** The last checkpoint that it cosigned has another size than the request said: this one. */
  | { readonly kind: 'conflict'; readonly size: number }
  | { readonly kind: 'refused'; readonly why: string };

export interface GrowingLog {
  readonly size: number;
  /** What the witness has probably seen last. */
  readonly from: number;
  /** A consistency proof from this size on, which is not over `size`. */
  readonly prove: (from: number) => Promise<readonly Hash[]>;
}

/** The cosignatures of a signed checkpoint that came and hold. */
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
  const given = await Promise.all(
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
  return given.flat();
}

async function cosignedBy(
  witness: Witness,
  checkpoint: Note,
  { size, from, prove }: GrowingLog,
): Promise<NoteSignature[]> {
  const ask = async (from: number): Promise<WitnessAnswer> =>
    witness.addCheckpoint(requestOf(from, await prove(from), checkpoint));
  let answer = await ask(from);
  // It has seen less than was thought, or it has seen a checkpoint that was signed and never published.
  if (answer.kind === 'conflict' && answer.size !== from && answer.size <= size)
    answer = await ask(answer.size);
  if (answer.kind === 'conflict') throw new Error(`it says that it has cosigned ${answer.size} entries`);
  if (answer.kind === 'refused') throw new Error(answer.why);
  const { name, keyId } = witness.verifier;
  const own = parseSignatures(answer.lines).filter((line) => line.name === name && line.keyId === keyId);
  verifyNote({ text: checkpoint.text, signatures: own }, [witness.verifier]);
  return own;
}

/** The body of an `add-checkpoint` request. */
function requestOf(from: number, proof: readonly Hash[], checkpoint: Note): Uint8Array {
  const lines = [`old ${from}`, ...proof.map(toBase64)].map((line) => `${line}\n`).join('');
  return Uint8Array.of(...new TextEncoder().encode(`${lines}\n`), ...formatNote(checkpoint));
}
