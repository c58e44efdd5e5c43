// Sends reads and writes to a served archive, without and with rebuilds, and counts answers, errors, gaps and steps
// back. Called as: rebuild-load.ts [statements] [seconds]. Without numbers it writes the figures into bench/README.md.
import { setTimeout } from 'node:timers/promises';
import { machine, number, putBetween } from './markdown.ts';
import {
  actorRecord,
  article,
  OF_A_SPEAKER,
  recordAll,
  requester,
  serve,
  speakerOf,
  statementOf,
} from './rebuild/serving.ts';
import { inFreshFolder } from './workload.ts';

/** Requests per second. */
interface Rates {
  readonly reads: number;
  readonly writes: number;
}

const OFFERED: readonly Rates[] = [
  { reads: 1_000, writes: 200 },
  { reads: 500, writes: 100 },
];
const [, , ...given] = process.argv;
const STATEMENTS = Number(given[0] ?? 20_000);
const SECONDS = Number(given[1] ?? 20);
/** Enough actors also for the statements that are recorded during the measurement. */
const SPEAKERS = STATEMENTS;
const TICK_MS = 5;
/** Maximum of open requests. The client drops further ones instead of queueing them. */
const MAX_OPEN = 64;
/** One write of this many waits until the read models show it. */
const WAITING = 10;
const WAIT_SECONDS = 10;

/** The fields that are read from bodies of answers. A body has only some of them. */
interface Body {
  readonly id: string;
  readonly position: number;
  readonly items: readonly { readonly id: string }[];
  readonly phase: string;
  readonly waits: boolean;
}

const { ask, close } = requester<Body>(MAX_OPEN + 4);

/** Counts of one measurement. */
interface Seen {
  seconds: number;
  reads: number;
  writes: number;
  refused: number;
  /** Lists without an item that an earlier list of the speaker had. */
  missing: number;
  /** Answers as of a position before that of an earlier answer. */
  back: number;
  rebuilds: number;
}

/** Sends reads and writes until `stop`. `during` counts them while `act` runs. */
function load(api: string, articleId: string, { reads, writes }: Rates) {
  const shown = new Map<string, Set<string>>();
  const shownOf = (speaker: string): Set<string> => {
    const ids = shown.get(speaker) ?? new Set();
    shown.set(speaker, ids);
    return ids;
  };
  let [written, position, requested] = [STATEMENTS, -1, 0];
  const open = new Set<Promise<void>>();
  const of = { now: nothing() };

  async function read(): Promise<void> {
    const speaker = speakerOf((requested++ * 7_919) % written);
    const [before, known] = [position, [...shownOf(speaker)]];
    const { status, body } = await ask(`${api}/statements?speaker=${speaker}`);
    const { now } = of;
    now.reads++;
    if (status !== 200) now.refused++;
    else {
      const ids = new Set(body.items.map(({ id }) => id));
      if (known.some((id) => !ids.has(id))) now.missing++;
      if (body.position < before) now.back++;
      position = Math.max(position, body.position);
      for (const id of ids) shownOf(speaker).add(id);
    }
  }

  async function write(): Promise<void> {
    const n = written++;
    const { status, waited, body } = await ask(
      `${api}/statements`,
      statementOf(n, articleId),
      n % WAITING === 0 ? WAIT_SECONDS : 0,
    );
    of.now.writes++;
    if (status !== 201) of.now.refused++;
    else if (waited) shownOf(speakerOf(n)).add(body.id);
  }

  const begun = performance.now();
  const offered = { reads: 0, writes: 0 };
  function offer(): void {
    const seconds = (performance.now() - begun) / 1_000;
    for (const [kind, rate, act] of [
      ['reads', reads, read],
      ['writes', writes, write],
    ] as const) {
      for (; offered[kind] < seconds * rate; offered[kind]++) {
        if (open.size >= MAX_OPEN) continue;
        const acting = act().finally(() => open.delete(acting));
        open.add(acting);
      }
    }
  }
  const ticking = setInterval(offer, TICK_MS);
  return {
    during: async (act: (seen: Seen) => Promise<void>): Promise<Seen> => {
      const seen = (of.now = nothing());
      const from = performance.now();
      await act(seen);
      seen.seconds = (performance.now() - from) / 1_000;
      of.now = nothing();
      return seen;
    },
    stop: async () => {
      clearInterval(ticking);
      await Promise.all(open);
    },
  };
}

const nothing = (): Seen => ({
  seconds: 0,
  reads: 0,
  writes: 0,
  refused: 0,
  missing: 0,
  back: 0,
  rebuilds: 0,
});

async function record(api: string, articleId: string): Promise<void> {
  const actors = Array.from({ length: SPEAKERS }, (_, n) => actorRecord(speakerOf(n * OF_A_SPEAKER)));
  const statements = Array.from(
    { length: STATEMENTS },
    (_, n) => ({ kind: 'statement', key: `${n}`, body: statementOf(n, articleId) }) as const,
  );
  await recordAll(ask, `${api}/articles/${articleId}`, [...actors, ...statements]);
}

async function rebuildAll(api: string): Promise<void> {
  const { status, body } = await ask(`${api}/projections/timeline/rebuilds`, {});
  if (status !== 202) throw new Error(`the archive refused a rebuild: ${status} ${JSON.stringify(body)}`);
  for (;;) {
    const { body: rebuild } = await ask(`${api}/projections/timeline/rebuilds/${body.id}`);
    if (rebuild.phase === 'switched') return;
    if (rebuild.waits || rebuild.phase === 'cancelled') throw new Error(JSON.stringify(rebuild));
    await setTimeout(100);
  }
}

const measure = (rates: Rates): Promise<readonly [quiet: Seen, rebuilding: Seen]> =>
  inFreshFolder(async (home) => {
    const { api, stop } = await serve(home);
    const { id } = (await ask(`${api}/articles`, article)).body;
    await record(api, id);
    const offering = load(api, id, rates);
    // The first seconds are not measured, because the just-in-time compiler is still working.
    await setTimeout(5_000);
    const quiet = await offering.during(() => setTimeout(SECONDS * 1_000));
    const rebuilding = await offering.during(async (seen) => {
      for (const end = performance.now() + SECONDS * 1_000; performance.now() < end; seen.rebuilds++)
        await rebuildAll(api);
    });
    await offering.stop();
    await stop();
    return [quiet, rebuilding] as const;
  });

const rows: string[] = [];
for (const rates of OFFERED) {
  const [quiet, rebuilding] = await measure(rates);
  const row = (what: string, seen: Seen): string =>
    `| ${number(rates.reads)} and ${number(rates.writes)} | ${what} | ${number(seen.reads / seen.seconds)} and ${number(seen.writes / seen.seconds)} | ${seen.refused} | ${seen.missing} | ${seen.back} |`;
  rows.push(
    row('nothing', quiet),
    row(`all read models, ${rebuilding.rebuilds} times in ${number(rebuilding.seconds)} s`, rebuilding),
  );
}
close();
const paragraphs = [
  `\`node bench/rebuild-load.ts${given.map((each) => ` ${each}`).join('')}\`, ${machine()}. A process on the same cores sends reads and writes over HTTP, at most ${MAX_OPEN} at once. The archive has ${number(STATEMENTS)} statements at the beginning.`,
  [
    '| reads and writes sent per second | rebuilt meanwhile | answered per second | refused | lists without an item of an earlier list | answers as of an earlier position |',
    '|---|---|---|---|---|---|',
    ...rows,
  ].join('\n'),
];
process.stdout.write(`${paragraphs.join('\n\n')}\n`);
if (given.length === 0) putBetween('rebuild-load', paragraphs);
