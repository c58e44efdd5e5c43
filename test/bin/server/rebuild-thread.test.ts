// The thread that rebuilds read models in the embedded archive: how it starts, ends, fails and is stopped. The tests
// replace its program with invented steps.
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openEmbeddedArchive, type EmbeddedArchiveStores } from '../../../bin/server/embedded.ts';
import { rebuildThread, type RebuildThread } from '../../../bin/server/rebuild-thread.ts';

// A thread loads its program from many files, which takes long on a slow machine.
vi.setConfig({ testTimeout: 60_000 });

let home: string;
let stores: EmbeddedArchiveStores;
let close: () => void;
let thread: RebuildThread | undefined;
let alarms: string[];

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'chancery-thread-'));
  ({ stores, close } = await openEmbeddedArchive(home));
  alarms = [];
});
afterEach(async () => {
  await thread?.stop();
  thread = undefined;
  close();
  await rm(home, { recursive: true });
});

/** Returns a thread that is not started. The source text `step` may use `world`, `tell`, `told`, `exists`, `until`. */
async function threadOf(step: string, pauseMs = 3_600_000): Promise<RebuildThread> {
  const folder = join(home, 'articles');
  await mkdir(folder, { recursive: true });
  const program = join(folder, 'program.mjs');
  await writeFile(
    program,
    `import { appendFileSync, existsSync, readFileSync } from 'node:fs';
     import { setTimeout } from 'node:timers/promises';
     import { threadId } from 'node:worker_threads';
     import { runSteps } from ${JSON.stringify(new URL('../../../bin/server/rebuild-steps.ts', import.meta.url).href)};
     const folder = ${JSON.stringify(folder)};
     const exists = (name) => existsSync(folder + '/' + name);
     const tell = (line) => appendFileSync(folder + '/told', line + '\\n');
     const told = () => exists('told') ? readFileSync(folder + '/told', 'utf8').trim().split('\\n') : [];
     const until = async (name) => { while (!exists(name)) await setTimeout(5); };
     await runSteps((world) => async () => { ${step} });`,
  );
  return (thread = rebuildThread({
    home,
    settings: { answer: 42 },
    program: pathToFileURL(program),
    alarm: (what, error) =>
      alarms.push(`${what}${error === undefined ? '' : `: ${(error as Error).message}`}`),
    pauseMs,
  }));
}

const told = (): string[] => {
  const path = join(home, 'articles', 'told');
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
};
/** Lets the steps continue that wait for this name. */
const release = (name: string): Promise<void> => writeFile(join(home, 'articles', name), '');

test('the thread takes steps until one returns false, and starts again when it is woken', async () => {
  const { wake, settled } = await threadOf("tell('step'); return told().length % 3 !== 0;");
  await settled();
  expect(told()).toEqual([]);
  wake();
  await settled();
  expect(told()).toHaveLength(3);
  wake();
  await settled();
  expect(told()).toHaveLength(6);
  expect(alarms).toEqual([]);
});

test('the thread has its settings and its own connections to the stores', async () => {
  await stores.log.create('checkpoint', Buffer.from('published'));
  await stores.state.compareAndPut({ partition: 'p', sort: 's', body: 'state' }, 0);
  const { wake, settled } = await threadOf(`
    tell(world.answer);
    tell((await world.state.get('p', 's')).body);
    tell(new TextDecoder().decode((await world.log.get('checkpoint')).bytes));
    tell(await world.log.create('other', new Uint8Array()).catch(({ message }) => message));
    const built = await world.rows.build(1);
    await built.append([{ partition: 'p', sort: 's', position: 0, body: {} }]);
    await built.complete();
    return !(await world.catalog.compareAndPut({ partition: 'p', sort: 's', body: 'live' }, 0));`);
  wake();
  await settled();
  const refusal = `other cannot be written: ${join(home, 'log')} is open for reading only`;
  expect(told()).toEqual(['42', 'state', 'published', refusal]);
  expect((await stores.catalog.get('p', 's'))?.body).toBe('live');
  expect(await Array.fromAsync(stores.rows.open(1).range('p', { at: 0 }))).toHaveLength(1);
});

test('a thread that is woken while it works runs once more afterwards', async () => {
  const { wake, settled } = await threadOf("tell(threadId); await until('first'); return false;");
  wake();
  await expect.poll(() => told().length, { timeout: 50_000 }).toBe(1);
  wake();
  wake();
  await release('first');
  await settled();
  expect(new Set(told()).size).toBe(2);
  expect(told()).toHaveLength(2);
});

test('a thread that fails raises an alarm, and is started again after a pause', async () => {
  const { wake } = await threadOf(
    `if (exists('repaired')) { tell('done'); return false; }
     tell('failed'); throw new Error('the disk is full');`,
    1,
  );
  wake();
  await expect.poll(() => told().length, { timeout: 50_000 }).toBeGreaterThan(2);
  await release('repaired');
  await expect.poll(() => told().at(-1), { timeout: 50_000 }).toBe('done');
  expect(new Set(alarms)).toEqual(
    new Set(['the thread that rebuilds read models failed and is started again: the disk is full']),
  );
  expect(alarms).toHaveLength(told().length - 1);
});

test('a thread that failed is not started during the pause, even if it is woken', async () => {
  const { wake, settled } = await threadOf("tell('failed'); throw new Error('the disk is full');");
  wake();
  await settled();
  wake();
  await settled();
  expect(told()).toEqual(['failed']);
  expect(alarms).toHaveLength(1);
});

test('alarms of the thread are passed on with their errors', async () => {
  const { wake, settled } = await threadOf(
    "world.alarm('there is drift'); world.alarm('a step failed', new Error('because')); return false;",
  );
  wake();
  await settled();
  expect(alarms).toEqual(['there is drift', 'a step failed: because']);
});

test('a thread that is stopped ends after its current step, and is not started again', async () => {
  const { wake, settled, stop } = await threadOf(
    "tell('begun'); await until('first'); tell('ended'); return true;",
  );
  wake();
  await expect.poll(() => told().length, { timeout: 50_000 }).toBe(1);
  const stopped = stop();
  await release('first');
  await stopped;
  expect(told()).toEqual(['begun', 'ended']);
  wake();
  await settled();
  expect(told()).toHaveLength(2);
});

test('a program that cannot be loaded raises the same alarm as a failure', async () => {
  const failing = rebuildThread({
    home,
    settings: {},
    program: pathToFileURL(join(home, 'absent.mjs')),
    alarm: (what) => alarms.push(what),
  });
  failing.wake();
  await failing.settled();
  await failing.stop();
  expect(alarms).toEqual(['the thread that rebuilds read models failed and is started again']);
});
