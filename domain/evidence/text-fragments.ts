// Names a passage of a plain text as URIs do: RFC 5147, `char=START,END`.
import { codePoints } from './normalization/characters.ts';

/**
 * Makes fragments for passages of this text from their code points. Each line ending counts as one character, CR LF too
 * (RFC 5147, section 4.1). A byte order mark does not count.
 */
export function fragmentsOf(text: string): (start: number, end: number) => string {
  const dropped: number[] = text.startsWith('\ufeff') ? [0] : [];
  let [from, at] = [0, 0];
  for (const { index } of text.matchAll(/\r\n/g)) {
    at += codePoints(text.slice(from, index));
    dropped.push(at);
    from = index;
  }
  const position = (point: number): number => point - dropped.filter((each) => each < point).length;
  return (start, end) => `char=${position(start)},${position(end)}`;
}
