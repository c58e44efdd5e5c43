// Read model `actors`: the directory of actors, who is merged into whom, and how many meetings, statements and opinions
// name each actor. Retracted things do not count.
import { datedName } from '../rows/latest-dates.ts';
import { addend } from '../rows/sums.ts';
import type { ReadModel } from './read-model.ts';
import type { RowEntry, Row } from '../rows/row.ts';
import type { ActorStream, StreamState } from '../state/stream-state.ts';
import { actorsNamed, isThing } from '../state/thing-state.ts';

/** Without the merge, which has an entry of its own, and the position, which is that of the entry. */
export interface ActorRow {
  readonly id: string;
  readonly kind: 'person' | 'state' | 'organization' | 'group';
  readonly name: string;
  /** The first 35 of its other names; `moreAliases` says how many others. */
  readonly aliases: readonly { readonly name: string; readonly language?: string }[];
  readonly moreAliases?: number;
  readonly country?: string;
  readonly wikidata?: string;
}

/** Without `into` if the merge was undone. */
export interface MergeRow {
  /** The actor that is merged. */
  readonly merged: string;
  readonly into?: string;
}

/** By position, what became of actors: domain/projections/rows/actor-directory.ts keeps it in memory. */
export const DIRECTORY = 'directory';
/** Sums by actor: `meetings`, `statements` and `opinions`, with dates. */
export const ACTOR_COUNTS = 'actor-counts';

export const actors: ReadModel = {
  name: 'actors',
  version: 2,
  lists: ['directory'],
  sums: ['actor-counts'],
  rowsOf,
};

function rowsOf(state: StreamState): readonly Row[] {
  if (isThing(state)) {
    if (state.life.retracted) return [];
    const name = datedName(`${state.kind}s`, state);
    return [...actorsNamed(state)].map((actor) => addend(ACTOR_COUNTS, actor, name));
  }
  switch (state.kind) {
    case 'actor':
      return [actorEntry(state)];
    case 'merge': {
      const { id: merged, into } = state;
      const entry: MergeRow = { merged, ...(into === undefined ? {} : { into }) };
      return [{ partition: DIRECTORY, entry }];
    }
    default:
      return [];
  }
}

/** Names of any script and languages of any length: this many aliases always fit into a row. */
const MAX_ALIASES = 35;

function actorEntry({ id, actor }: ActorStream): RowEntry {
  const { aliases, ...fields } = actor.fields;
  const left = aliases.length - MAX_ALIASES;
  const entry: ActorRow = {
    id,
    ...fields,
    aliases: aliases.slice(0, MAX_ALIASES),
    ...(left > 0 ? { moreAliases: left } : {}),
  };
  return { partition: DIRECTORY, entry };
}
