// The stances of an actor: the latest records of its line on each topic.
import { readMerged, type Reading, type ReadRow } from '../../projections/rows/reading.ts';
import type { LineRow } from '../../projections/views/lines-view.ts';
import type { Summary } from '../../projections/state/summary-shape.ts';
import { slicesOf } from '../../concurrency.ts';
import { lineParts, listedInLine, topicsOf } from '../topics/stance-lines.ts';
import { summariesAt } from '../timeline/summaries.ts';

export interface Stance {
  readonly topic: string;
  /** The latest of its statements and opinions, oldest first. */
  readonly items: readonly Pick<Summary, 'id' | 'kind' | 'status' | 'fields' | 'retracted'>[];
  /** True if earlier ones exist. The topic's dossier has the whole line. */
  readonly more?: true;
}

const MAX_TOPICS = 20;
const MAX_OF_TOPIC = 3;
/** Further topics are not counted, because each needs a read. */
const MAX_COUNTED = 25;

/** Returns the stances on the first topics by name, and the number of further topics, up to MAX_COUNTED in total. */
export async function stancesOf(
  reading: Reading,
  group: readonly string[],
): Promise<{ readonly stances: Stance[]; readonly more: number }> {
  const topics: string[] = [];
  for await (const topic of topicsOf([{ reading, actors: group }]))
    if (topics.push(topic) === MAX_COUNTED) break;
  const stances: Stance[] = [];
  for (const [, wave] of slicesOf(topics.slice(0, MAX_TOPICS)))
    stances.push(...(await Promise.all(wave.map((topic) => stanceOn(reading, group, topic)))));
  return { stances, more: topics.length - stances.length };
}

async function stanceOn(reading: Reading, group: readonly string[], topic: string): Promise<Stance> {
  const parts = group.flatMap((id) => lineParts(topic, id, {}));
  const rows: ReadRow<LineRow>[] = [];
  for await (const row of readMerged<LineRow>(reading, parts, true)) if (rows.push(row) > MAX_OF_TOPIC) break;
  const summaries = await summariesAt(reading, rows.slice(0, MAX_OF_TOPIC).map(listedInLine));
  const items = summaries.toReversed().flatMap((summary) => (summary ? [shown(summary)] : []));
  return { topic, items, ...(rows.length > MAX_OF_TOPIC ? { more: true } : {}) };
}

function shown({ id, kind, status, fields, retracted }: Summary): Stance['items'][number] {
  return { id, kind, status, fields, ...(retracted ? { retracted } : {}) };
}
