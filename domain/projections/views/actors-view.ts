// Read model `actors`: the changes of actors and their merges, and how many meetings, statements and opinions name each
// actor. Retracted records do not count.
import { sumNameWithDate } from '../rows/latest-dates.ts';
import { sumIncrement } from '../rows/sums.ts';
import type { ReadModel } from './read-model.ts';
import { ACTOR_COUNTS, ACTOR_DIRECTORY } from '../rows/row-keys.ts';
import type { JournalEntry, Row } from '../rows/row.ts';
import type { ActorStream, StreamState } from '../state/stream-state.ts';
import { actorsNamed, isRecordState } from '../state/thing-state.ts';

/** Entry of an actor. Merges have entries of their own. The position of the actor is that of the entry. */
export interface ActorRow {
  readonly id: string;
  readonly kind: 'person' | 'state' | 'organization' | 'group';
  readonly name: string;
  /** The first 35 of its other names. `moreAliases` is the number of the others. */
  readonly aliases: readonly { readonly name: string; readonly language?: string }[];
  readonly moreAliases?: number;
  readonly country?: string;
  readonly wikidata?: string;
}

/** Entry of a merge. It has no `into` if the merge was undone. */
export interface MergeRow {
  /** The actor that is merged into another. */
  readonly merged: string;
  readonly into?: string;
}

export const actors: ReadModel = {
  name: 'actors',
  version: 2,
  lists: [ACTOR_DIRECTORY],
  sums: [ACTOR_COUNTS],
  rowsOf,
};

function rowsOf(state: StreamState): readonly Row[] {
  if (isRecordState(state)) {
    if (state.life.retracted) return [];
    const name = sumNameWithDate(`${state.kind}s`, state);
    return [...actorsNamed(state)].map((actor) => sumIncrement(ACTOR_COUNTS, actor, name));
  }
  switch (state.kind) {
    case 'actor':
      return [actorEntry(state)];
    case 'merge': {
      const { id: merged, into } = state;
      const entry: MergeRow = { merged, ...(into === undefined ? {} : { into }) };
      return [{ partition: ACTOR_DIRECTORY, entry }];
    }
    default:
      return [];
  }
}

/** This many aliases fit into a row in any script, with language tags of any length. */
const MAX_ALIASES = 35;

function actorEntry({ id, actor }: ActorStream): JournalEntry {
  const { aliases, ...fields } = actor.fields;
  const omitted = aliases.length - MAX_ALIASES;
  const entry: ActorRow = {
    id,
    ...fields,
    aliases: aliases.slice(0, MAX_ALIASES),
    ...(omitted > 0 ? { moreAliases: omitted } : {}),
  };
  return { partition: ACTOR_DIRECTORY, entry };
}
