// Read model `actors`: the directory of actors, who is merged into whom, and counts of what each has a part in.
import type { RecordedEvent } from '../../events/envelope.ts';
import { correctedActor } from '../actor.ts';
import { changedAt } from './changes.ts';
import { counted, type Counts } from './counts.ts';
import { actorsNamed, factsOf, once } from './facts.ts';
import type { Place, ReadRow, RowChange, View } from './view.ts';

export interface ActorRow {
  readonly id: string;
  readonly kind: 'person' | 'state' | 'organization' | 'group';
  readonly name: string;
  /** The first 35 of its other names; `moreAliases` says how many others. */
  readonly aliases: readonly { readonly name: string; readonly language?: string }[];
  readonly moreAliases?: number;
  readonly country?: string;
  readonly wikidata?: string;
  readonly mergedInto?: string;
  /** Of its latest event in the log, merges included. */
  readonly position: number;
}

export const actors: View = { name: 'actors', version: 6, firstReads: true, fold };

export const actorKey = (id: string) => ({ partition: `actor/${id}`, sort: 'row' });
/** Retracted things are not counted. */
export const countsKey = (id: string) => ({ partition: `counts/${id}`, sort: 'row' });
/** The actors that are merged into this one: each is a sort key. */
export const mergedPartition = (id: string): string => `merged/${id}`;
/** Into whom an actor is merged that the log has not introduced yet: merges are a stream of their own. */
const earlyKey = (id: string) => ({ partition: `actor/${id}`, sort: 'merged-early' });

const factsFor = factsOf('kind', 'retracted', 'actors');

function fold(event: RecordedEvent, row: ReadRow, at: Place): RowChange[] {
  const { position } = at;
  switch (event.type) {
    case 'ActorIntroduced': {
      const { partition, sort } = earlyKey(event.subject);
      const early = row<{ readonly into: string }>(partition, sort);
      const actor = first({ ...event.data, ...(early ? { mergedInto: early.into } : {}), position });
      return [...put(undefined, actor), ...(early ? [{ partition, sort }] : [])];
    }
    case 'ActorAliased': {
      const before = actorAt(event, row);
      return put(before, first({ ...before, aliases: [...before.aliases, ...event.data.aliases], position }));
    }
    case 'ActorCorrected': {
      const { moreAliases, ...before } = actorAt(event, row);
      const { changes } = event.data;
      const more = moreAliases === undefined || changes.aliases ? {} : { moreAliases };
      return put(before, first({ ...correctedActor(before, event.data), ...more, position }));
    }
    case 'ActorsMerged': {
      const { actor, into } = event.data;
      return [...mergedInto(actor, into, row, position), { ...memberOf(into, actor), body: {} }];
    }
    case 'ActorsUnmerged': {
      const { actor, from } = event.data;
      return [...mergedInto(actor, undefined, row, position), memberOf(from, actor)];
    }
    default:
      return count(event, row, at);
  }
}

/** With names in any script and languages of any length, no more fit into a row. */
const MOST_ALIASES = 35;

/** In a key of DynamoDB, of at most 1,024 bytes, an id and a position come behind the name. */
const MOST_NAME = 200;

function first(actor: ActorRow): ActorRow {
  const { aliases, moreAliases = 0, ...others } = actor;
  const more = moreAliases + Math.max(0, aliases.length - MOST_ALIASES);
  return { ...others, aliases: aliases.slice(0, MOST_ALIASES), ...(more > 0 ? { moreAliases: more } : {}) };
}

const known = (id: string, row: ReadRow): ActorRow | undefined => {
  const { partition, sort } = actorKey(id);
  return row<ActorRow>(partition, sort);
};

function actorAt({ id, subject }: RecordedEvent, row: ReadRow): ActorRow {
  const actor = known(subject, row);
  if (!actor) throw new Error(`${id}: ${subject} was not introduced before`);
  return actor;
}

function mergedInto(id: string, into: string | undefined, row: ReadRow, position: number): RowChange[] {
  const before = known(id, row);
  if (!before) return [{ ...earlyKey(id), ...(into === undefined ? {} : { body: { into } }) }];
  const { mergedInto: _, ...others } = before;
  return put(before, { ...others, ...(into === undefined ? {} : { mergedInto: into }), position });
}

const memberOf = (into: string, actor: string) => ({ partition: mergedPartition(into), sort: actor });

/** An actor stands under its id; the directory leads to it by its name. */
function put(before: ActorRow | undefined, after: ActorRow): RowChange[] {
  const place = { partition: 'directory', sort: placeOf(after) };
  const moved =
    before && placeOf(before) !== place.sort ? [{ partition: 'directory', sort: placeOf(before) }] : [];
  return [
    ...moved,
    { ...place, body: {} },
    { ...actorKey(after.id), body: after },
    ...changedAt(after.id, after.position, before?.position),
  ];
}

const placeOf = ({ name, id }: ActorRow): string => `${foldName(name)}\t${id}`;

/** The actor's id, at the end of its sort key in the directory. */
export const idInDirectory = (sort: string): string => sort.slice(sort.lastIndexOf('\t') + 1);

/**
 * Marks without which a name is still the same, as one would type it: accents, and the points of Hebrew and Arabic. In
 * scripts of India and of Thailand marks are vowels, and in kana they make another syllable.
 */
const ACCENTS =
  /[[\p{M}&&[\p{Script=Inherited}\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Hebrew}\p{Script=Arabic}]]--[\u3099\u309a]]/gv;

/** A name for sorting and comparing: without case, accents and points; decomposed, it may be long, and is cut. */
export const foldName = (name: string): string =>
  Array.from(
    name
      .normalize('NFKD')
      .replace(ACCENTS, '')
      .replace(/[.’'-]/g, '')
      .toLowerCase()
      .trim(),
  )
    .slice(0, MOST_NAME)
    .join('');

function count(event: RecordedEvent, row: ReadRow, at: Place): RowChange[] {
  const facts = factsFor(event, row, at);
  if (!facts) return [];
  const { before, after, changes } = facts;
  const [had, has] = [before ? actorsNamed(before) : [], actorsNamed(after)];
  const counts = once([...had, ...has]).map((id) => {
    const { partition, sort } = countsKey(id);
    const known = row<Counts>(partition, sort) ?? {};
    const body = counted(known, had.includes(id) ? before : undefined, has.includes(id) ? after : undefined);
    return { partition, sort, body };
  });
  return [...changes, ...counts];
}
