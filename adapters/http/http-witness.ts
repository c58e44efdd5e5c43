// Requests cosignatures from a witness over HTTP (C2SP tlog-witness), with a time limit and a size limit.
import { COSIGNATURE, parseVkey } from '../../events/log/keys.ts';
import type { Witness } from '../../domain/log/witnesses.ts';

/** The time limit of a request with its answer. A signed checkpoint needs at most two requests. */
const REQUEST_MS = 2_000;
const MAX_ANSWER_BYTES = 65_536;

/**
 * Returns the witness with this verifier key (type 04) and this submission prefix.
 * @throws InvalidNote if the key is invalid
 * @throws RangeError if the key has another type
 * @throws TypeError if the prefix is not a URL
 */
export function httpWitness(vkey: string, prefix: string, requestMs = REQUEST_MS): Witness {
  const verifier = parseVkey(vkey);
  if (verifier.type !== COSIGNATURE)
    throw new RangeError(`${vkey} is not the key of a witness: give a key of type 04, cosignature/v1`);
  const url = new URL(`${prefix.replace(/\/+$/, '')}/add-checkpoint`);
  return {
    verifier,
    addCheckpoint: async (request) => {
      const signal = AbortSignal.timeout(requestMs);
      const response = await fetch(url, { method: 'POST', body: request, redirect: 'manual', signal });
      const text = await textOf(response);
      if (response.status === 200) return { kind: 'cosigned', lines: text };
      const isSize = response.headers.get('content-type') === 'text/x.tlog.size';
      if (response.status === 409 && isSize && /^(?:0|[1-9]\d{0,14})\n$/.test(text))
        return { kind: 'conflict', size: Number(text) };
      return { kind: 'refused', why: `the witness answers ${response.status}: ${text.slice(0, 200)}` };
    },
  };
}

async function textOf(response: Response): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let [text, bytes] = ['', 0];
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES)
      throw new RangeError(`the answer of the witness exceeds ${MAX_ANSWER_BYTES} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
