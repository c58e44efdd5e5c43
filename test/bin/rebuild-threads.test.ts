// Rebuilds of the embedded archive on threads: side by side, each generation in a file of its own, gone on with after
// whatever ended them.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { history } from '../../bench/history/generate.ts';
import { openEmbeddedPlaces, type EmbeddedPlaces } from '../../bin/embedded.ts';
import { workersOf, type StartWorkers } from '../../bin/rebuild/workers.ts';
import { startRelay, type Relay } from '../../bin/relay.ts';
import { readProjection } from '../../domain/projections.ts';
import { readRebuild } from '../../domain/rebuild/records.ts';
import { cancelRebuild, startRebuild } from '../../domain/rebuild/requests.ts';
import { views } from '../../domain/views/all.ts';
import type { View } from '../../domain/views/view.ts';
import { serveArchive, type ArchiveProcess } from '../support/archive-process.ts';

// Much is folded here, however fast the machine is.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const EVENTS = 1_000;
const asked = { by: 'operator:lena', reason: 'requested' } as const;

let home: string;
let places: EmbeddedPlaces;
let close: () => void;
let relay: Relay;
let served: ArchiveProcess | undefined;
let alarms: string[];
/** Beside the clock of the threads, which goes. */
let passed: number;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'chancery-threads-'));
  passed = 0;
  ({ places, close } = await openEmbeddedPlaces(home));
  const commits = [...history(1, EVENTS)].map(({ event: { subject, revision }, bytes }) =>
    places.store.append({ stream: subject, revision, events: [bytes] }),
  );
  await Promise.all(commits);
});
afterEach(async () => {
  await served?.kill();
  await relay.stop();
  close();
  await rm(home, { recursive: true });
});

/** Longer than two rebuilds take on any machine. */
const GRACE_MS = 3_600_000;

const tenderOf = (workers: StartWorkers) => ({
  ...places,
  workers,
  clock: () => Date.now() + passed,
  abortAfter: (ms: number) => AbortSignal.timeout(ms),
  runner: 'relay',
  bundles: 1,
  graceMs: GRACE_MS,
  lateMs: 1_000,
  witnesses: [],
  alarm: (what: string, error?: unknown) =>
    alarms.push(error instanceof Error ? `${what} ${error.message}` : what),
});

async function start(workers: StartWorkers = places.workers): Promise<void> {
  alarms = [];
  relay = startRelay(tenderOf(workers));
  await relay.settled();
}

const phases = (ids: ReadonlyMap<View, number>) =>
  Promise.all([...ids].map(async ([view, id]) => (await readRebuild(places.views, view, id))?.phase));

async function rebuildAll(): Promise<Map<View, number>> {
  const ids = new Map<View, number>();
  for (const view of views) ids.set(view, (await startRebuild(tenderOf(places.workers), view, asked)).id);
  relay.wake();
  await relay.settled();
  return ids;
}

const files = () =>
  readdirSync(join(home, 'views'))
    .filter((file) => file.endsWith('.db'))
    .toSorted();
function isOrdered(file: string): boolean {
  const database = new DatabaseSync(join(home, 'views', file), { readOnly: true });
  const indexes = database.prepare("SELECT count(*) AS n FROM pragma_index_list('rows')").get();
  database.close();
  return indexes?.['n'] === 1;
}
const filesOf = (number: number) => views.map(({ name }) => `${name}~${number}.db`).toSorted();

test('all read models are made anew, each the same as before, and what nobody goes back to goes with its file', async () => {
  await start();
  expect(await phases(await rebuildAll())).toEqual(views.map(() => 'switched'));
  expect(files()).toEqual(filesOf(2));
  expect(files().map(isOrdered)).toEqual(views.map(() => true));
  // Compared with one in views.db, then with one in a file.
  expect(await phases(await rebuildAll())).toEqual(views.map(() => 'switched'));
  expect(alarms).toEqual([]);
  expect(files()).toEqual([...filesOf(2), ...filesOf(3)].toSorted());
  for (const view of views) {
    const { live, generations } = await readProjection(places.views, view);
    expect([live, generations[3]?.next]).toEqual([3, EVENTS]);
  }
  for (let turn = 0; turn < 3; turn++) {
    passed += 2 * GRACE_MS;
    relay.wake();
    await relay.settled();
  }
  expect(files()).toEqual(filesOf(3));
  for (const view of views)
    expect(Object.keys((await readProjection(places.views, view)).generations)).toEqual(['3']);
});

test('what is cancelled leaves no file', async () => {
  await start();
  const [view] = views as [View, ...View[]];
  const { id } = await startRebuild(tenderOf(places.workers), view, asked);
  relay.wake();
  await cancelRebuild(tenderOf(places.workers), view, id, { by: 'operator:lena', why: 'requested' });
  for (let turn = 0; turn < 3; turn++) {
    passed += 10_000;
    relay.wake();
    await relay.settled();
  }
  expect(await phases(new Map([[view, id]]))).toEqual(['cancelled']);
  expect(files()).toEqual([]);
});

test('a thread that ends is told of, and what it had is gone on with by another, after a pause', async () => {
  await start();
  await relay.stop();
  const program = join(home, 'program.mjs');
  await writeFile(program, "throw new Error('no memory is left');");
  const files = { give: async () => {} };
  await start(workersOf({ home, files, program: pathToFileURL(program), most: 1 }));
  const ids = await rebuildAll();
  for (let round = 0; round < 5; round++) {
    relay.wake();
    await relay.settled();
  }
  expect(await phases(ids)).toEqual(views.map(() => 'folding'));
  expect(alarms).toEqual([
    expect.stringMatching(/^a thread that rebuilt .*timeline.* ended.*no memory is left$/),
  ]);
  await relay.stop();
  await start();
  expect(await phases(ids)).toEqual(views.map(() => 'switched'));
  expect(alarms).toEqual([]);
});

