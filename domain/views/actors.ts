// Read model `actors`: the directory of actors, with counts of what each has a part in and when it was last seen;
// who is merged into whom.
import type { RecordedEvent } from '../../events/envelope.ts';
import { changed } from '../aggregate.ts';
import { counted, lastSeen, type Counts } from './counts.ts';
import { actorsNamed } from './named.ts';
import { dateOf, isSummarised } from './summary.ts';
import { foldThing } from './thing.ts';
import type { ReadRow, RowChange, View } from './view.ts';

export interface ActorRow {
  readonly id: string;
  readonly kind: 'person' | 'state' | 'organization' | 'group';
  readonly name: string;
  /** The first 35 of its other names. */
  readonly aliases: readonly { readonly name: string; readonly language?: string }[];
  readonly country?: string;
  readonly wikidata?: string;
  readonly mergedInto?: string;
  /** Retracted things are not counted. */
  readonly counts: Counts;
  /** The latest date on which it had a part in something. */
  readonly lastSeen?: string;
}

export const actors: View = { name: 'actors', version: 1, fold };

const keyOf = (id: string) => ({ partition: `actor/${id}`, sort: 'row' });

function fold(event: RecordedEvent, row: ReadRow, position: number): RowChange[] {
  if (isSummarised(event)) return foldCounts(event, row, position);
  switch (event.type) {
    case 'ActorIntroduced':
      return put(undefined, { ...pick(event.data), counts: {} });
    case 'ActorAliased': {
      const before = actorAt(event.subject, event, row);
      return put(before, {
        ...before,
        aliases: [...before.aliases, ...event.data.aliases].slice(0, MOST_ALIASES),
      });
    }
    case 'ActorCorrected': {
      const before = actorAt(event.subject, event, row);
      return put(before, pick(changed(before, event.data.changes)));
    }
    case 'ActorsMerged': {
      const { actor, into } = event.data;
      const before = actorAt(actor, event, row);
      return [
        ...put(before, { ...before, mergedInto: into }),
        { partition: `merged/${into}`, sort: actor, body: { id: actor } },
      ];
    }
    case 'ActorsUnmerged': {
      const { actor, from } = event.data;
      const { mergedInto: _, ...others } = actorAt(actor, event, row);
      return [...put(others, others), { partition: `merged/${from}`, sort: actor }];
    }
    default:
      return [];
  }
}

/** With names in any script and languages of any length, no more fit into a row. */
const MOST_ALIASES = 35;

/** In a key of DynamoDB, of at most 1,024 bytes, an id and a position come behind the name. */
const MOST_NAME = 200;

const pick = <A extends Pick<ActorRow, 'aliases'>>(actor: A): A => ({
  ...actor,
  aliases: actor.aliases.slice(0, MOST_ALIASES),
});

function actorAt(id: string, event: RecordedEvent, row: ReadRow): ActorRow {
  const { partition, sort } = keyOf(id);
  const actor = row<ActorRow>(partition, sort);
  if (!actor) throw new Error(`${event.id}: ${id} was not introduced before`);
  return actor;
}

/** An actor stands under its id and, by name, in the directory. */
function put(before: ActorRow | undefined, after: ActorRow): RowChange[] {
  const place = { partition: 'directory', sort: placeOf(after) };
  const moved =
    before && placeOf(before) !== place.sort ? [{ partition: 'directory', sort: placeOf(before) }] : [];
  return [...moved, { ...place, body: after }, { ...keyOf(after.id), body: after }];
}

const placeOf = ({ name, id }: ActorRow): string => `${foldName(name)}\t${id}`;

/** A name for sorting and comparing: without case, accents and points; decomposed, it may be long, and is cut. */
export const foldName = (name: string): string =>
  Array.from(
    name
      .normalize('NFKD')
      .replace(/[\p{M}.’'-]/gu, '')
      .toLowerCase()
      .trim(),
  )
    .slice(0, MOST_NAME)
    .join('');

function foldCounts(event: RecordedEvent, row: ReadRow, position: number): RowChange[] {
  const { before, after, changes } = foldThing(event, row, position);
  const ids = new Set([...(before ? actorsNamed(before.named) : []), ...actorsNamed(after.named)]);
  const date = dateOf(after.summary.fields);
  const rows = [...ids].flatMap((id) => {
    const actor = actorAt(id, event, row);
    const now = actorsNamed(after.named).includes(id);
    const counts = counted(
      actor.counts,
      before && actorsNamed(before.named).includes(id) ? before.summary : undefined,
      now ? after.summary : undefined,
    );
    return put(actor, { ...actor, counts, ...lastSeen(actor, now ? date : undefined) });
  });
  return [...changes, ...rows];
}
