// The dossier of an actor: names and counts, everything that it has a part in, whom it met, and what it said on each
// topic over time.
import { actor as actorView, topicsPartition } from '../views/actor.ts';
import { actors } from '../views/actors.ts';
import { idIn } from '../views/facts.ts';
import { network } from '../views/network.ts';
import type { Summary } from '../views/summary.ts';
import { timeline } from '../views/timeline.ts';
import { linePartition, topic as topicView } from '../views/topic.ts';
import { wavesOf } from '../waves.ts';
import { withMerged, type Actor } from './actor-list.ts';
import { mergedInto, namesOf, shownActor, type Name } from './actors.ts';
import { counterpartsOf, type Counterpart } from './counterparts.ts';
import type { TimelineFilter } from './filter.ts';
import type { PageRequest } from './pages.ts';
import { readSources, type Reading } from './reading.ts';
import { actorsIn, summariesOf } from './things.ts';
import { listTimeline } from './timeline.ts';
import { sourcesOf } from './window.ts';

/** What an actor said or thinks on a topic. */
export interface Position {
  readonly topic: string;
  /** The latest of its statements and opinions, oldest first. */
  readonly items: readonly Pick<Summary, 'id' | 'kind' | 'status' | 'fields' | 'retracted'>[];
  /** There are more before them: the topic's dossier has the whole line. */
  readonly more?: true;
}

/** The filter narrows `items`; what is said of the actor itself stands on the first page. */
export interface ActorDossier {
  readonly actor: Actor;
  /** Everything that it has a part in, by date. */
  readonly items: Summary[];
  /** Whom it met, the most often first. */
  readonly counterparts?: readonly Counterpart[];
  readonly moreCounterparts?: number;
  readonly positions?: readonly Position[];
  readonly morePositions?: number;
  readonly actors: Record<string, Name>;
  readonly next?: string;
}

/** What it reads. */
export const actorDossierViews = [timeline, actors, actorView, topicView, network] as const;

const MOST_COUNTERPARTS = 100;
const MOST_TOPICS = 100;
const MOST_OF_TOPIC = 5;

export async function actorDossier(
  reading: Reading,
  id: string,
  filter: TimelineFilter,
  request: PageRequest,
): Promise<ActorDossier | undefined> {
  const row = await shownActor(reading, id);
  if (!row) return undefined;
  const group = await mergedInto(reading, row.id);
  const page = await listTimeline(reading, { ...filter, actor: [row.id, ...(filter.actor ?? [])] }, request);
  const head = request.after === undefined ? await headOf(reading, group) : {};
  const named = [
    ...(head.counterparts ?? []).map((each) => each.actor),
    ...page.items.flatMap((item) => [...actorsIn(item)]),
  ];
  return {
    actor: await withMerged(reading, row, group),
    ...page,
    ...head,
    actors: await namesOf(reading, named),
  };
}

async function headOf(
  reading: Reading,
  group: readonly string[],
): Promise<Partial<Pick<ActorDossier, 'counterparts' | 'moreCounterparts' | 'positions' | 'morePositions'>>> {
  const { counterparts, more } = await counterpartsOf(reading, group, MOST_COUNTERPARTS);
  const topics = await topicsOf(reading, group);
  const positions = await positionsOn(reading, group, topics.slice(0, MOST_TOPICS));
  return {
    counterparts,
    ...(more > 0 ? { moreCounterparts: more } : {}),
    positions,
    ...(topics.length > MOST_TOPICS ? { morePositions: topics.length - MOST_TOPICS } : {}),
  };
}

async function topicsOf(reading: Reading, group: readonly string[]): Promise<string[]> {
  const sources = group.map((id) => ({ view: actorView, partition: topicsPartition(id) }));
  const rows = await Array.fromAsync(readSources(reading, sources));
  return rows.map(({ sort }) => sort);
}

async function positionsOn(
  reading: Reading,
  group: readonly string[],
  topics: readonly string[],
): Promise<Position[]> {
  const positions: Position[] = [];
  for (const [, wave] of wavesOf(topics)) {
    const latest = await Promise.all(wave.map((topic) => latestOn(reading, group, topic)));
    const found = await summariesOf(reading, latest.flat());
    const summaries = new Map(latest.flat().map((id, index) => [id, found[index]]));
    for (const [index, ids] of latest.entries()) {
      const items = ids.slice(0, MOST_OF_TOPIC).flatMap((id) => shown(summaries.get(id)));
      const more = ids.length > MOST_OF_TOPIC ? { more: true as const } : {};
      // Of a topic from which all was corrected away nothing is left to show.
      if (items.length > 0) positions.push({ topic: wave[index] ?? '', items: items.toReversed(), ...more });
    }
  }
  return positions;
}

/** Ids of what it said on this topic, the latest first, and of one more than are shown. */
async function latestOn(reading: Reading, group: readonly string[], topic: string): Promise<string[]> {
  const ids: string[] = [];
  const lines = group.flatMap((id) => sourcesOf(topicView, linePartition(topic, id), {}));
  for await (const { sort } of readSources(reading, lines, true)) {
    if (ids.push(idIn(sort)) > MOST_OF_TOPIC) break;
  }
  return ids;
}

function shown(summary: Summary | undefined): Position['items'][number][] {
  if (!summary) return [];
  const { id, kind, status, fields, retracted } = summary;
  return [{ id, kind, status, fields, ...(retracted ? { retracted } : {}) }];
}
