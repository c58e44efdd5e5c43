// The dossier of an actor: names, counts, all records that name it, its counterparts, and its stance on each topic.
import { actors } from '../../projections/views/actors-view.ts';
import { lines } from '../../projections/views/lines-view.ts';
import { network } from '../../projections/views/network-view.ts';
import type { Reading } from '../../projections/rows/reading.ts';
import { timeline } from '../../projections/views/timeline-view.ts';
import type { Summary } from '../../projections/state/summary-shape.ts';
import { actorWithMerged, type Actor } from './actor-list.ts';
import { groupOf, namesOf, shownActor, type ActorName } from './actor-names.ts';
import { counterpartsOf, type Counterpart } from './counterparts.ts';
import type { TimelineFilter } from '../timeline/timeline-filter.ts';
import type { PageRequest } from '../paging.ts';
import { stancesOf, type Stance } from './stances.ts';
import { actorsIn } from '../timeline/summaries.ts';
import { listTimeline } from '../timeline/timeline-list.ts';

/** The filter applies to `items` only. Counterparts and stances are on the first page only. */
export interface ActorDossier {
  readonly actor: Actor;
  /** The records that name the actor, by date. */
  readonly items: Summary[];
  /** The counterparts that it met most often; `moreCounterparts` counts the others. The network lists all. */
  readonly counterparts?: readonly Counterpart[];
  readonly moreCounterparts?: number;
  /** Stances on the first topics by name. `moreStances` counts others, up to a limit. The list of topics has all. */
  readonly stances?: readonly Stance[];
  readonly moreStances?: number;
  readonly actors: Record<string, ActorName>;
  readonly next?: string;
}

/** The read models that the dossier needs. */
export const actorDossierViews = [timeline, actors, lines, network] as const;

const MAX_COUNTERPARTS = 20;

export async function actorDossier(
  reading: Reading,
  id: string,
  filter: TimelineFilter,
  request: PageRequest,
): Promise<ActorDossier | undefined> {
  const row = await shownActor(reading, id);
  if (!row) return undefined;
  const group = await groupOf(reading, row.id);
  const page = await listTimeline(reading, { ...filter, actor: [row.id, ...(filter.actor ?? [])] }, request);
  const head = request.after === undefined ? await headOf(reading, group) : {};
  const named = [
    ...(head.counterparts ?? []).map((each) => each.actor),
    ...page.items.flatMap((item) => [...actorsIn(item)]),
  ];
  return {
    actor: await actorWithMerged(reading, row, group),
    ...page,
    ...head,
    actors: await namesOf(reading, named),
  };
}

async function headOf(
  reading: Reading,
  group: readonly string[],
): Promise<Partial<Pick<ActorDossier, 'counterparts' | 'moreCounterparts' | 'stances' | 'moreStances'>>> {
  const met = await counterpartsOf(reading, group, MAX_COUNTERPARTS);
  const said = await stancesOf(reading, group);
  return {
    counterparts: met.counterparts,
    ...(met.more > 0 ? { moreCounterparts: met.more } : {}),
    stances: said.stances,
    ...(said.more > 0 ? { moreStances: said.more } : {}),
  };
}
