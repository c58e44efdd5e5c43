// The dossier of an actor: names and counts, everything that it has a part in, whom it met, and what it said on each
// topic over time.
import { actor } from '../views/actor.ts';
import { actors } from '../views/actors.ts';
import { network } from '../views/network.ts';
import { idIn } from '../views/facts.ts';
import type { Summary } from '../views/summary.ts';
import { timeline } from '../views/timeline.ts';
import { groupOf, namesIn, namesOf, shownActor, withMerged, type Actor, type Name } from './actors.ts';
import { counterpartsOf, type Counterpart } from './network.ts';
import type { PageRequest } from './pages.ts';
import { readSources, type Reading } from './reading.ts';
import { summariesOf } from './things.ts';
import { listTimeline } from './timeline.ts';

/** What an actor said or thinks on a topic. */
export interface Position {
  readonly topic: string;
  /** Of its statements and opinions the latest, oldest first. */
  readonly items: readonly Pick<Summary, 'id' | 'kind' | 'status' | 'fields' | 'retracted'>[];
  /** How many there are. */
  readonly count: number;
}

export interface ActorDossier {
  readonly actor: Actor;
  /** Everything that it has a part in, by date. */
  readonly items: Summary[];
  /** Whom it met, the most often first. */
  readonly counterparts: readonly Counterpart[];
  readonly moreCounterparts?: number;
  readonly positions: readonly Position[];
  readonly actors: Record<string, Name>;
  readonly next?: string;
}

/** What it reads. */
export const actorDossierViews = [timeline, actors, actor, network] as const;

const MOST_COUNTERPARTS = 100;
const MOST_TOPICS = 50;
const MOST_OF_TOPIC = 5;
/** Of an actor who said more, the positions of the latest so many. */
const MOST_POSITIONS = 5_000;

export async function actorDossier(
  reading: Reading,
  id: string,
  request: PageRequest,
): Promise<ActorDossier | undefined> {
  const row = await shownActor(reading, id);
  if (!row) return undefined;
  const group = await groupOf(reading, row.id);
  const page = await listTimeline(reading, { actor: [row.id] }, request);
  const all = await counterpartsOf(reading, group);
  const counterparts = all.slice(0, MOST_COUNTERPARTS);
  const positions = await positionsOf(reading, group);
  const names = await namesOf(
    reading,
    counterparts.map((each) => each.actor),
  );
  return {
    actor: await withMerged(reading, row),
    ...page,
    counterparts,
    ...(all.length > counterparts.length ? { moreCounterparts: all.length - counterparts.length } : {}),
    positions,
    actors: { ...names, ...(await namesIn(reading, page.items)) },
  };
}

/** By topic; of each the latest. */
async function positionsOf(reading: Reading, group: readonly string[]): Promise<Position[]> {
  const ids = new Map<string, string[]>();
  const sources = group.map((id) => ({ partition: `positions/${id}` }));
  let read = 0;
  for await (const { sort } of readSources(reading, actor, sources)) {
    if (++read > MOST_POSITIONS) break;
    const topic = sort.slice(0, sort.indexOf('~'));
    ids.set(topic, [...(ids.get(topic) ?? []), idIn(sort)]);
  }
  const topics = [...ids].slice(0, MOST_TOPICS).map(([topic, all]) => {
    const distinct = [...new Set(all)];
    return { topic, count: distinct.length, latest: distinct.slice(-MOST_OF_TOPIC) };
  });
  const wanted = [...new Set(topics.flatMap(({ latest }) => latest))];
  const found = await summariesOf(reading, wanted);
  const summaries = new Map(wanted.map((id, index) => [id, found[index]]));
  return topics.map(({ topic, count, latest }) => ({
    topic,
    count,
    items: latest.flatMap((id) => {
      const summary = summaries.get(id);
      if (!summary) return [];
      const { kind, status, fields, retracted } = summary;
      return [{ id, kind, status, fields, ...(retracted ? { retracted } : {}) }];
    }),
  }));
}
