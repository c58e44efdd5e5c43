// Tests the conflicts that stop the sequencer before it contradicts the published log: altered files, a head that was
// reset, a foreign checkpoint. Also tests what the sequencer repairs by itself.
import { describe, expect, test } from 'vitest';
import { formatCheckpoint } from '../../../events/log/checkpoint.ts';
import { formatNote, signNote } from '../../../events/log/note.ts';
import { readConsistentHead } from '../../../domain/log/checkpoint-publisher.ts';
import { readHead } from '../../../domain/log/head.ts';
import { identityOf } from '../../../domain/log/log-identity.ts';
import { LogConflict } from '../../../domain/log/log-files.ts';
import { positionOf } from '../../../domain/log/positions.ts';
import { sequence } from '../../../domain/log/sequencer.ts';
import { realIdentity } from '../../support/logs/identity.ts';
import {
  entriesOf,
  extend,
  faultsIn,
  sequencerFixture,
  type SequencerFixture,
} from '../../support/logs/sequenced.ts';
import { seedSigner } from '../../support/logs/signers.ts';

interface Stopped {
  readonly error: LogConflict;
  readonly alarms: readonly string[];
}

async function run(of: SequencerFixture): Promise<Stopped | undefined> {
  const alarms: string[] = [];
  const alarm = (what: string): void => void alarms.push(what);
  try {
    await sequence({ ...of, alarm }, of.store.streams());
    return undefined;
  } catch (error) {
    if (!(error instanceof LogConflict)) throw error;
    return { error, alarms };
  }
}

/** Sequences everything and expects the sequencer to stop every time for this reason, without a signature. */
async function expectStopped(of: SequencerFixture, reason: RegExp, position?: number): Promise<void> {
  const before = [of.signed.length, await of.log.get('checkpoint'), (await readHead(of.state)).published];
  for (let tries = 0; tries < 3; tries++) {
    const { error, alarms } = (await run(of)) ?? {};
    expect(error?.message).toMatch(reason);
    expect(error?.position).toBe(position);
    expect(alarms).toEqual([`the log is stopped: ${error?.message}`]);
  }
  expect([of.signed.length, await of.log.get('checkpoint'), (await readHead(of.state)).published]).toEqual(
    before,
  );
}

async function archive(
  counts: readonly number[],
  over: Partial<SequencerFixture> = {},
): Promise<SequencerFixture> {
  const of = { ...sequencerFixture(), ...over };
  await extend(of, 'meeting-a', counts);
  expect(await run(of)).toBeUndefined();
  return of;
}

async function change(
  of: SequencerFixture,
  key: string,
  bytes: (stored: Uint8Array) => Uint8Array,
): Promise<void> {
  const file = await of.log.get(key);
  expect(await of.log.replace(key, bytes(file?.bytes ?? new Uint8Array()), file?.etag)).toBe(true);
}
const flip =
  (at: number) =>
  (bytes: Uint8Array): Uint8Array =>
    bytes.with(at, (bytes[at] ?? 0) ^ 1);

