// Measures reads of the past: an embedded archive answers queries as of now and as of three earlier positions. Called
// as: as-of-reads.ts [events]. Without a number it uses 100,000 and writes the figures into bench/README.md.
import { ids, sha256 } from '../adapters/node/ids.ts';
import { openEmbeddedArchive } from '../bin/server/embedded.ts';
import { articleKey } from '../domain/recording/stored-article.ts';
import { writeTime } from '../domain/log/time-index.ts';
import type { Commit, Digest, Table } from '../domain/ports.ts';
import { writePositions } from '../domain/log/positions.ts';
import { catchUp } from '../domain/projections/catch-up.ts';
import { openReadings } from '../domain/queries/open-readings.ts';
import { historyOf } from '../domain/recording/handle-command.ts';
import { articleTextReader } from '../domain/recording/resolve-references.ts';
import { createApi } from '../functions/api/create-api.ts';
import { countingRows } from '../test/support/stores/counting-rows.ts';
import { history, type Entry } from '../test/support/history/generate.ts';
import { writeHistory } from '../test/support/history/write.ts';
import { machine, number, putBetween } from './markdown.ts';
import { questionsOf } from './questions.ts';
import { inFreshFolder, quantile, rate } from './workload.ts';

const SEED = 1;
const RUNS = 9;
const BATCH = 1_024;
const [, , given] = process.argv;
const events = Number(given ?? 100_000);

await inFreshFolder(async (folder) => {
  const { stores: world, close } = await openEmbeddedArchive(folder);
  await catchUp(world);
  const entries = [...history(SEED, events)];
  await writeHistory(world, entries);
  await writePositionsAndTimes(world, entries);
  const { questions, article } = questionsOf(entries);
  const text = Buffer.from('A sentence of the text. '.repeat(600));
  await world.articles.create(articleKey(article), text);
  // The ids of an invented history are not digests, so this digest function returns the invented id for this text.
  const digest: Digest = (bytes) => (text.equals(bytes) ? articleKey(article) : sha256(bytes));
  const folded = await rate(async () => {
    await catchUp(world);
    return events;
  });
  process.stderr.write(`${events} events, all read models folded at ${number(folded)} a second\n`);

  const count = countingRows(world.rows.open(1));
  const rows = { ...world.rows, open: () => count.store };
  const api = createApi({
    ...world,
    open: openReadings({ ...world, rows }),
    history: historyOf(world.store),
    remember: async (_, read) => read(),
    ids,
    sha256: digest,
    source: articleTextReader({ articles: world.articles, sha256: digest }),
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
  const ask = async (path: string): Promise<{ ms: number; read: number }> => {
    count.reset();
    const began = process.cpuUsage();
    const answer = await api.request(path);
    const text = await answer.text();
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${text.slice(0, 300)}`);
    const { user, system } = process.cpuUsage(began);
    return { ms: (user + system) / 1_000, read: count.counts().rows };
  };

  const points = [0.1, 0.5, 0.9].map((part) => Math.floor(part * events) - 1);
  const lines: string[] = [];
  for (const { what, path } of questions) {
    const cells: string[] = [];
    for (const at of [undefined, ...points]) {
      const since = path.replace('{-100}', String((at ?? events - 1) - 100));
      const request = at === undefined ? since : `${since}${since.includes('?') ? '&' : '?'}asOf=${at}`;
      const runs: Awaited<ReturnType<typeof ask>>[] = [];
      for (let run = 0; run < RUNS; run++) runs.push(await ask(request));
      const [half, worst] = [0.5, 1].map((part) =>
        quantile(
          runs.map(({ ms }) => ms),
          part,
        ),
      );
      cells.push(`${number(half)} (${number(worst)}) ms, ${number(runs[0]?.read)}`);
    }
    lines.push(`| ${what} | ${cells.join(' | ')} |`);
    process.stderr.write(`${lines.at(-1)}\n`);
  }
  close();
  const paragraphs = [
    `\`node bench/as-of-reads.ts${given === undefined ? '' : ` ${given}`}\`, ${machine()}. ${events.toLocaleString('en')} events. Each cell has the median processor time of ${RUNS} answers, in brackets the maximum, and the number of rows that an answer read.`,
    [
      `| | now | ${points.map((at) => `as of ${at.toLocaleString('en')}`).join(' | ')} |`,
      `|---|---${'|---'.repeat(points.length)}|`,
      ...lines,
    ].join('\n'),
  ];
  process.stdout.write(`${paragraphs.join('\n\n')}\n`);
  if (given === undefined) putBetween('as-of', paragraphs);
});

/** Writes what the sequencer stores in addition to the log: the positions of streams, and the time index. */
async function writePositionsAndTimes(
  { state }: { readonly state: Table },
  entries: readonly Entry[],
): Promise<void> {
  let time = '';
  for (let base = 0; base < entries.length; base += BATCH) {
    const batch = entries.slice(base, base + BATCH);
    const commits = batch.map(({ event, bytes }): Commit => ({
      stream: event.subject,
      revision: event.revision,
      events: [bytes],
    }));
    const order = commits.map(({ stream, revision }) => [stream, revision, revision] as const);
    await writePositions(state, { base, batch: order }, commits);
    for (const { event } of batch) if (event.time > time) time = event.time;
    await writeTime(state, { time, size: base + batch.length, published: base + batch.length, root: '' });
  }
}
