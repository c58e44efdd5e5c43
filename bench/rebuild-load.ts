// Offers reads and writes over HTTP to an archive that serves one folder, first as it is, then while its read models are
// rebuilt, again and again; counts what was answered, errors, gaps (a list lacks what was shown before) and steps back (an
// answer as of an earlier position). Puts the figures into bench/README.md, unless it is given fewer statements and
// seconds. Called as: rebuild-load.ts [statements] [seconds].
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

/** A second. */
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
/** Those of statements that are recorded meanwhile are among them. */
const SPEAKERS = STATEMENTS;
const TICK_MS = 5;
/** Whoever offers more than is answered leaves the rest out, instead of letting it queue up. */
const MAX_OPEN = 64;
/** So often a writer waits until the read models show what it wrote. */
const WAITING = 10;
const WAIT_SECONDS = 10;

/** What is looked at of the bodies of answers, each of which has some of it. */
interface Body {
  readonly id: string;
  readonly position: number;
  readonly items: readonly { readonly id: string }[];
  readonly phase: string;
  readonly waits: boolean;
}

const { ask, close } = requester<Body>(MAX_OPEN + 4);

/** What was seen in some time; `missing` and `back`: answers that lacked what was shown before, or were as of before. */
interface Seen {
  seconds: number;
  reads: number;
  writes: number;
  refused: number;
  missing: number;
  back: number;
  rebuilds: number;
}

/** Reads and writes until it is stopped; what `now` names is counted there. */
function load(api: string, articleId: string, { reads, writes }: Rates) {
  const shown = new Map<string, Set<string>>();
  const shownOf = (speaker: string): Set<string> => {
    const ids = shown.get(speaker) ?? new Set();
    shown.set(speaker, ids);
    return ids;
  };
  let [said, position, asked] = [STATEMENTS, -1, 0];
  const open = new Set<Promise<void>>();
  const of = { now: nothing() };

  async function read(): Promise<void> {
    const speaker = speakerOf((asked++ * 7_919) % said);
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
    const n = said++;
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
  if (status !== 202) throw new Error(`no rebuild: ${JSON.stringify(body)}`);
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
    // The compiler's time.
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
  `\`node bench/rebuild-load.ts${given.map((each) => ` ${each}`).join('')}\`, ${machine()}. Reads and writes over HTTP, offered by a process on the same cores, at most ${MAX_OPEN} of them at once; ${number(STATEMENTS)} statements stood before.`,
  [
    '| offered a second | rebuilt meanwhile | answered a second | refused | lists that lacked what was shown before | answers as of before |',
    '|---|---|---|---|---|---|',
    ...rows,
  ].join('\n'),
];
process.stdout.write(`${paragraphs.join('\n\n')}\n`);
if (given.length === 0) putBetween('rebuild-load', paragraphs);
