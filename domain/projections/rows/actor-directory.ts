// The directory of all actors, kept in the memory of a process, which reads only what came since: their names, who is
// merged into whom, and whose records are therefore shown together, as of any position.
import { countBefore } from '../../binary-search.ts';
import { DIRECTORY, type ActorRow, type MergeRow } from '../views/actors-view.ts';
import { foldName } from '../state/folded-name.ts';
import type { RowStore } from './row-store.ts';
import { tail, type TailRow } from './tails.ts';

export interface Actor extends ActorRow {
  readonly mergedInto?: string;
  /** Of its latest event, merges included. */
  readonly position: number;
}

/** As of one position. */
export interface Directory {
  /** An actor that the log has introduced. */
  readonly actor: (id: string) => Actor | undefined;
  /** The actor that is shown for this one: the end of its chain of merges, as far as the log has introduced them. */
  readonly shown: (id: string) => Actor | undefined;
  /** The actor that is shown for this one, then every actor that is merged into it: the nearest first, then by id. */
  readonly group: (id: string) => string[];
  /** All actors by name, and of the same name by id; those that are merged into another one, too. */
  readonly all: () => readonly Actor[];
  /** Actors whose latest event is after this position, by that event. */
  readonly changedAfter: (position: number) => Actor[];
}

interface NamedRow extends TailRow<ActorRow> {
  /** The place in the directory, as UTF-8. */
  readonly place: Buffer;
}

/** What became of one actor, in order. */
interface Life {
  readonly rows: NamedRow[];
  readonly merges: TailRow<string | undefined>[];
}

/** Returns a function that reads the directory on and gives it as of a position, up to which rows must have been appended. */
export function directoryOf(store: RowStore): (at: number) => Promise<Directory> {
  const lives = new Map<string, Life>();
  /** Who was ever merged into an actor. */
  const members = new Map<string, Set<string>>();
  const positions: number[] = [];
  let sorted: { readonly changes: number; readonly actors: readonly Actor[] } | undefined;

  const readOn = tail<ActorRow | MergeRow>(store, DIRECTORY, 0, ({ position, body }) => {
    positions.push(position);
    const id = 'merged' in body ? body.merged : body.id;
    const life = lives.get(id) ?? { rows: [], merges: [] };
    lives.set(id, life);
    if (!('merged' in body)) {
      life.rows.push({ position, body, place: Buffer.from(nameKey(body)) });
      return;
    }
    const { into } = body;
    life.merges.push({ position, body: into });
    if (into !== undefined) members.set(into, (members.get(into) ?? new Set()).add(id));
  });

  function asOf(at: number): Directory {
    function actor(id: string): Actor | undefined {
      const life = lives.get(id);
      const row = life && latest(life.rows, at);
      if (!row) return undefined;
      const merge = latest(life.merges, at);
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
      // A set yields what is added to it while it is walked.
      for (const each of all)
        for (const member of [...(members.get(each) ?? [])].toSorted())
          if (latest(lives.get(member)?.merges ?? [], at)?.body === each) all.add(member);
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
      const placed = [...lives].flatMap(([id, { rows }]) => {
        const row = latest(rows, at);
        return row ? [{ id, place: row.place }] : [];
      });
      return placed.sort((a, b) => Buffer.compare(a.place, b.place)).map(({ id }) => id);
    }

    const changedAfter = (position: number): Actor[] =>
      [...lives.keys()]
        .flatMap((id) => actor(id) ?? [])
        .filter((each) => each.position > position)
        .toSorted((a, b) => a.position - b.position);

    return { actor, shown, group, all, changedAfter };
  }

  return async (at) => {
    await readOn(at);
    return asOf(at);
  };
}

const latest = <R extends TailRow<unknown>>(rows: readonly R[], at: number): R | undefined =>
  rows[countBefore(rows.length, (index) => (rows[index]?.position ?? 0) <= at) - 1];

/** Where an actor is in the directory: by its folded name, then by its id. */
export const nameKey = ({ id, name }: Pick<ActorRow, 'id' | 'name'>): string => `${foldName(name)}\t${id}`;
