// A small witness (C2SP tlog-witness). For each configured log it keeps the last checkpoint that it cosigned. It
// cosigns another one only with a proof that the log grew from the last.
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fromBase64 } from '../../../events/log/base64.ts';
import { parseCheckpoint, type SignedCheckpoint } from '../../../events/log/checkpoint.ts';
import { COSIGNATURE, InvalidNote, vkeyOf, type Verifier } from '../../../events/log/keys.ts';
import { EMPTY_ROOT, sameHash } from '../../../events/log/merkle.ts';
import { cosign, parseNote, signatureLine, verifyNote } from '../../../events/log/note.ts';
import { verifyConsistency } from '../../../events/log/proof.ts';
import { seedSigner } from '../logs/signers.ts';

export interface Answer {
  readonly status: number;
  readonly type?: string;
  readonly body?: string;
}

export interface WitnessServer {
  readonly vkey: string;
  readonly url: string;
  /** Bodies and answered statuses of the requests so far. */
  readonly asked: { readonly body: string; readonly status: number }[];
  /** Returns the last checkpoint of a log that it cosigned. */
  readonly latest: (origin: string) => SignedCheckpoint | undefined;
  /** Replaces all later answers; no answer if it returns undefined. Without an argument, answers are regular again. */
  readonly instead: (answer?: () => Answer | undefined) => void;
  readonly close: () => Promise<void>;
}

const TIME = 1_700_000_000;

/** Starts a witness for the logs with these origins and keys. */
export async function startWitness(
  name: string,
  logs: ReadonlyMap<string, readonly Verifier[]>,
): Promise<WitnessServer> {
  const signer = seedSigner(name);
  const latest = new Map<string, SignedCheckpoint>();
  const asked: { body: string; status: number }[] = [];
  let instead: (() => Answer | undefined) | undefined;

  async function addCheckpoint(body: string): Promise<Answer> {
    const end = body.indexOf('\n\n');
    const [old = '', ...lines] = body.slice(0, end).split('\n');
    const [, digits] = /^old (0|[1-9]\d*)$/.exec(old) ?? [];
    const proof = lines.map((line) => fromBase64(line) ?? new Uint8Array());
    if (end < 0 || digits === undefined || proof.length > 63 || proof.some(({ length }) => length !== 32))
      return { status: 400, body: 'this is no add-checkpoint request\n' };
    const note = parseNote(Buffer.from(body.slice(end + 2)));
    const checkpoint = parseCheckpoint(note.text);
    const verifiers = logs.get(checkpoint.origin);
    if (!verifiers) return { status: 404 };
    try {
      verifyNote(note, verifiers);
    } catch (error) {
      if (error instanceof InvalidNote) return { status: 403, body: `${error.message}\n` };
      throw error;
    }
    if (Number(digits) > checkpoint.size) return { status: 400, body: 'old is over the size\n' };
    const before = latest.get(checkpoint.origin) ?? { size: 0, root: EMPTY_ROOT };
    if (Number(digits) !== before.size)
      return { status: 409, type: 'text/x.tlog.size', body: `${before.size}\n` };
    if (before.size === checkpoint.size && !sameHash(before.root, checkpoint.root)) return { status: 409 };
    if (!verifyConsistency(before, checkpoint, proof)) return { status: 422 };
    latest.set(checkpoint.origin, checkpoint);
    return { status: 200, body: signatureLine(await cosign(note.text, TIME, signer)) };
  }

  const server = createServer((request, response) => {
    void (async () => {
      const body = await textOf(request);
      const isAddCheckpoint = request.method === 'POST' && request.url === '/w1/add-checkpoint';
      const answer = instead ? instead() : isAddCheckpoint ? await addCheckpoint(body) : { status: 404 };
      asked.push({ body, status: answer?.status ?? 0 });
      if (answer)
        response.writeHead(answer.status, { 'Content-Type': answer.type ?? 'text/plain' }).end(answer.body);
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    vkey: vkeyOf(name, signer.publicKey, COSIGNATURE),
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/w1`,
    asked,
    latest: (origin) => latest.get(origin),
    instead: (answer) => (instead = answer),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
