// Read model `actors`: the directory of actors, who is merged into whom, and how many meetings, statements and opinions
// name each actor. Retracted things do not count.
import { foldName, type ActorRow as PositionedActor } from '../views/actors.ts';
import { addend } from './sums.ts';
import type { ReadModel } from './read-model.ts';
import type { Row } from './row.ts';
import type { ActorStream, StreamState } from './stream.ts';
import { actorsNamed, isThing } from './thing.ts';

/** Without the merge, which has a row of its own, and the position, which is that of the newer of the two rows. */
export type ActorRow = Omit<PositionedActor, 'mergedInto' | 'position'>;

/** Without `into` if the merge was undone. */
export interface MergeRow {
  readonly into?: string;
}

/** All actors by name; the id ends the sort key. */
export const DIRECTORY = 'directory';
/** By id, the actors that are or were merged into another one. */
export const MERGES = 'merges';
/** Sums by actor: `meetings`, `statements` and `opinions`. */
export const ACTOR_COUNTS = 'counts/actors';

export const actors: ReadModel = { name: 'actors', version: 1, rowsOf };

function rowsOf(state: StreamState): readonly Row[] {
  if (isThing(state)) {
    if (state.life.retracted) return [];
    return [...actorsNamed(state)].map((actor) => addend(ACTOR_COUNTS, actor, `${state.kind}s`));
  }
  switch (state.kind) {
    case 'actor':
      return [directoryRow(state)];
    case 'merge': {
      const body: MergeRow = state.into === undefined ? {} : { into: state.into };
      return [{ partition: MERGES, sort: state.id, body, renewed: true }];
    }
    default:
      return [];
  }
}

/** Names of any script and languages of any length: this many aliases always fit into a row. */
const MAX_ALIASES = 35;

function directoryRow({ id, actor }: ActorStream): Row {
  const { aliases, ...fields } = actor.fields;
  const left = aliases.length - MAX_ALIASES;
  const body: ActorRow = {
    id,
    ...fields,
    aliases: aliases.slice(0, MAX_ALIASES),
    ...(left > 0 ? { moreAliases: left } : {}),
  };
  return { partition: DIRECTORY, sort: `${foldName(fields.name)}\t${id}`, body, renewed: true };
}
