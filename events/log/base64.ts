// Base64 (RFC 4648 section 4) for notes, checkpoints and proofs. Decoding accepts only the canonical form, so that
// a signature has exactly one encoding.

/** Bytes per call of `String.fromCharCode`. The stack limits the number of arguments. */
const SLICE = 8_192;

export function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < bytes.length; at += SLICE)
    binary += String.fromCharCode(...bytes.subarray(at, at + SLICE));
  return btoa(binary);
}

/** Decodes canonical base64. Returns undefined for any other text. */
export function fromBase64(text: string): Uint8Array | undefined {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) return undefined;
  const binary = atob(text);
  // Unused bits must be zero, because otherwise several texts would decode to the same bytes.
  if (btoa(binary) !== text) return undefined;
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = binary.charCodeAt(at);
  return bytes;
}