test('a log file with other bytes than decided stops the sequencer before anything is published, and is named', async () => {
  const of = await archive([1]);
  await extend(of, 'meeting-a', [1]);
  await of.log.create('tile/entries/000.p/2', Buffer.from('another history'));
  await expectStopped(of, /^tile\/entries\/000\.p\/2 has other bytes than the head decided/, 0);
  expect(await readHead(of.state)).toMatchObject({ size: 2, published: 1 });
  expect(await entriesOf(of)).toEqual(['meeting-a/1/1']);
  expect(await positionOf(of.state, 'meeting-a', 2)).toBeUndefined();
});
test.each([
  ['tile/entries/000.p/4', 'entry', -1, 3],
  ['tile/0/000.p/4', 'hash', 2 * 32, 2],
])(
  'a log file with other bytes (%s) is named with its first differing %s, and the right file resolves the conflict',
  async (key, _, at, position) => {
    const right = (await archive([1, 1, 1, 1])).log.bytes(key);
    const of = await archive([1]);
    await extend(of, 'meeting-a', [1, 1, 1]);
    await of.log.create(key, flip(at < 0 ? right.length + at : at)(right));
    await expectStopped(of, /^tile\/\S+ has other bytes than the head decided/, position);
    await change(of, key, () => right);
    expect(await run(of)).toBeUndefined();
    expect(await faultsIn(of)).toEqual([]);
  },
);
test('an altered partial bundle stops the sequencer', async () => {
  const of = await archive([2, 1]);
  await change(of, 'tile/entries/000.p/3', (bytes) => flip(bytes.length - 3)(bytes));
  await extend(of, 'meeting-a', [1]);
  await expectStopped(of, /^an entry does not match its tile/, 2);
  expect(await readHead(of.state)).toMatchObject({ size: 3, published: 3 });
});
test('an altered tile stops the sequencer before it decides a batch', async () => {
  const of = await archive([300]);
  await change(of, 'tile/1/000.p/1', flip(5));
  await extend(of, 'meeting-a', [1]);
  await expectStopped(of, /^the tiles of the log have another root than the head at 300 entries/);
  expect(await readHead(of.state)).toMatchObject({ size: 300, published: 300 });
});
test.each([
  ['tile/0/001.p/44', undefined],
  ['tile/1/000.p/1', undefined],
  ['tile/entries/001.p/44', undefined],
])('a missing log file stops the sequencer: %s', async (key) => {
  const of = await archive([300]);
  of.log.remove(key);
  await extend(of, 'meeting-a', [1]);
  await expectStopped(of, new RegExp(`^${key.replaceAll('.', '\\.')} is missing from the log`));
});
test.each([
  ['a byte less', (bytes: Uint8Array) => bytes.subarray(1)],
  ['a hash more', (bytes: Uint8Array) => Buffer.concat([bytes, bytes.subarray(0, 32)])],
])('a tile with %s stops the sequencer', async (_, changed) => {
  const of = await archive([300]);
  await change(of, 'tile/0/001.p/44', changed);
  await extend(of, 'meeting-a', [1]);
  await expectStopped(of, /^tile\/0\/001\.p\/44: the tile has \d+ bytes instead of 44 hashes of 32/, 256);
});
test('a missing partial file does not stop the sequencer if the full file exists', async () => {
  const of = await archive([200]);
  const later = await archive([200, 60]);
  for (const key of ['tile/0/000.p/200', 'tile/entries/000.p/200']) of.log.remove(key);
  for (const key of ['tile/0/000', 'tile/entries/000']) await of.log.create(key, later.log.bytes(key));
  await extend(of, 'meeting-a', [60]);
  expect(await run(of)).toBeUndefined();
  expect(await faultsIn(of)).toEqual([]);
});

describe('a head that was reset', () => {
  /** Returns the tables of an earlier time with the log of today. */
  async function reset(counts: readonly number[], more: readonly number[]): Promise<SequencerFixture> {
    const of = await archive(counts);
    const state = of.state.copy();
    await extend(of, 'meeting-a', more);
    await run(of);
    return { ...of, state };
  }
  test('a head that was reset to the past stops the sequencer, and the error says what to do', async () => {
    const of = await reset([1, 2], [1, 1]);
    await expectStopped(
      of,
      /^the published checkpoint has 5 entries and the head 3: the table was restored to the past; sequencing stops until the operator has repaired it \(docs\/log\.md\)/,
      3,
    );
    await expect(readConsistentHead(of)).rejects.toBeInstanceOf(LogConflict);
  });
  test('a missing head stops the sequencer if a checkpoint is published', async () => {
    const of = await archive([1, 2]);
    await expectStopped(
      { ...of, state: sequencerFixture().state },
      /^the published checkpoint has 3 entries and the head 0/,
      0,
    );
  });
  test('a head that was reset and grew to the same size with other entries stops the sequencer', async () => {
    const of = await reset([1], [1]);
    const other = await archive([1, 3]);
    await extend(other, 'meeting-b', [1]);
    const two = await archive([1]);
    await extend(two, 'statement-z', [1]);
    await run(two);
    await expectStopped(
      { ...two, log: of.log },
      /^the published checkpoint and the head have different roots at 2 entries/,
    );
  });
  test('a head that was reset and grew further with other entries stops the sequencer', async () => {
    const of = await reset([1], [1]);
    const checkpoint = of.log.bytes('checkpoint');
    const three = await archive([1]);
    await extend(three, 'statement-z', [1, 1]);
    await run(three);
    await extend(three, 'statement-z', [1]);
    await change(three, 'checkpoint', () => checkpoint);
    await expectStopped(three, /^the published checkpoint of 2 entries is not a prefix of the log/);
  });
});

