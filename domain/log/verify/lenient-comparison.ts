// Compares contents with passages as earlier rules did, ignoring word boundaries, white space, hyphens and punctuation.
// Contents that only this comparison finds are counted and are not faults.
import { normalizeText } from '../../evidence/normalization/normalize-text.ts';
import { segmentsOf } from '../../evidence/content-segments.ts';
import { stringOf } from '../../evidence/normalization/units.ts';

/** Returns true if the passages have every segment of the content, later in the same passage or anywhere in another. */
export function isFoundLeniently(content: string, passages: readonly string[]): boolean {
  const sources = passages.map(bare);
  const whole = bare(content);
  if (whole === '') return false;
  if (sources.some((source) => source.includes(whole))) return true;
  const segments = segmentsOf(normalizeText(content)).map(({ text }) => bare(text));
  let reached: readonly (number | undefined)[] = sources.map(() => 0);
  for (const segment of segments) {
    const before = reached;
    reached = sources.map((source, index) => {
      const isElsewhere = before.some((end, other) => other !== index && end !== undefined);
      const from = isElsewhere ? 0 : before[index];
      const at = from === undefined ? -1 : source.indexOf(segment, from);
      return at < 0 ? undefined : at + segment.length;
    });
    if (reached.every((end) => end === undefined)) return false;
  }
  return segments.length > 0;
}

const bare = (text: string): string => stringOf(normalizeText(text).units).replace(/[\s\p{P}]/gu, '');
