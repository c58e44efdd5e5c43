// Compresses JSON, because DynamoDB charges each started KB. The checksum of the zlib format (RFC 1950) detects altered
// bytes. It runs in the same thread, because a KB takes 30 µs and a worker takes longer.
import { deflateSync, inflateSync } from 'node:zlib';
import { dictionaryWith } from './dictionary.ts';

/** Higher levels do not make events smaller. */
const LEVEL = 6;

/** Compresses a text. `near` is a string that the text probably contains; the same string is needed to decompress. */
export function compressed(text: Uint8Array, near = ''): Uint8Array {
  const dictionary = dictionaryWith(near);
  // The window is as small as possible, because creating a large one takes longer than compressing an event.
  const windowBits = Math.min(15, Math.ceil(Math.log2(dictionary.length + text.length)));
  return deflateSync(text, {
    level: LEVEL,
    windowBits,
    memLevel: windowBits - 7,
    dictionary,
    chunkSize: Math.max(64, text.length),
  });
}

/** Decompresses bytes of `compressed` with the same `near`. @throws Error if the bytes or `near` differ */
export const decompressed = (bytes: Uint8Array, near = ''): Uint8Array =>
  inflateSync(bytes, { dictionary: dictionaryWith(near) });