/**
 * Asks for rebuilds of all on two threads whose program does no more than hear messages: `tell` writes down a line.
 * Gives the lines so far.
 */
async function rebuildOnListeners(hear: string): Promise<() => string[]> {
  await start();
  await relay.stop();
  const program = join(home, 'program.mjs');
  const told = join(home, 'told');
  await writeFile(
    program,
    `import { appendFileSync, readFileSync } from 'node:fs';
     import { parentPort, threadId } from 'node:worker_threads';
     const tell = (line) => appendFileSync(${JSON.stringify(told)}, line + '\\n');
     const told = () => readFileSync(${JSON.stringify(told)}, 'utf8').trim().split('\\n');
     parentPort.on('message', (message) => {
       if (message.tell === 'stop') parentPort.close();
       ${hear}
     });`,
  );
  const files = { give: async () => {} };
  relay = startRelay(tenderOf(workersOf({ home, files, program: pathToFileURL(program), most: 2 })));
  for (const view of views) await startRebuild(tenderOf(places.workers), view, asked);
  relay.wake();
  return () => (existsSync(told) ? readFileSync(told, 'utf8').trim().split('\n') : []);
}

test('read models are shared out between threads by what each of them takes', async () => {
  const lines = await rebuildOnListeners(
    "if (message.tell === 'build') tell(threadId + ' ' + message.view);",
  );
  await expect.poll(() => lines().length, { timeout: 240_000 }).toBe(views.length);
  const byThread = Map.groupBy(lines(), (line) => line.split(' ')[0]);
  // The timeline takes as much as six of the others.
  expect([...byThread.values()].map((all) => all.length).toSorted()).toEqual([2, 6]);
  await relay.stop();
});

test('what a thread gives back before it took a step may have rows of a crash beyond how far it is', async () => {
  // Once all are shared out, one has nothing more to do; the other gives back what it is asked for.
  const lines = await rebuildOnListeners(`
    const { view } = message;
    const say = (how, alone) => parentPort.postMessage({ tell: 'ended', view, how, alone });
    if (message.tell === 'build') tell(view + ' ' + message.alone);
    if (message.tell === 'leave') say('left', view === 'topics');
    if (message.tell === 'build' && ['timeline', 'network'].includes(view)) {
      const waiting = setInterval(() => {
        if (told().length < ${views.length}) return;
        clearInterval(waiting);
        say('waits', false);
      }, 5);
    }`);
  await expect
    .poll(() => lines().slice(views.length), { timeout: 240_000 })
    .toEqual(expect.arrayContaining(['topics true', 'actor false', 'topic false']));
  expect(lines().slice(0, views.length)).toEqual(
    expect.arrayContaining(views.map(({ name }) => `${name} false`)),
  );
  await relay.stop();
});

test('a thread that ended is followed by another though nobody asks', async () => {
  await start();
  await relay.stop();
  const program = join(home, 'program.mjs');
  const real = new URL('../../bin/rebuild/worker.ts', import.meta.url).href;
  const once = join(home, 'failed');
  await writeFile(
    program,
    `import { existsSync, writeFileSync } from 'node:fs';
     if (!existsSync(${JSON.stringify(once)})) {
       writeFileSync(${JSON.stringify(once)}, '');
       throw new Error('no memory is left');
     }
     await import(${JSON.stringify(real)});`,
  );
  await start(
    workersOf({
      home,
      files: { give: async () => {} },
      program: pathToFileURL(program),
      most: 1,
      pauseMs: 1,
    }),
  );
  const ids = await rebuildAll();
  await expect.poll(() => phases(ids), { timeout: 240_000 }).toEqual(views.map(() => 'switched'));
  expect(alarms).toHaveLength(1);
});

test('what a thread can not do now is told of, and done when it is asked again', async () => {
  await start();
  await rename(join(home, 'log'), join(home, 'elsewhere'));
  const ids = await rebuildAll();
  expect(await phases(ids)).toEqual(views.map(() => 'folding'));
  for (const [view, id] of ids)
    expect(alarms).toContainEqual(
      expect.stringMatching(`^rebuild ${id} of view ${view.name} failed and is tried again .+`),
    );
  await rename(join(home, 'elsewhere'), join(home, 'log'));
  relay.wake();
  await relay.settled();
  expect(await phases(ids)).toEqual(views.map(() => 'switched'));
});

test('a process that is killed goes on with them when it starts again', async () => {
  await start();
  await relay.stop();
  const ids = new Map<View, number>();
  for (const view of views) ids.set(view, (await startRebuild(tenderOf(places.workers), view, asked)).id);
  close();
  for (const ms of [0, 300, 600]) {
    served = await serveArchive(home);
    await new Promise((resolve) => setTimeout(resolve, ms));
    await served.kill();
  }
  const { url, stop } = (served = await serveArchive(home));
  const states = async () => {
    const { projections } = (await (await fetch(`${url}/projections`)).json()) as {
      projections: { view: string; generation: number; rebuild?: unknown }[];
    };
    return projections.map(({ generation, rebuild }) => [generation, rebuild]);
  };
  await expect.poll(states, { timeout: 240_000 }).toEqual(views.map(() => [2, undefined]));
  expect(await stop()).toBe(0);
  served = undefined;
  ({ places, close } = await openEmbeddedPlaces(home));
  await start();
  expect(await phases(ids)).toEqual(views.map(() => 'switched'));
});
