// Shortens long texts for rows. The page of a record has the whole text.

const MAX_TEXT = 600;
const MAX_NESTED_TEXT = 100;

/** Returns fields without evidence and original. Texts have at most 600 code points, or 100 within parties and lists. */
export function clipFields(fields: object): object {
  if (!('evidence' in fields || 'original' in fields)) return clipMembers(fields as Members, MAX_TEXT);
  const { evidence: _, original: __, ...kept } = fields as Members;
  return clipMembers(kept, MAX_TEXT);
}

/** Returns the same object if no text is too long. */
function clipValue(value: unknown, max: number): unknown {
  if (typeof value === 'string') return clipText(value, max);
  if (typeof value !== 'object' || value === null) return value;
  return Array.isArray(value) ? clipList(value) : clipMembers(value as Members, MAX_NESTED_TEXT);
}

function clipList(list: readonly unknown[]): readonly unknown[] {
  let clipped: unknown[] | undefined;
  for (let index = 0; index < list.length; index++) {
    const value = clipValue(list[index], MAX_NESTED_TEXT);
    if (value !== list[index]) (clipped ??= [...list])[index] = value;
  }
  return clipped ?? list;
}

type Members = Readonly<Record<string, unknown>>;

function clipMembers(members: Members, max: number): Members {
  let clipped: Record<string, unknown> | undefined;
  for (const name in members) {
    const value = clipValue(members[name], max);
    if (value !== members[name]) (clipped ??= { ...members })[name] = value;
  }
  return clipped ?? members;
}

/** Returns the text, or its first code points and an ellipsis: `max` code points in all. */
export function clipText(text: string, max: number): string {
  if (text.length <= max) return text;
  const points = Array.from(text);
  return points.length <= max ? text : `${points.slice(0, max - 1).join('')}…`;
}
