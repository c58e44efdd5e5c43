// Events of actors in an invented history: introduced, aliased, corrected, merged and unmerged.
import type { NewEvent } from '../../../events/vocabulary.ts';
import { ACTOR_MERGES } from '../../../events/shared-pieces.ts';
import { actorOf, idOfActor, pickActor } from './cast.ts';
import { sometimes } from './chance.ts';
import type { Happening, Past } from './past.ts';
import { CAPACITIES, FAMILY, GIVEN } from './words.ts';

export function introduceActor(past: Past): Happening {
  const { seed, position, actors } = past;
  const data = actorOf(seed, actors.length);
  actors.push({ id: data.id, first: position });
  return { stream: data.id, first: position, event: { type: 'ActorIntroduced', data } };
}

const ofSome =
  (make: (past: Past) => NewEvent) =>
  (past: Past): Happening | undefined => {
    const actor = past.actors[past.random.below(past.actors.length)];
    return actor && { stream: actor.id, first: actor.first, event: make(past) };
  };

/** Adds an alias. The position in it makes the name new. */
export const aliasActor = ofSome(({ random, position }) => ({
  type: 'ActorAliased',
  data: {
    aliases: [
      { name: `${random.pick(CAPACITIES)} no. ${position}` },
      ...sometimesOne(random.chance(0.3), { name: `Посланник ${position}`, language: 'ru' }),
    ],
  },
}));

const sometimesOne = <T>(is: boolean, one: T): T[] => (is ? [one] : []);

export const correctActor = ofSome(({ random, position }) => ({
  type: 'ActorCorrected',
  data: {
    reason: 'mistaken for a namesake',
    changes: {
      wikidata: `Q${1_000_000 + position}`,
      ...sometimes(random, 0.4, () => ({ name: `${random.pick(GIVEN)} ${random.pick(FAMILY)}` })),
    },
  },
}));

/** Merges a rarely named actor into a more frequent one. */
export function mergeActors(past: Past): Happening | undefined {
  const { random, actors, merged } = past;
  const actor = random.below(actors.length);
  const into = pickActor(past);
  // An actor that is not merged is the end of its chain, so a merge into it makes no cycle.
  if (actor === into || merged.has(actor) || merged.has(into)) return undefined;
  merged.set(actor, into);
  const data = {
    actor: idOfActor(past, actor),
    into: idOfActor(past, into),
    reason: 'one person, spelt in two ways',
  };
  return ofMerges(past, { type: 'ActorsMerged', data });
}

export function unmergeActors(past: Past): Happening | undefined {
  const { random, merged } = past;
  const found = [...merged][random.below(Math.max(1, merged.size))];
  if (!found) return undefined;
  const [actor, from] = found;
  merged.delete(actor);
  const data = {
    actor: idOfActor(past, actor),
    from: idOfActor(past, from),
    reason: 'two persons after all',
  };
  return ofMerges(past, { type: 'ActorsUnmerged', data });
}

function ofMerges(past: Past, event: NewEvent): Happening {
  past.firstMerge ??= past.position;
  return { stream: ACTOR_MERGES, first: past.firstMerge, event };
}
