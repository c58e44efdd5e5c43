// Keeps the directory of all actors in the memory of a process: names and merges as of any position. A call reads only
// the entries that were appended since the last call.
import { countBefore } from '../../binary-search.ts';
import type { ActorRow, MergeRow } from '../views/actors-view.ts';
import { ACTOR_DIRECTORY } from './row-keys.ts';
import { normalizeName } from '../state/normalized-name.ts';
import type { RowStore } from './row-store.ts';
import { incrementalReader, type PositionedRow } from './recent-rows.ts';

export interface Actor extends ActorRow {
  readonly mergedInto?: string;
  /** Position of its latest event, merges included. */
  readonly position: number;
}

/** The directory as of one position. */
export interface Directory {
  /** Returns an actor that an event introduced. */
  readonly actor: (id: string) => Actor | undefined;
  /** Returns the actor that readers see for this one: the last introduced actor of its chain of merges. */
  readonly visible: (id: string) => Actor | undefined;
  /** Returns the id of the actor that readers see, then of all actors merged into it, the nearest first. */
  readonly group: (id: string) => string[];
  /** Returns all actors by name, then by id, merged ones included. */
  readonly all: () => readonly Actor[];
  /** Returns the actors whose latest event is after this position, in the order of these events. */
  readonly changedAfter: (position: number) => Actor[];
}

interface NamedRow extends PositionedRow<ActorRow> {
  /** The name key, as UTF-8. */
  readonly sort: Buffer;
}

/** The entries of one actor, by position. */
interface ActorHistory {
  readonly rows: NamedRow[];
  readonly merges: PositionedRow<string | undefined>[];
}

/** Returns a function that returns the directory as of a position. Rows up to that position must have been appended. */
export function directoryReader(store: RowStore): (at: number) => Promise<Directory> {
  const histories = new Map<string, ActorHistory>();
  /** By actor, the actors that were ever merged into it. */
  const members = new Map<string, Set<string>>();
  const positions: number[] = [];
  let sorted: { readonly changes: number; readonly actors: readonly Actor[] } | undefined;

  const readUpTo = incrementalReader<ActorRow | MergeRow>(store, ACTOR_DIRECTORY, 0, ({ position, body }) => {
    positions.push(position);
    const id = 'merged' in body ? body.merged : body.id;
    const history = histories.get(id) ?? { rows: [], merges: [] };
    histories.set(id, history);
    if (!('merged' in body)) {
      history.rows.push({ position, body, sort: Buffer.from(nameKey(body)) });
      return;
    }
    const { into } = body;
    history.merges.push({ position, body: into });
    if (into !== undefined) members.set(into, (members.get(into) ?? new Set()).add(id));
  });

  function asOf(at: number): Directory {
    function actor(id: string): Actor | undefined {
      const history = histories.get(id);
      const row = history && latest(history.rows, at);
      if (!row) return undefined;
      const merge = latest(history.merges, at);
      const mergedInto = merge?.body === undefined ? {} : { mergedInto: merge.body };
      return { ...row.body, ...mergedInto, position: Math.max(row.position, merge?.position ?? -1) };
    }

    function shown(id: string): Actor | undefined {
      let last = actor(id);
      for (let next = last; next; next = next.mergedInto === undefined ? undefined : actor(next.mergedInto))
        last = next;
      return last;
    }

    function group(id: string): string[] {
      const all = new Set([shown(id)?.id ?? id]);
      // The iteration of a set includes members that are added meanwhile.
      for (const each of all)
        for (const member of [...(members.get(each) ?? [])].toSorted())
          if (latest(histories.get(member)?.merges ?? [], at)?.body === each) all.add(member);
      return [...all];
    }

    function all(): readonly Actor[] {
      const changes = countBefore(positions.length, (index) => (positions[index] ?? 0) <= at);
      if (sorted?.changes !== changes) {
        sorted = { changes, actors: byName().flatMap((id) => actor(id) ?? []) };
      }
      return sorted.actors;
    }

    function byName(): string[] {
      const named = [...histories].flatMap(([id, { rows }]) => {
        const row = latest(rows, at);
        return row ? [{ id, sort: row.sort }] : [];
      });
      return named.sort((a, b) => Buffer.compare(a.sort, b.sort)).map(({ id }) => id);
    }

    const changedAfter = (position: number): Actor[] =>
      [...histories.keys()]
        .flatMap((id) => actor(id) ?? [])
        .filter((each) => each.position > position)
        .toSorted((a, b) => a.position - b.position);

    return { actor, visible: shown, group, all, changedAfter };
  }

  return async (at) => {
    await readUpTo(at);
    return asOf(at);
  };
}

const latest = <R extends PositionedRow<unknown>>(rows: readonly R[], at: number): R | undefined =>
  rows[countBefore(rows.length, (index) => (rows[index]?.position ?? 0) <= at) - 1];

/** Returns the sort key of an actor in the directory: by its normalized name, then by its id. */
export const nameKey = ({ id, name }: Pick<ActorRow, 'id' | 'name'>): string =>
  `${normalizeName(name)}\t${id}`;
