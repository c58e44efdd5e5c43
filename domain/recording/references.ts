// Where a command's body refers to other things: actors, meetings, statements, opinions, articles.

/** Members whose value is the id of another thing, or a list of such ids. */
const FIELDS = new Set([
  'actor',
  'for',
  'about',
  'meetingId',
  'within',
  'into',
  'versionOf',
  'derivedFrom',
  'articleId',
]);

/** A copy of the body in which `visit` has replaced each id that it refers to; `pointer` is its JSON Pointer. */
export function mapReferences(body: unknown, visit: (id: string, pointer: string) => string): unknown {
  return map(body, '', false);

  function map(value: unknown, pointer: string, refers: boolean): unknown {
    if (typeof value === 'string') return refers ? visit(value, pointer) : value;
    if (Array.isArray(value)) return value.map((member, index) => map(member, `${pointer}/${index}`, refers));
    if (typeof value !== 'object' || value === null) return value;
    const members = Object.entries(value).map(([name, member]) => {
      const at = `${pointer}/${name}`;
      return [name, map(member, at, isReference(name, member, pointer))] as const;
    });
    return Object.fromEntries(members);
  }
}

/** `for` of a party is an actor; `for` of evidence lists fields. `id` refers only within `regarding`. */
function isReference(name: string, value: unknown, pointer: string): boolean {
  if (name === 'for') return typeof value === 'string';
  if (name === 'id') return /\/regarding\/\d+$/.test(pointer);
  return FIELDS.has(name);
}

/** A copy of the body in which `visit` has replaced each piece of evidence. */
export function mapEvidence(
  body: unknown,
  visit: (piece: object, pointer: string) => unknown,
  pointer = '',
): unknown {
  if (Array.isArray(body))
    return body.map((member, index) => mapEvidence(member, visit, `${pointer}/${index}`));
  if (typeof body !== 'object' || body === null) return body;
  if (/\/evidence(?:\/\d+)?$/.test(pointer)) return visit(body, pointer);
  const members = Object.entries(body).map(
    ([name, member]) => [name, mapEvidence(member, visit, `${pointer}/${name}`)] as const,
  );
  return Object.fromEntries(members);
}
