// What rows state as facts by name, so that engines with rows of different shapes can be compared.

/** Undefined: not stated, or no longer. */
export type Facts = Map<string, unknown>;

export type Body = Readonly<Record<string, unknown>>;

/** Where a thing is in a list, and what the list is filtered by. Fields that name an actor come in any order. */
export function listedFact(partition: string, sort: string, body: Body | undefined): unknown {
  if (!body) return undefined;
  const { as, ...others } = body;
  return {
    spread: /\/~?(days|wide)$/.exec(partition)?.[1],
    sort,
    ...others,
    ...(as ? { as: (as as string[]).toSorted() } : {}),
  };
}

/** A sum that is 0 is as good as none. */
export function nonZero(sums: Body | undefined): unknown {
  const left = Object.entries(sums ?? {}).filter(([, value]) => value !== 0);
  return left.length > 0 ? Object.fromEntries(left) : undefined;
}

/** The read models count the meetings of two actors for each of them; the views once. */
export const OTHER_SIDE = ' of the other side';
