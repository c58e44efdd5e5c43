// Long texts shortened: a view's row shows the beginning, the thing's own page all of it.

const CLIP = 600;
const CLIP_WITHIN = 100;

/** Texts of at most 600 characters, and of 100 within parties and lists; without the words as spoken. */
export function clip(fields: object): object {
  const shown: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields))
    if (name !== 'original') shown[name] = clipValue(value, CLIP);
  return shown;
}

/** The same value where nothing of it is too long. */
function clipValue(value: unknown, most: number): unknown {
  if (typeof value === 'string') return clipText(value, most);
  if (Array.isArray(value)) return clipMembers(value, [...value]);
  if (typeof value !== 'object' || value === null) return value;
  return clipMembers(value, { ...value });
}

function clipMembers(value: object, clipped: object): object {
  let isSame = true;
  for (const [name, member] of Object.entries(value)) {
    const shown = clipValue(member, CLIP_WITHIN);
    if (shown === member) continue;
    isSame = false;
    (clipped as Record<string, unknown>)[name] = shown;
  }
  return isSame ? value : clipped;
}

/** At most so many code points, the last one an ellipsis where some are left out. */
export function clipText(text: string, most: number): string {
  if (text.length <= most) return text;
  const points = Array.from(text);
  return points.length <= most ? text : `${points.slice(0, most - 1).join('')}…`;
}
