// Base64 as notes, checkpoints and proofs write it (RFC 4648 section 4). Decoding takes the one canonical form only:
// else the same signature could be written in several ways.

/** So many bytes at once: a call takes no more arguments than fit on the stack. */
const SLICE = 8_192;

export function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < bytes.length; at += SLICE)
    binary += String.fromCharCode(...bytes.subarray(at, at + SLICE));
  return btoa(binary);
}

/** The bytes, or undefined where the text is not the canonical form of any. */
export function fromBase64(text: string): Uint8Array | undefined {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) return undefined;
  const binary = atob(text);
  // Bits that no byte takes must be zero: else the text is another one of the same bytes.
  if (btoa(binary) !== text) return undefined;
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = binary.charCodeAt(at);
  return bytes;
}
