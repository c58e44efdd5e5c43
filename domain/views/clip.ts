// Long texts shortened: a view's row shows the beginning, the thing's own page all of it.

const CLIP = 600;
const CLIP_WITHIN = 100;

/** Texts of at most 600 characters, and of 100 within parties and lists; without the words as spoken. */
export function clip(fields: object): object {
  const { original: _, ...shown } = fields as { original?: unknown };
  return Object.fromEntries(Object.entries(shown).map(([name, value]) => [name, clipValue(value, CLIP)]));
}

function clipValue(value: unknown, most: number): unknown {
  if (typeof value === 'string') return clipText(value, most);
  if (Array.isArray(value)) return value.map((member) => clipValue(member, CLIP_WITHIN));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, clipValue(member, CLIP_WITHIN)]),
  );
}

/** At most so many code points, the last one an ellipsis where some are left out. */
export function clipText(text: string, most: number): string {
  if (text.length <= most) return text;
  const points = Array.from(text);
  return points.length <= most ? text : `${points.slice(0, most - 1).join('')}…`;
}
