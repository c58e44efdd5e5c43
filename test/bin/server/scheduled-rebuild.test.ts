// The embedded archive compares its read models with its log on a schedule, in a separate thread.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openEmbedded, openEmbeddedArchive, type EmbeddedOptions } from '../../../bin/server/embedded.ts';
import { changeRebuild, readRebuild } from '../../../domain/projections/rebuild/rebuild-record.ts';

const WEEK_MS = 604_800_000;
let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'chancery-schedule-'));
});
afterEach(() => rm(home, { recursive: true }));

/** Starts the archive, waits until it has no work left, and stops it. Returns its alarms. */
async function run(options: Partial<EmbeddedOptions> = {}): Promise<string[]> {
  const alarms: string[] = [];
  const { relay, close } = await openEmbedded(home, {
    subject: 'tester',
    alarm: (what) => alarms.push(what),
    ...options,
  });
  await relay.settled();
  await close();
  return alarms;
}

const rebuild = async (id: number) => {
  const { stores, close } = await openEmbeddedArchive(home);
  const record = await readRebuild(stores.catalog, id);
  close();
  return record;
};

/** Moves the start of the first generation to `ms` milliseconds ago. */
async function age(ms: number): Promise<void> {
  const { stores, close } = await openEmbeddedArchive(home);
  await changeRebuild(stores.catalog, 1, (before) => ({
    ...before,
    started: { ...before.started, at: Date.now() - ms },
  }));
  close();
}

test('a new archive has a first generation, and no rebuild is due', async () => {
  expect(await run({ schedule: WEEK_MS })).toEqual([]);
  expect(await rebuild(1)).toMatchObject({ reason: 'first', phase: 'switched' });
  expect(await rebuild(2)).toBeUndefined();
});

test('a scheduled rebuild runs a week after the last one, finds no difference, and changes nothing', async () => {
  await run();
  await age(WEEK_MS);
  expect(await run({ schedule: WEEK_MS })).toEqual([]);
  expect(await rebuild(2)).toMatchObject({ reason: 'scheduled', phase: 'unchanged' });
  expect(await rebuild(3)).toBeUndefined();
});

test('no rebuild is due if there is no schedule', async () => {
  await run();
  await age(WEEK_MS);
  await run();
  expect(await rebuild(2)).toBeUndefined();
});
