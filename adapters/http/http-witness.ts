// A witness of the log over HTTP (C2SP tlog-witness): one request, bounded in time and in what is read of its answer.
import { COSIGNATURE, parseVkey } from '../../events/log/keys.ts';
import type { Witness } from '../../domain/log/witnesses.ts';

/** For a request and its answer; a checkpoint takes two at most. */
const REQUEST_MS = 2_000;
const MAX_ANSWER_BYTES = 65_536;

/**
 * The witness of this verifier key (type 04) below this submission prefix. Throws InvalidNote where the key is none,
 * RangeError where it is of another type, TypeError where the URL is none.
 */
export function httpWitness(vkey: string, prefix: string, requestMs = REQUEST_MS): Witness {
  const verifier = parseVkey(vkey);
  if (verifier.type !== COSIGNATURE)
    throw new RangeError(`${vkey} is not a witness's key: it must be of type 04, cosignature/v1`);
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
      return { kind: 'refused', why: `it answers ${response.status}: ${text.slice(0, 200)}` };
    },
  };
}

async function textOf(response: Response): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let [text, bytes] = ['', 0];
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) throw new RangeError(`its answer is over ${MAX_ANSWER_BYTES} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
