// Offers reads and writes over HTTP to an archive that serves one folder, first as it is, then while its timeline is
// rebuilt, again and again; counts what was answered, and what a reader would have to complain of. Puts the figures into
// bench/README.md.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { machine, number, putBetween } from './markdown.ts';
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
const STATEMENTS = 20_000;
/** Of one speaker: a list is read whole. */
const OF_A_SPEAKER = 5;
const SPEAKERS = 20_000;
const BATCH = 200;
const SECONDS = 20;
const TICK_MS = 5;
/** Whoever offers more than is answered leaves the rest out, instead of letting it queue up. */
const MOST_OPEN = 64;
/** So often a writer waits until the read models show what it wrote. */
const WAITING = 10;

const TEXT = 'A minister spoke in Delhi. “We talked, and we listened”, the minister said.';
const speakerOf = (n: number): string => `actor-speaker-${Math.floor(n / OF_A_SPEAKER)}`;
const statement = (n: number, articleId: string) => ({
  speakers: [{ actor: speakerOf(n) }],
  act: 'said',
  channel: 'press',
  madeOn: '2023-03-02',
  content: 'We talked, and we listened',
  form: 'direct',
  language: 'en',
  certainty: 'asserted',
  topics: ['peace'],
  evidence: [{ articleId, exact: '“We talked, and we listened”' }],
});

/** What is looked at of the bodies of answers, each of which has some of it. */
interface Body {
  readonly id: string;
  readonly position: number;
  readonly items: readonly { readonly id: string }[];
  readonly records: readonly { readonly status: number }[];
  readonly phase: string;
  readonly waits: boolean;
}

interface Answer {
  readonly status: number;
  readonly waited: boolean;
  readonly body: Body;
}

const agent = new Agent({ keepAlive: true, maxSockets: MOST_OPEN + 4 });

async function ask(url: string, body?: unknown, wait = false): Promise<Answer> {
  const headers = { 'Content-Type': 'application/json', ...(wait ? { Prefer: 'wait=10' } : {}) };
  const asked = request(url, { agent, headers, method: body === undefined ? 'GET' : 'POST' });
  asked.end(body === undefined ? undefined : JSON.stringify(body));
  const [response] = await once(asked, 'response');
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const waited = response.headers['preference-applied'] !== undefined;
  return { status: response.statusCode, waited, body: JSON.parse(Buffer.concat(chunks).toString()) as Body };
}

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
      statement(n, articleId),
      n % WAITING === 0,
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
        if (open.size >= MOST_OPEN) continue;
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

async function serve(home: string) {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../bin/chancery.ts'), 'serve'], {
    env: { ...process.env, CHANCERY_HOME: home, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface(child.stdout)) {
    const api = /^Chancery serves .* at (http:\S+)$/.exec(line)?.[1];
    if (api === undefined) continue;
    child.stdout.resume();
    return {
      api,
      stop: async () => {
        child.kill('SIGTERM');
        await once(child, 'close');
      },
    };
  }
  throw new Error('the archive ended');
}

async function record(api: string, articleId: string): Promise<void> {
  const actors = Array.from({ length: SPEAKERS }, (_, n) => {
    const id = speakerOf(n * OF_A_SPEAKER);
    return { kind: 'actor', key: id, body: { id, kind: 'person', name: id } };
  });
  const statements = Array.from({ length: STATEMENTS }, (_, n) => ({
    kind: 'statement',
    key: `${n}`,
    body: statement(n, articleId),
  }));
  const all = [...actors, ...statements];
  for (let at = 0; at < all.length; at += BATCH) {
    const records = all.slice(at, at + BATCH);
    const { status, body } = await ask(
      `${api}/articles/${articleId}/records`,
      { records },
      at + BATCH >= all.length,
    );
    if (status !== 200 || body.records.some(({ status }) => status !== 201))
      throw new Error(`records were refused: ${JSON.stringify(body).slice(0, 500)}`);
  }
}

async function rebuildTimeline(api: string): Promise<void> {
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
    const article = { text: TEXT, title: 'Spoken', publisher: 'The Daily', language: 'en' };
    const { id } = (await ask(`${api}/articles`, article)).body;
    await record(api, id);
    const offering = load(api, id, rates);
    // The compiler's time.
    await setTimeout(5_000);
    const quiet = await offering.during(() => setTimeout(SECONDS * 1_000));
    const rebuilding = await offering.during(async (seen) => {
      for (const end = performance.now() + SECONDS * 1_000; performance.now() < end; seen.rebuilds++)
        await rebuildTimeline(api);
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
    row(`the timeline, ${rebuilding.rebuilds} times in ${number(rebuilding.seconds)} s`, rebuilding),
  );
}
agent.destroy();
const paragraphs = [
  `\`node bench/rebuild-load.ts\`, ${machine()}. Reads and writes over HTTP, offered by a process on the same cores, at most ${MOST_OPEN} of them at once; ${number(STATEMENTS)} statements stood before.`,
  [
    '| offered a second | rebuilt meanwhile | answered a second | refused | lists that lacked what was shown before | answers as of before |',
    '|---|---|---|---|---|---|',
    ...rows,
  ].join('\n'),
];
process.stdout.write(`${paragraphs.join('\n\n')}\n`);
putBetween('rebuild-load', paragraphs);
