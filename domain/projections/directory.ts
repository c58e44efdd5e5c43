// The directory of all actors as of one position, small enough to be kept in memory: their names, who is merged into whom,
// and whose records are therefore shown together.
import { DIRECTORY, MERGES, type ActorRow, type MergeRow } from './actors.ts';
import { readParts, type Reading } from './reading.ts';

export interface Actor extends ActorRow {
  readonly mergedInto?: string;
  /** Of its latest event, merges included. */
  readonly position: number;
}

export interface Directory {
  /** By id, in the order of their names; those that the log has introduced. */
  readonly actors: ReadonlyMap<string, Actor>;
  /** The actor that is shown for this one: the end of its chain of merges, as far as the log has introduced them. */
  readonly shown: (id: string) => Actor | undefined;
  /** The actor that is shown for this one, then every actor that is merged into it. */
  readonly group: (id: string) => string[];
}

export async function readDirectory(reading: Reading): Promise<Directory> {
  const merges = new Map<string, MergeRow & { readonly position: number }>();
  const members = new Map<string, string[]>();
  for await (const { sort: id, position, body } of readParts<MergeRow>(reading, [{ partition: MERGES }])) {
    merges.set(id, { ...body, position });
    if (body.into !== undefined) members.set(body.into, [...(members.get(body.into) ?? []), id]);
  }
  const actors = new Map<string, Actor>();
  for await (const { position, body } of readParts<ActorRow>(reading, [{ partition: DIRECTORY }])) {
    const { into, position: merged = -1 } = merges.get(body.id) ?? {};
    const mergedInto = into === undefined ? {} : { mergedInto: into };
    actors.set(body.id, { ...body, ...mergedInto, position: Math.max(position, merged) });
  }

  function shown(id: string): Actor | undefined {
    let last = actors.get(id);
    for (
      let next = last;
      next;
      next = next.mergedInto === undefined ? undefined : actors.get(next.mergedInto)
    )
      last = next;
    return last;
  }

  function group(id: string): string[] {
    const all = new Set([shown(id)?.id ?? id]);
    // A set yields what is added to it while it is walked.
    for (const each of all) for (const member of members.get(each) ?? []) all.add(member);
    return [...all];
  }

  return { actors, shown, group };
}
