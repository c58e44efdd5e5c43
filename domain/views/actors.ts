// Read model `actors`: the directory of actors, who is merged into whom, and counts of what each has a part in.
import type { RecordedEvent } from '../../events/envelope.ts';
import { changed } from '../aggregate.ts';
import { counted, type Counts } from './counts.ts';
import { actorsNamed, factsOf } from './facts.ts';
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
}

export const actors: View = { name: 'actors', version: 2, fold };

export const actorKey = (id: string) => ({ partition: `actor/${id}`, sort: 'row' });
/** Retracted things are not counted. */
export const countsKey = (id: string) => ({ partition: `counts/${id}`, sort: 'row' });

const factsFor = factsOf('kind', 'retracted', 'actors');

function fold(event: RecordedEvent, row: ReadRow): RowChange[] {
  switch (event.type) {
    case 'ActorIntroduced':
      return put(undefined, first(event.data));
    case 'ActorAliased': {
      const before = actorAt(event.subject, event, row);
      return put(before, first({ ...before, aliases: [...before.aliases, ...event.data.aliases] }));
    }
    case 'ActorCorrected': {
      const before = actorAt(event.subject, event, row);
      return put(before, first(changed(before, event.data.changes)));
    }
    case 'ActorsMerged': {
      const { actor, into } = event.data;
      const before = actorAt(actor, event, row);
      return [
        ...put(before, { ...before, mergedInto: into }),
        { partition: `merged/${into}`, sort: actor, body: {} },
      ];
    }
    case 'ActorsUnmerged': {
      const { actor, from } = event.data;
      const before = actorAt(actor, event, row);
      const { mergedInto: _, ...others } = before;
      return [...put(before, others), { partition: `merged/${from}`, sort: actor }];
    }
    default:
      return count(event, row);
  }
}

/** With names in any script and languages of any length, no more fit into a row. */
const MOST_ALIASES = 35;

/** In a key of DynamoDB, of at most 1,024 bytes, an id and a position come behind the name. */
const MOST_NAME = 200;

const first = (actor: ActorRow): ActorRow => ({ ...actor, aliases: actor.aliases.slice(0, MOST_ALIASES) });

function actorAt(id: string, event: RecordedEvent, row: ReadRow): ActorRow {
  const { partition, sort } = actorKey(id);
  const actor = row<ActorRow>(partition, sort);
  if (!actor) throw new Error(`${event.id}: ${id} was not introduced before`);
  return actor;
}

/** An actor stands under its id; the directory leads to it by its name. */
function put(before: ActorRow | undefined, after: ActorRow): RowChange[] {
  const place = { partition: 'directory', sort: placeOf(after) };
  const moved =
    before && placeOf(before) !== place.sort ? [{ partition: 'directory', sort: placeOf(before) }] : [];
  return [...moved, { ...place, body: {} }, { ...actorKey(after.id), body: after }];
}

const placeOf = ({ name, id }: ActorRow): string => `${foldName(name)}\t${id}`;

/** The actor's id, at the end of its sort key in the directory. */
export const idInDirectory = (sort: string): string => sort.slice(sort.lastIndexOf('\t') + 1);

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

function count(event: RecordedEvent, row: ReadRow): RowChange[] {
  const facts = factsFor(event, row);
  if (!facts) return [];
  const { before, after, change } = facts;
  const [had, has] = [before ? actorsNamed(before) : [], actorsNamed(after)];
  const counts = [...new Set([...had, ...has])].map((id) => {
    const { partition, sort } = countsKey(id);
    const known = row<Counts>(partition, sort) ?? {};
    const body = counted(known, had.includes(id) ? before : undefined, has.includes(id) ? after : undefined);
    return { partition, sort, body };
  });
  return [change, ...counts];
}
