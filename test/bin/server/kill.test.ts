// Kills the archive's process twenty times at seeded random moments, during concurrent appends and projections. Each
// acknowledged append must have one position and one row. Each stream must equal that of an undisturbed run.
import { readdir, readFile } from 'node:fs/promises';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { unpackEntries } from '../../../events/log/entries.ts';
import { bundlesOf, entriesPath } from '../../../events/log/paths.ts';
import { serveArchive, type ArchiveProcess } from '../../support/servers/archive-process.ts';
import { seeded } from '../../support/seeded.ts';
import {
  chains,
  groundwork,
  work,
  type Answered,
  type Desk,
  type Keyed,
} from '../../support/archives/workload.ts';

const KILLS = 20;
const AT_ONCE = 16;
const CHAINS = 48;

interface Entry {
  readonly position: number;
  readonly event: {
    readonly id: string;
    readonly type: string;
    readonly subject: string;
    readonly revision: number;
    readonly n: number;
    readonly of: number;
    readonly time?: string;
  };
}

const homes: string[] = [];
const running = new Set<ArchiveProcess>();
afterEach(async () => {
  for (const archive of running) await archive.kill();
  running.clear();
  for (const home of homes.splice(0)) await rm(home, { recursive: true });
});

async function freshHome(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'chancery-kill-'));
  homes.push(home);
  return home;
}

async function start(home: string): Promise<ArchiveProcess> {
  const archive = await serveArchive(home);
  running.add(archive);
  return archive;
}

/** Returns a desk whose archive is killed when the number of acknowledged requests reaches each number in `kills`. */
async function killedDesk(home: string, kills: readonly number[]) {
  const waiting = [...kills];
  let [acknowledged, unanswered, killed] = [0, 0, 0];
  let archive = Promise.resolve(await start(home));
  let published: string[] = [];

  /** Restarts the archive on the same folder. Expects that the new log begins with the entries published before. */
  async function restart(of: ArchiveProcess): Promise<ArchiveProcess> {
    await of.kill();
    running.delete(of);
    const next = await start(home);
    const now = await linesOf(next);
    expect(now.slice(0, published.length)).toEqual(published);
    published = now;
    return next;
  }

  function acknowledge(of: ArchiveProcess): void {
    acknowledged++;
    if (acknowledged < (waiting[0] ?? Infinity)) return;
    waiting.shift();
    killed++;
    archive = restart(of);
  }

  const desk: Desk = {
    send: async (request) => {
      for (;;) {
        const current = await archive;
        const answer = await ask(current, request);
        if (!answer) unanswered++;
        else {
          if ((await archive) === current) acknowledge(current);
          return answer;
        }
      }
    },
  };
  return { desk, archive: () => archive, counts: () => ({ acknowledged, unanswered, killed }) };
}

