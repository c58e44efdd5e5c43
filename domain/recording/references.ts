// Finds the references and the evidence in the body of a command.

/** Members that contain the id of an actor, a record or an article, or a list of such ids. */
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

/** Returns a copy of the body with each referenced id replaced by `visit`. `pointer` is the JSON Pointer of the id. */
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

/** Returns true for a reference. `for` is one in a party, but not in evidence; `id` is one only in `regarding`. */
function isReference(name: string, value: unknown, pointer: string): boolean {
  if (name === 'for') return typeof value === 'string';
  if (name === 'id') return /\/regarding\/\d+$/.test(pointer);
  return FIELDS.has(name);
}

/** Returns a copy of the body with each piece of evidence replaced by `visit`. */
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
