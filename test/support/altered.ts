// Copies of JSON values with something in them changed, for tests of what a schema takes.

/** Each place where a value stands, as a path of keys. */
export function pathsOf(
  value: unknown,
  passes: (value: unknown) => boolean,
  path: string[] = [],
): string[][] {
  const here = passes(value) ? [path] : [];
  if (typeof value !== 'object' || value === null) return here;
  return [
    ...here,
    ...Object.entries(value).flatMap(([key, member]) => pathsOf(member, passes, [...path, key])),
  ];
}

/** A copy in which what stands at the path is another. */
export function altered(
  value: unknown,
  path: readonly string[],
  change: (value: unknown) => unknown,
): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return change(value);
  if (Array.isArray(value))
    return value.map((member, at) => (String(at) === key ? altered(member, rest, change) : member));
  const members = Object.entries(value as object);
  return Object.fromEntries(
    members.map(([name, member]) => [name, name === key ? altered(member, rest, change) : member]),
  );
}
