// Tests the sequencer without faults: the order of entries, the limits of batches, and quarantined streams.
// Crashes are tested in sequencer-faults.test.ts.
import { expect, test } from 'vitest';
import type { Table } from '../../../domain/ports.ts';
import { readHead } from '../../../domain/log/head.ts';
import { sequence, type Sequencer } from '../../../domain/log/sequencer.ts';
import {
  commitOf,
  entriesOf,
  extend,
  faultsIn,
  sequencerFixture,
  type SequencerFixture,
} from '../../support/logs/sequenced.ts';

const noAlarm = (what: string, error: unknown): never => {
  throw new Error(what, { cause: error });
};
const sequencer = (of: SequencerFixture, over: Partial<Sequencer> = {}): Sequencer => ({
  ...of,
  alarm: noAlarm,
  ...over,
});
const allOf = (of: SequencerFixture, over: Partial<Sequencer> = {}): Promise<string[]> =>
  sequence(sequencer(of, over), of.store.streams());

const unreadable = (of: SequencerFixture, after = 0): Sequencer['store'] => ({
  ...of.store,
  read: async function* (stream, from) {
    for await (const commit of of.store.read(stream, from)) {
      if (stream === 'meeting-b' && commit.revision > after) throw new Error('unreadable');
      yield commit;
    }
  },
});

/** Returns the sizes of the heads that were written. */
function sizesOf(state: Table): { state: Table; sizes: number[] } {
  const sizes: number[] = [];
  const compareAndPut: Table['compareAndPut'] = async (item, version) => {
    const done = await state.compareAndPut(item, version);
    const { size, published } = item.body as { size?: number; published?: number };
    if (done && size !== undefined && size !== published) sizes.push(size);
    return done;
  };
  return { state: { ...state, compareAndPut }, sizes };
}

test('sequencing puts each commit into the log once, keeps the order of each stream and keeps commits together', async () => {
  const of = sequencerFixture();
  await extend(of, 'meeting-a', [1, 3, 1]);
  await extend(of, 'statement-b', [2]);
  await extend(of, 'actor-c', [1, 1]);
  await allOf(of);
  expect(await faultsIn(of)).toEqual([]);
  expect(await entriesOf(of)).toHaveLength(9);
});

test('sequencing an empty archive or unknown streams changes nothing', async () => {
  const of = sequencerFixture();
  await sequence(sequencer(of), []);
  await sequence(sequencer(of), ['meeting-a', 'actor-b']);
  expect(await readHead(of.state)).toMatchObject({ size: 0, published: 0, version: 0 });
  expect(of.log.keys()).toEqual([]);
});

test('sequencing again changes nothing', async () => {
  const of = sequencerFixture();
  await extend(of, 'meeting-a', [1, 2]);
  await allOf(of);
  const before = [of.state.items(), of.log.keys()];
  await allOf(of);
  expect([of.state.items(), of.log.keys()]).toEqual(before);
});

test('sequencing appends to the log and moves no entry', async () => {
  const of = sequencerFixture();
  for (let round = 1; round <= 5; round++) {
    const before = await entriesOf(of);
    await extend(of, 'meeting-a', [2]);
    await extend(of, `meeting-${round}`, [1, 1]);
    await allOf(of);
    expect((await entriesOf(of)).slice(0, before.length)).toEqual(before);
  }
  expect(await faultsIn(of)).toEqual([]);
});

test('sequencing accepts hints that are repeated, unordered or outdated', async () => {
  const of = sequencerFixture();
  await extend(of, 'meeting-a', [1, 1]);
  await extend(of, 'meeting-b', [1]);
  await sequence(sequencer(of), ['meeting-b', 'meeting-a', 'meeting-b', 'meeting-z', 'meeting-a']);
  await sequence(sequencer(of), ['meeting-a', 'meeting-a']);
  expect(await faultsIn(of)).toEqual([]);
});

test('sequencing later finds the commits of a lost hint', async () => {
  const of = sequencerFixture();
  await extend(of, 'meeting-a', [1]);
  await extend(of, 'meeting-b', [1, 2]);
  await sequence(sequencer(of), ['meeting-a']);
  expect(await entriesOf(of)).toEqual(['meeting-a/1/1']);
  await extend(of, 'meeting-b', [1]);
  await allOf(of);
  expect(await faultsIn(of)).toEqual([]);
});

test.each([1, 255, 256, 257, 700])(
  'the files of the log hold %i events, the last file partially',
  async (count) => {
    const of = sequencerFixture();
    await extend(
      of,
      'meeting-a',
      Array.from({ length: count }, () => 1),
    );
    await allOf(of);
    expect(await faultsIn(of)).toEqual([]);
    const whole = Math.floor(count / 256);
    const numbers = Array.from({ length: whole }, (_, number) => `00${number}`);
    if (count % 256 > 0) numbers.push(`00${whole}.p/${count % 256}`);
    const expected = ['entries', '0'].flatMap((folder) =>
      numbers.map((number) => `tile/${folder}/${number}`),
    );
    if (whole > 0) expected.push(`tile/1/000.p/${whole}`);
    expect(of.log.keys()).toEqual([...expected, 'checkpoint']);
  },
);

