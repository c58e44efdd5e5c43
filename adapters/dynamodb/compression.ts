// JSON as fewer bytes, since what costs units is the started KB: in zlib's format (RFC 1950), whose checksums say whether
// what was decompressed are the bytes that went in. In one thread: a KB takes 30 µs, and handing it to another takes more.
import { deflateSync, inflateSync } from 'node:zlib';
import { dictionaryWith } from './dictionary.ts';

/** Beyond 6 events are no smaller. */
const LEVEL = 6;

/** `near` is what the text is likely to hold and its reader knows: it has to be given again to decompress. */
export function compressed(text: Uint8Array, near = ''): Uint8Array {
  const dictionary = dictionaryWith(near);
  // A window that is no larger than what it will see: making a large one takes longer than compressing an event.
  const windowBits = Math.min(15, Math.ceil(Math.log2(dictionary.length + text.length)));
  return deflateSync(text, {
    level: LEVEL,
    windowBits,
    memLevel: windowBits - 7,
    dictionary,
    chunkSize: Math.max(64, text.length),
  });
}

/** Throws where the bytes are not what `compressed` made, with the same `near`. */
export const decompressed = (bytes: Uint8Array, near = ''): Uint8Array =>
  inflateSync(bytes, { dictionary: dictionaryWith(near) });