/** Returns the answer, or undefined if the archive ended before it answered. Fails the test unless it is 200 or 201. */
async function ask({ url }: ArchiveProcess, { key, path, body }: Keyed): Promise<Answered | undefined> {
  const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': key };
  let response: Response;
  let text: string;
  try {
    response = await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    text = await response.text();
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
  expect([200, 201], `answered ${text}`).toContain(response.status);
  return { key, status: response.status, ...(JSON.parse(text) as Omit<Answered, 'key' | 'status'>) };
}

const TRIES = 3;

/** Retries the request: the server closes a connection after five idle seconds, perhaps just as it is used again. */
async function getText({ url }: ArchiveProcess, path: string, headers: Record<string, string> = {}) {
  for (let tries = 1; ; tries++) {
    try {
      const response = await fetch(`${url}${path}`, { headers });
      expect(response.status, `of ${path}`).toBe(200);
      return { text: await response.text(), link: response.headers.get('link') ?? '' };
    } catch (error) {
      if (!(error instanceof TypeError) || tries === TRIES) throw error;
    }
  }
}

const getJson = async <T>(archive: ArchiveProcess, path: string): Promise<T> =>
  JSON.parse((await getText(archive, path)).text) as T;

/** Returns the lines of the log as NDJSON. */
async function linesOf(archive: ArchiveProcess): Promise<string[]> {
  const { text } = await getText(archive, '/events', { Accept: 'application/x-ndjson' });
  return text.split('\n').slice(0, -1);
}

const entriesOf = async (archive: ArchiveProcess): Promise<Entry[]> =>
  (await linesOf(archive)).map((line) => JSON.parse(line) as Entry);

async function caughtUp(archive: ArchiveProcess): Promise<void> {
  for (;;) {
    const { projections } = await getJson<{ projections: { status: string; lag: number }[] }>(
      archive,
      '/projections',
    );
    expect(projections.filter(({ status }) => status === 'stopped')).toEqual([]);
    if (projections.every(({ status, lag }) => status === 'caught-up' && lag === 0)) return;
    await setTimeout(50);
  }
}

/** Returns the ids from all pages of a list. */
async function listed(archive: ArchiveProcess, path: string): Promise<string[]> {
  const ids: string[] = [];
  for (let next: string | undefined = path; next !== undefined;) {
    const { text, link }: { text: string; link: string } = await getText(archive, next);
    const { items } = JSON.parse(text) as { items: { id: string }[] };
    ids.push(...items.map(({ id }) => id));
    next = /<([^>]+)>; rel="next"/.exec(link)?.[1];
  }
  return ids;
}

function byStream(entries: readonly Entry[]): Record<string, Entry['event'][]> {
  const streams: Record<string, Entry['event'][]> = {};
  for (const { event } of entries) {
    const { time: _, ...others } = event;
    (streams[event.subject] ??= []).push(others);
  }
  return streams;
}

/** Does all the work of the desk: first the groundwork in order, then the chains concurrently. */
async function wholeDay(desk: Desk): Promise<Answered[]> {
  const ground = await work(desk, [groundwork], 1);
  const article = ground.find(({ key }) => key === 'article')?.id ?? '';
  return [...ground, ...(await work(desk, chains(CHAINS, article), AT_ONCE))];
}

test('an archive that is killed twenty times has each acknowledged append once, like an undisturbed run', async () => {
  const random = seeded(20);
  const total = groundwork.length + CHAINS * 8;
  // The first kill comes during the groundwork. The others follow at random distances, counted in acknowledgements.
  let at = 3;
  const kills = Array.from(
    { length: KILLS },
    () => (at += random.below(Math.floor((2 * total) / KILLS) - 4)),
  );
  expect(kills.at(-1)).toBeLessThan(total - AT_ONCE);

  const home = await freshHome();
  const { desk, archive, counts } = await killedDesk(home, kills);
  const answers = await wholeDay(desk);
  const end = await archive();
  await caughtUp(end);
  expect(counts().killed).toBe(KILLS);
  // Kills interrupted requests. Each of these got its answer when it was sent again.
  expect(counts().unanswered).toBeGreaterThan(KILLS);
  expect(answers).toHaveLength(total);

  // The log holds each acknowledged event once. Neither positions nor revisions have gaps.
  const entries = await entriesOf(end);
  expect(entries.map(({ position }) => position)).toEqual(entries.map((_, index) => index));
  const acknowledged = answers.flatMap(({ events }) => events);
  expect(entries.map(({ event }) => event.id).toSorted()).toEqual(acknowledged.toSorted());
  for (const [stream, events] of Object.entries(byStream(entries)))
    expect(
      events.map(({ revision, n, of }) => [revision, n, of]),
      `revisions of ${stream}`,
    ).toEqual(events.map((_, index) => [index + 1, 1, 1]));

  // The read models hold each record once.
  const idsOf = (kind: string): string[] =>
    Object.keys(byStream(entries)).filter((id) => id.startsWith(kind));
  const records = ['meeting-', 'statement-', 'opinion-'].flatMap(idsOf);
  expect(records).toHaveLength(CHAINS * 3);
  expect((await listed(end, '/timeline?limit=37')).toSorted()).toEqual(records.toSorted());
  for (const kind of ['meeting', 'statement', 'opinion', 'actor'])
    expect((await listed(end, `/${kind}s`)).toSorted(), `each ${kind}`).toEqual(idsOf(`${kind}-`).toSorted());
  const directory = await getJson<{ items: { counts: Record<string, number> }[] }>(end, '/topics');
  const counted = directory.items.map(({ counts }) => counts['meetings'] ?? 0);
  expect(counted.reduce((sum, count) => sum + count, 0)).toBe(CHAINS);

  // The files of the log hold the same entries.
  const lines = await linesOf(end);
  expect(await end.stop()).toBe(0);
  expect(await fileLines(home, lines.length)).toEqual(lines);
  expect(await readdir(join(home, 'log/.unfinished'))).toEqual([]);

  const calm = await start(await freshHome());
  const undisturbed: Desk = {
    send: async (request) => {
      for (let tries = 1; tries <= TRIES; tries++) {
        const answer = await ask(calm, request);
        if (answer) return answer;
      }
      throw new Error('the undisturbed archive ended');
    },
  };
  await wholeDay(undisturbed);
  await caughtUp(calm);
  expect(byStream(entries)).toEqual(byStream(await entriesOf(calm)));
});

async function fileLines(home: string, size: number): Promise<string[]> {
  const lines: string[] = [];
  for (const { bundle, width } of bundlesOf(size)) {
    const entries = unpackEntries(await readFile(join(home, 'log', entriesPath(bundle, width))));
    for (const entry of entries)
      lines.push(`{"position":${lines.length},"event":${Buffer.from(entry).toString()}}`);
  }
  return lines;
}
