// Measures answers of the HTTP handlers, without a network and after a warm-up, on the folded archive in this folder.
// Prints the figures as JSON. Called as: <script> <folder> <early position>.
import { ids, sha256 } from '../../adapters/node/ids.ts';
import { openEmbeddedArchive } from '../../bin/server/embedded.ts';
import { readHead } from '../../domain/log/head.ts';
import { ACTOR_COUNTS } from '../../domain/projections/rows/row-keys.ts';
import { sumsAt } from '../../domain/projections/rows/sums.ts';
import { openReadings, type OpenReading } from '../../domain/queries/open-readings.ts';
import { timelineViews } from '../../domain/queries/timeline/timeline-list.ts';
import { historyOf } from '../../domain/recording/handle-command.ts';
import { articleTextReader } from '../../domain/recording/resolve-references.ts';
import { createApi } from '../../functions/api/create-api.ts';
import { countingRows } from '../../test/support/stores/counting-rows.ts';
import { median } from '../workload.ts';

export interface AnswerFigures {
  /** Median of the answers. */
  readonly milliseconds: number;
  readonly rows: number;
}

export interface ReadFigures {
  readonly events: number;
  readonly timeline: AnswerFigures;
  readonly early: AnswerFigures;
  readonly dossier: AnswerFigures;
}

const RUNS = 51;
/** Answers before the measurement, while the just-in-time compiler is still working. */
const WARM_UP = 200;
const [, , folder = '', early = ''] = process.argv;
const { stores, close } = await openEmbeddedArchive(folder);
const counting = countingRows(stores.rows.open(1));
const open = openReadings(stores);
const timed = apiOn(open);
const counted = apiOn(openReadings({ ...stores, rows: { ...stores.rows, open: () => counting.store } }));
const { published } = await readHead(stores.state);
const figures: ReadFigures = {
  events: published,
  timeline: await answer('/timeline'),
  early: await answer(`/timeline?order=desc&asOf=${early}`),
  dossier: await answer(`/actors/${await busiest()}/dossier`),
};
close();
process.stdout.write(`${JSON.stringify(figures)}\n`);

function apiOn(open: OpenReading) {
  return createApi({
    ...stores,
    open,
    history: historyOf(stores.store),
    remember: async (_, read) => read(),
    ids,
    sha256,
    source: articleTextReader({ articles: stores.articles, sha256 }),
    clock: Date.now,
    sleep: async () => {},
    unsequenced: () => ({ commits: 'none' }),
    wake: () => {},
    rollbackRetentionMs: 0,
    hint: () => {},
    identify: () => 'bench',
    streams: true,
    report: (_, error) => {
      throw error;
    },
  });
}

async function answer(path: string): Promise<AnswerFigures> {
  const ask = async (api: typeof timed): Promise<void> => {
    const response = await api.request(path);
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${path}: ${response.status} ${text.slice(0, 300)}`);
  };
  await ask(counted);
  counting.reset();
  await ask(counted);
  const { rows } = counting.counts();
  await median(WARM_UP, () => ask(timed));
  return { milliseconds: await median(RUNS, () => ask(timed)), rows };
}

/** Returns the actor with the highest sum of counts. */
async function busiest(): Promise<string> {
  const sums = await sumsAt(await open(timelineViews), ACTOR_COUNTS);
  const named = [...sums].map(
    ([actor, counts]) => [actor, Object.values(counts).reduce((sum, count) => sum + count, 0)] as const,
  );
  return named.reduce((most, each) => (each[1] > most[1] ? each : most))[0];
}
