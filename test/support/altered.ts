// Copies JSON values with one member changed, to test which values a schema accepts.

/** Returns the path of keys of each value that passes. */
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

/** Returns a copy in which `change` replaced the value at the path. */
export function withAltered(
  value: unknown,
  path: readonly string[],
  change: (value: unknown) => unknown,
): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return change(value);
  if (Array.isArray(value))
    return value.map((member, at) => (String(at) === key ? withAltered(member, rest, change) : member));
  const members = Object.entries(value as object);
  return Object.fromEntries(
    members.map(([name, member]) => [name, name === key ? withAltered(member, rest, change) : member]),
  );
}