test('partial files of the log grow, and every published part stays unchanged', async () => {
  const of = sequencerFixture();
  const written = new Map<string, string>();
  for (let round = 0; round < 9; round++) {
    await extend(of, 'meeting-a', [50, 17]);
    await allOf(of);
    for (const key of of.log.keys().filter((key) => key !== 'checkpoint')) {
      const bytes = Buffer.from((await of.log.get(key))?.bytes ?? []).toString('hex');
      expect(written.get(key) ?? bytes, `${key} stays`).toBe(bytes);
      written.set(key, bytes);
    }
  }
  expect([...written.keys()].filter((key) => key.includes('entries')).slice(0, 4)).toEqual(
    [67, 134, 201].map((n) => `tile/entries/000.p/${n}`).concat('tile/entries/000'),
  );
  expect(await faultsIn(of)).toEqual([]);
});

test('a batch ends at 1,024 entries, between commits', async () => {
  const of = sequencerFixture();
  await extend(
    of,
    'meeting-a',
    Array.from({ length: 21 }, () => 50),
  );
  const { state, sizes } = sizesOf(of.state);
  await allOf(of, { state });
  expect(sizes).toEqual([1_000, 1_050]);
  expect(await faultsIn(of)).toEqual([]);
});

test('exactly 1,024 entries are one batch', async () => {
  const of = sequencerFixture();
  await extend(of, 'meeting-a', [1_000]);
  await extend(of, 'meeting-b', [24, 1]);
  const { state, sizes } = sizesOf(of.state);
  await allOf(of, { state });
  expect(sizes).toEqual([1_024, 1_025]);
  expect(await faultsIn(of)).toEqual([]);
});

test('a batch ends at 8 MB, between commits', async () => {
  const of = sequencerFixture();
  const each = 6 * 60_000;
  for (let revision = 1; revision <= 30; revision++)
    await of.store.append(commitOf('meeting-a', revision, 6, 60_000));
  const { state, sizes } = sizesOf(of.state);
  await allOf(of, { state });
  const commits = Math.floor((8 * 1_024 * 1_024) / each);
  expect(sizes).toEqual([commits * 6, 180]);
  expect(await faultsIn(of)).toEqual([]);
});

test('a commit that exceeds the limit is a batch of its own', async () => {
  const of = sequencerFixture();
  await extend(of, 'meeting-a', [3]);
  await extend(of, 'meeting-b', [1_500]);
  await extend(of, 'meeting-c', [2]);
  const { state, sizes } = sizesOf(of.state);
  await allOf(of, { state });
  expect(sizes).toEqual([3, 1_503, 1_505]);
  expect(await faultsIn(of)).toEqual([]);
});

test('a stream that cannot be read is quarantined with an alarm, and other streams are sequenced', async () => {
  const of = sequencerFixture();
  for (const stream of ['meeting-a', 'meeting-b', 'meeting-c']) await extend(of, stream, [1, 1]);
  const alarms: string[] = [];
  const quarantined = await allOf(of, { store: unreadable(of), alarm: (what) => alarms.push(what) });
  expect(quarantined).toEqual(['meeting-b']);
  expect(await entriesOf(of)).toEqual(['meeting-a/1/1', 'meeting-a/2/1', 'meeting-c/1/1', 'meeting-c/2/1']);
  expect(alarms).toEqual(['meeting-b cannot be read and is quarantined: restore its commits']);
  await allOf(of);
  expect(await faultsIn(of)).toEqual([]);
});

test('a stream that cannot be read is sequenced up to the unreadable commit', async () => {
  const of = sequencerFixture();
  for (const stream of ['meeting-a', 'meeting-b', 'meeting-c']) await extend(of, stream, [1, 2, 1]);
  await allOf(of, { store: unreadable(of, 2), alarm: () => {} });
  expect((await entriesOf(of)).filter((entry) => entry.startsWith('meeting-b'))).toEqual([
    'meeting-b/1/1',
    'meeting-b/2/1',
    'meeting-b/2/2',
  ]);
  await allOf(of);
  expect(await faultsIn(of)).toEqual([]);
});

test('a sequencer that loses the swap of the head starts again with the current sequenced revisions', async () => {
  const of = sequencerFixture();
  await extend(of, 'meeting-a', [1, 1]);
  let rivals = 0;
  const compareAndPut: Table['compareAndPut'] = async (item, version) => {
    // Another sequencer runs, and a writer appends, just before each of the first three swaps.
    if (item.sort === 'head' && rivals++ < 3) {
      await allOf(of);
      await extend(of, 'meeting-a', [1]);
    }
    return of.state.compareAndPut(item, version);
  };
  await allOf(of, { state: { ...of.state, compareAndPut } });
  await allOf(of);
  expect(rivals).toBeGreaterThan(3);
  expect(await faultsIn(of)).toEqual([]);
});
