// The actors of an invented history: persons, states, organizations and groups, and how a source names them. Those
// that are introduced first are in most records.
import type { Party } from '../../../events/shared-pieces.ts';
import type { DataOf } from '../../../events/vocabulary.ts';
import { sometimes, zipf } from './chance.ts';
import { mixed } from './ids.ts';
import type { Past } from './past.ts';
import { BODIES, CAPACITIES, COUNTRIES, DESCRIPTIONS, FAMILY, GIVEN, REGIONS, STATES } from './words.ts';

type Introduction = DataOf<'ActorIntroduced'>;

/** Returns the n-th actor that is introduced, from 0. Half of the first hundred are states. */
export function actorOf(seed: number, n: number): Introduction {
  const of = <T>(from: readonly T[], word: number): T => from[mixed(seed, n, word) % from.length] as T;
  const kind = kindOf(n);
  const name = {
    person: `${of(GIVEN, 10)} ${of(FAMILY, 11)}`,
    state: `${of(REGIONS, 10)}${of(STATES, 11)}`,
    organization: `${of(BODIES, 10)} of ${of(REGIONS, 11)}${of(STATES, 12)}`,
    group: `Friends of ${of(REGIONS, 11)}${of(STATES, 12)}`,
  }[kind];
  return {
    id: `actor-${slug(name)}-${n}`,
    kind,
    name,
    aliases: mixed(seed, n, 13) % 3 === 0 ? [{ name: name.toUpperCase() }] : [],
    ...(kind === 'group' ? {} : { country: of(COUNTRIES, 14) }),
    ...(mixed(seed, n, 15) % 2 === 0 ? { wikidata: `Q${n + 1}` } : {}),
  };
}

function kindOf(n: number): Introduction['kind'] {
  if (n < 100 && n % 2 === 0) return 'state';
  if (n % 10 === 3) return 'organization';
  return n % 20 === 7 ? 'group' : 'person';
}

const slug = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');

/** Picks an actor by Zipf's law. Returns its rank. */
export const pickActor = ({ random, actors }: Past): number => zipf(random, actors.length);

export const idOfActor = ({ actors }: Past, n: number): string => actors[n]?.id ?? '';

/** Returns a party, as the source names or describes it. */
export function party(past: Past): Party {
  const { random, seed } = past;
  const capacity = () => ({ capacity: random.pick(CAPACITIES) });
  if (random.chance(0.1))
    return { description: random.pick(DESCRIPTIONS), ...sometimes(random, 0.3, capacity) };
  const n = pickActor(past);
  return {
    actor: idOfActor(past, n),
    ...sometimes(random, 0.4, () => ({ printed: actorOf(seed, n).name })),
    ...sometimes(random, 0.5, capacity),
    ...sometimes(random, 0.2, () => ({ for: idOfActor(past, pickActor(past)) })),
  };
}

/** Returns `count` parties without repetition. */
export function partiesOf(past: Past, count: number): Party[] {
  const parties: Party[] = [];
  for (let tries = 0; parties.length < count && tries < 100; tries++) {
    const one = party(past);
    if (!parties.some(({ actor }) => actor !== undefined && actor === one.actor)) parties.push(one);
  }
  return parties;
}

/** Returns ids of different actors, `most` at most. */
export const someActors = (past: Past, most: number): string[] => [
  ...new Set(Array.from({ length: past.random.below(most + 1) }, () => idOfActor(past, pickActor(past)))),
];
