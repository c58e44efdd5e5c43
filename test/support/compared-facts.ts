// Named facts that row versions state, independent of the shape of the rows.

/** Values by name of the fact; undefined if the fact does not hold. */
export type Facts = Map<string, unknown>;

export type Body = Readonly<Record<string, unknown>>;

/** Returns where a list has a record, with the row's filter fields. Sorts `as`, whose order does not matter. */
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

/** Leaves out sums that are 0; undefined if all are. */
export function nonZero(sums: Body | undefined): unknown {
  const left = Object.entries(sums ?? {}).filter(([, value]) => value !== 0);
  return left.length > 0 ? Object.fromEntries(left) : undefined;
}

/** Suffix of the second count of a pair's meetings: rows count them once for each of the two actors. */
export const OTHER_SIDE = ' of the other side';