describe('a checkpoint of another log', () => {
  const signedBy = async (key: string, origin: string): Promise<Uint8Array> => {
    const root = new Uint8Array(32);
    return formatNote(await signNote(formatCheckpoint({ origin, size: 1, root }), [seedSigner(key)]));
  };
  test.each([
    [
      'another origin',
      'archive.example/other',
      'archive.example/other',
      /is of archive\.example\/other, not of/,
    ],
    ['another key', 'archive.example/other', 'archive.example/log', /no signature of/],
  ])('a published checkpoint with %s stops the sequencer', async (_, key, origin, reason) => {
    const of = await archive([1, 1], { identity: realIdentity });
    const other = await signedBy(key, origin);
    await change(of, 'checkpoint', () => other);
    await expectStopped(of, reason);
  });
  test.each([
    [
      'a signature that does not verify',
      (bytes: Uint8Array) => bytes.with(bytes.length - 20, 0x41),
      /does not verify/,
    ],
    ['nothing', () => new Uint8Array(), /has no blank line/],
  ])('a published checkpoint with %s stops the sequencer', async (_, changed, reason) => {
    const of = await archive([1, 1], { identity: realIdentity });
    await change(of, 'checkpoint', changed);
    await expectStopped(of, reason);
  });
});

test('a missing checkpoint is published again, and nothing is lost', async () => {
  const of = await archive([1, 2]);
  of.log.remove('checkpoint');
  expect(await run(of)).toBeUndefined();
  expect(await faultsIn(of)).toEqual([]);
});
test('an older checkpoint is replaced by that of the head', async () => {
  const of = await archive([1]);
  const old = of.log.bytes('checkpoint');
  await extend(of, 'meeting-a', [2, 1]);
  await run(of);
  await change(of, 'checkpoint', () => old);
  expect(await run(of)).toBeUndefined();
  expect(await faultsIn(of)).toEqual([]);
});

describe('the rotation of a signing key', () => {
  const [old, fresh] = ['11', '22'].map((seed) => seedSigner('archive.example/log', seed.repeat(32)));
  test('a new key signs together with the old key, and then alone', async () => {
    if (!old || !fresh) throw new Error('two keys');
    const only = await archive([1], { identity: identityOf([old]) });
    const both = { ...only, identity: identityOf([old, fresh]) };
    await extend(both, 'meeting-a', [1]);
    expect(await run(both)).toBeUndefined();
    for (const identity of [only.identity, identityOf([fresh])])
      expect((await readConsistentHead({ ...both, identity })).checkpoint).toMatchObject({ size: 2 });
    const alone = { ...only, identity: identityOf([fresh]) };
    await extend(alone, 'meeting-a', [1]);
    expect(await run(alone)).toBeUndefined();
    expect((await readConsistentHead(alone)).checkpoint).toMatchObject({ size: 3 });
  });
  test('a new key cannot replace the old key at once, because readers would not know it', async () => {
    if (!old || !fresh) throw new Error('two keys');
    const of = await archive([1], { identity: identityOf([old]) });
    await expectStopped(
      { ...of, identity: identityOf([fresh]) },
      /no signature of .*restore the origin and the key/,
    );
  });
});
