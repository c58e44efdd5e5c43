// Long texts shortened: a view's row shows the beginning, the thing's own page all of it.

const CLIP = 600;
const CLIP_WITHIN = 100;

/** Texts of at most 600 characters, and of 100 within parties and lists; without evidence and the words as spoken. */
export function clip(fields: object): object {
  if (!('evidence' in fields || 'original' in fields)) return clipMembers(fields as Members, CLIP);
  const { evidence: _, original: __, ...shown } = fields as Members;
  return clipMembers(shown, CLIP);
}

/** The same value where nothing of it is too long. */
function clipValue(value: unknown, most: number): unknown {
  if (typeof value === 'string') return clipText(value, most);
  if (typeof value !== 'object' || value === null) return value;
  return Array.isArray(value) ? clipList(value) : clipMembers(value as Members, CLIP_WITHIN);
}

function clipList(list: readonly unknown[]): readonly unknown[] {
  let clipped: unknown[] | undefined;
  for (let at = 0; at < list.length; at++) {
    const shown = clipValue(list[at], CLIP_WITHIN);
    if (shown !== list[at]) (clipped ??= [...list])[at] = shown;
  }
  return clipped ?? list;
}

type Members = Readonly<Record<string, unknown>>;

function clipMembers(value: Members, most: number): Members {
  let clipped: Record<string, unknown> | undefined;
  for (const name in value) {
    const shown = clipValue(value[name], most);
    if (shown !== value[name]) (clipped ??= { ...value })[name] = shown;
  }
  return clipped ?? value;
}

/** At most so many code points, the last one an ellipsis where some are left out. */
export function clipText(text: string, most: number): string {
  if (text.length <= most) return text;
  const points = Array.from(text);
  return points.length <= most ? text : `${points.slice(0, most - 1).join('')}…`;
}
