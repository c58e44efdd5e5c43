// Tests the verification of a log from its files alone: an intact log passes. Altered, missing, rolled back and
// wrongly signed files are reported with their positions.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatCheckpoint } from '../../../../events/log/checkpoint.ts';
import { packEntries, unpackEntries } from '../../../../events/log/entries.ts';
import { parseVkey, vkeyOf } from '../../../../events/log/keys.ts';
import { cosign, formatNote, signNote } from '../../../../events/log/note.ts';
import { entriesPath, parsePath, tilePath } from '../../../../events/log/paths.ts';
import {
  openOwn,
  verifyLog,
  type Earlier,
  type Verification,
} from '../../../../domain/log/verify/verify-log.ts';
import { seedSigner } from '../../../support/logs/signers.ts';
import {
  checkpointOf,
  eventOf,
  eventsOf,
  logKeys,
  logSigner,
  ORIGIN,
  signedLog,
} from '../../../support/logs/signed-log.ts';

type Files = ReadonlyMap<string, Uint8Array>;

const verify = (files: Files, over: Partial<Verification> = {}) =>
  verifyLog(async (path) => files.get(path), { verifiers: logKeys, ...over });

const findingsIn = async (files: Files, over: Partial<Verification> = {}) =>
  (await verify(files, over)).findings;

/** Returns the log with some files changed; undefined removes a file. */
const changed = (files: Files, changes: Readonly<Record<string, Uint8Array | undefined>>): Files => {
  const others = new Map(files);
  for (const [path, bytes] of Object.entries(changes)) {
    expect(files.has(path), path).toBe(true);
    if (bytes) others.set(path, bytes);
    else others.delete(path);
  }
  return others;
};

const flipped = (bytes: Uint8Array | undefined, at: number): Uint8Array =>
  Uint8Array.from(bytes ?? [], (byte, index) => (index === at ? byte ^ 1 : byte));

/** Returns the same event with another recorder. */
const forged = (entry: Uint8Array): Uint8Array =>
  Buffer.from(Buffer.from(entry).toString().replace('"tester"', '"forger"'));

const forgedAt = (entries: readonly Uint8Array[], at: number): Uint8Array[] =>
  entries.map((entry, index) => (index === at ? forged(entry) : entry));

const tampered = (files: Files, path: string, at: number): Uint8Array =>
  packEntries(forgedAt(unpackEntries(files.get(path) ?? new Uint8Array()), at));

const whole = new Map<number, Promise<Files>>();
const logOf = (size: number): Promise<Files> => {
  const files = whole.get(size) ?? signedLog(eventsOf(size));
  whole.set(size, files);
  return files;
};

const earlierOf = async (size: number): Promise<Earlier> => {
  const { root } = openOwn(await checkpointOf(eventsOf(10_000).slice(0, size)), logKeys);
  return { name: `seen-${size}`, size, root };
};

test.each([0, 1, 2, 255, 256, 257, 1_000, 65_536, 66_000])(
  'an intact log of %i entries is verified',
  async (size) => {
    const entries = eventsOf(size);
    const [seen, steps]: [string[], number[]] = [[], []];
    const verdict = await verify(await signedLog(entries), {
      entry: (position, bytes) => (seen[position] = Buffer.from(bytes).toString()),
      progress: (done, total) => steps.push(done, total),
    });
    expect(verdict).toMatchObject({ findings: [], faults: 0, checkpoint: { origin: ORIGIN, size } });
    expect(verdict.signatures).toMatchObject([{ name: ORIGIN }]);
    expect(seen).toEqual(entries.map((entry) => Buffer.from(entry).toString()));
    expect(size === 0 || steps.at(-2)).toBe(size === 0 || size);
  },
);

test('a log is verified from full files if the partial ones were deleted', async () => {
  const [small, large] = [await signedLog(eventsOf(66_000).slice(0, 996)), await logOf(66_000)];
  const pruned = changed(small, {
    [entriesPath(3, 228)]: undefined,
    [tilePath({ level: 0, index: 3, width: 228 })]: undefined,
    [tilePath({ level: 1, index: 0, width: 3 })]: undefined,
  });
  expect(await findingsIn(new Map([...large, ...pruned]))).toEqual([]);
});

test('an intact log is consistent with every earlier checkpoint', async () => {
  const earlier = await Promise.all([0, 1, 255, 256, 257, 600, 999, 1_000].map(earlierOf));
  const files = await signedLog(eventsOf(10_000).slice(0, 1_000));
  // An earlier log may end within a commit. Only its last commit is incomplete then.
  const findings = await findingsIn(files, { earlier });
  expect(findings.filter(({ what }) => !what.includes('ends within'))).toEqual([]);
});

test.each([
  [1_000, 0],
  [1_000, 300],
  [1_000, 999],
  [66_000, 65_535],
])('an altered entry is reported with its position: of %i entries the one at %i', async (size, position) => {
  const files = await logOf(size);
  const bundle = Math.floor(position / 256);
  const path = entriesPath(bundle, Math.min(256, size - bundle * 256));
  const bad = changed(files, { [path]: tampered(files, path, position % 256) });
  expect(await findingsIn(bad)).toEqual([
    { position, path, what: 'the entry was altered: the tree has another hash at this position' },
  ]);
});

test('an entry that was altered together with its tile is found by the tile above', async () => {
  const files = await logOf(66_000);
  const [path, tile] = [entriesPath(3), tilePath({ level: 0, index: 3, width: 256 })];
  const entries = tampered(files, path, 7);
  const other = await signedLog(unpackEntries(entries));
  const bad = changed(files, {
    [path]: entries,
    [tile]: other.get(tilePath({ level: 0, index: 0, width: 256 })),
  });
  const findings = await findingsIn(bad);
  expect(findings).toContainEqual(
    expect.objectContaining({ position: 768, path: tilePath({ level: 1, index: 0, width: 256 }) }),
  );
  expect(findings.at(-1)).toMatchObject({
    path: 'checkpoint',
    what: expect.stringContaining('was signed'),
  });
});

test('an entry that was altered together with all its tiles is found by the signed root', async () => {
  const entries = eventsOf(1_000);
  const bad = changed(await signedLog(forgedAt(entries, 300)), {
    checkpoint: await checkpointOf(entries),
  });
  expect(await findingsIn(bad)).toEqual([
    { path: 'checkpoint', what: expect.stringMatching(/^the entries have the root .* was signed$/) },
  ]);
});

describe('an altered or missing file', () => {
  test('an altered or missing file is reported with the position of the first affected entry', async () => {
    for (const size of [1_000, 66_000]) {
      const files = await logOf(size);
      // For the large log, one file of each kind: the first, and those that only a large log has.
      const paths = [...files.keys()].filter(
        (path) => size === 1_000 || /\/(?:000|257\.p\/208|001\.p\/1)$/.test(path),
      );
      for (const path of paths.filter((each) => each.startsWith('tile/'))) {
        const named = parsePath(path);
        const position =
          named && 'level' in named ? named.index * 256 ** (named.level + 1) : (named?.bundle ?? 0) * 256;
        const findings = await findingsIn(changed(files, { [path]: undefined }));
        expect(findings).toEqual([{ position, path, what: 'is missing' }]);
      }
    }
  });

  test('every altered bit of a file is found', async () => {
    const files = await logOf(1_000);
    const paths = [...files.keys()].filter((path) => path !== 'vkey');
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), fc.nat(), async (path, at) => {
        const bytes = files.get(path) ?? new Uint8Array();
        const { faults } = await verify(changed(files, { [path]: flipped(bytes, at % bytes.length) }));
        expect(faults).toBeGreaterThan(0);
      }),
      { numRuns: 100 },
    );
  });

  test('an altered tile is reported, and not the unaltered entry', async () => {
    const files = await logOf(1_000);
    for (const [index, width, byte] of [
      [1, 256, 32 * 44],
      [3, 232, 32 * 10],
    ] as const) {
      const path = tilePath({ level: 0, index, width });
      expect(await findingsIn(changed(files, { [path]: flipped(files.get(path), byte) }))).toEqual([
        { position: index * 256 + byte / 32, path, what: expect.stringMatching(/^the tile was altered/) },
      ]);
    }
  });

  test('if an entry and its tile were altered, the rest of the log is still checked', async () => {
    const files = await logOf(1_000);
    const bad = changed(files, {
      [entriesPath(1)]: undefined,
      [tilePath({ level: 0, index: 1, width: 256 })]: undefined,
      [entriesPath(2)]: tampered(files, entriesPath(2), 0),
    });
    expect((await findingsIn(bad)).map(({ position, path }) => [position, path])).toEqual([
      [256, entriesPath(1)],
      [256, tilePath({ level: 0, index: 1, width: 256 })],
      [512, entriesPath(2)],
    ]);
  });

  test('a truncated file is reported as damaged', async () => {
    const files = await logOf(1_000);
    const path = entriesPath(1);
    const bad = changed(files, { [path]: files.get(path)?.subarray(0, 5_000) });
    expect(await findingsIn(bad)).toEqual([
      { position: 256, path, what: expect.stringMatching(/^is damaged/) },
    ]);
  });
});

describe('the checkpoint of a log', () => {
  const other = seedSigner(ORIGIN, 'ab'.repeat(32));

  test('a missing or invalid checkpoint is reported, because the log cannot be verified without it', async () => {
    const files = await logOf(257);
    expect(await findingsIn(changed(files, { checkpoint: undefined }))).toEqual([
      { path: 'checkpoint', what: expect.stringContaining('is missing') },
    ]);
    const none = Buffer.from('hello\n');
    expect(await findingsIn(changed(files, { checkpoint: none }))).toHaveLength(1);
  });

  test('a checkpoint of another key is reported, and the entries are checked nevertheless', async () => {
    const entries = eventsOf(257);
    const files = changed(await signedLog(entries), { checkpoint: await checkpointOf(entries, [other]) });
    const verdict = await verify(files);
    expect(verdict.findings).toEqual([
      { path: 'checkpoint', what: expect.stringContaining('has no signature of') },
    ]);
    expect(verdict).toMatchObject({ signatures: [], checkpoint: { size: 257 } });
  });

  test('a checkpoint that two keys signed is verified with either key', async () => {
    const entries = eventsOf(257);
    const files = changed(await signedLog(entries), {
      checkpoint: await checkpointOf(entries, [other, logSigner]),
    });
    for (const { publicKey } of [other, logSigner])
      expect(await findingsIn(files, { verifiers: [parseVkey(vkeyOf(ORIGIN, publicKey))] })).toEqual([]);
  });

  test('a checkpoint must be cosigned by each requested witness', async () => {
    const entries = eventsOf(257);
    const files = await signedLog(entries);
    const witness = seedSigner('witness.example');
    const verifiers = [...logKeys, parseVkey(vkeyOf(witness.name, witness.publicKey, 4))];
    expect(await findingsIn(files, { verifiers })).toEqual([
      {
        path: 'checkpoint',
        what: expect.stringMatching(/^the witness witness\.example\+\w+ did not cosign/),
      },
    ]);
    const { size, root } = openOwn(files.get('checkpoint') ?? new Uint8Array(), logKeys);
    const note = await signNote(formatCheckpoint({ origin: ORIGIN, size, root }), [logSigner]);
    const signatures = [...note.signatures, await cosign(note.text, 1_700_000_000, witness)];
    const verdict = await verify(changed(files, { checkpoint: formatNote({ ...note, signatures }) }), {
      verifiers,
    });
    expect(verdict.findings).toEqual([]);
    expect(verdict.signatures).toMatchObject([{ name: ORIGIN }, { time: 1_700_000_000 }]);
  });

  test('a checkpoint that is smaller than an earlier one is reported as rolled back', async () => {
    const files = await logOf(257);
    expect(await findingsIn(files, { earlier: [await earlierOf(600)] })).toEqual([
      {
        position: 257,
        path: 'checkpoint',
        what: 'the log was rolled back: seen-600 has 600 entries, the checkpoint 257',
      },
    ]);
  });

  test('a checkpoint that contradicts an earlier one of any size is reported', async () => {
    const entries = eventsOf(1_000);
    const files = await signedLog(forgedAt(entries, 10));
    for (const size of [11, 256, 700, 1_000]) {
      const { root } = openOwn(await checkpointOf(entries.slice(0, size)), logKeys);
      const [finding, ...more] = await findingsIn(files, { earlier: [{ name: 'seen', size, root }] });
      expect(finding?.what).toMatch(
        size === 1_000 ? /contradict each other/ : /is not append-only: its first/,
      );
      expect(more).toEqual([]);
    }
    const { root } = openOwn(await checkpointOf(entries.slice(0, 10)), logKeys);
    expect(await findingsIn(files, { earlier: [{ name: 'seen', size: 10, root }] })).toEqual([]);
    expect(await findingsIn(files, { earlier: [{ name: 'seen', size: 0, root }] })).toHaveLength(1);
  });
});

describe('events of a log', () => {
  const findings = async (...entries: Uint8Array[]) => findingsIn(await signedLog(entries));
  const a = (revision: number, n = 1, of = 1) => eventOf('meeting-a', revision, n, of);
  const b = (revision: number) => eventOf('meeting-b', revision);

  test('the revisions of each stream must be in order and without gaps', async () => {
    expect(await findings(a(1), b(1), a(2), a(3), b(2))).toEqual([]);
    const outOfOrder = (position: number, revision: number, expected: number) => ({
      position,
      what: `event 1 of 1 of revision ${revision} of meeting-a is out of order: revision ${expected} of this stream is expected here`,
    });
    expect(await findings(a(2))).toEqual([outOfOrder(0, 2, 1)]);
    expect(await findings(a(1), b(1), a(3))).toEqual([outOfOrder(2, 3, 2)]);
    expect(await findings(a(1), a(1))).toEqual([outOfOrder(1, 1, 2)]);
    expect(await findings(a(1), a(2), a(1), a(2))).toEqual([outOfOrder(2, 1, 3)]);
  });

  test('the events of a commit must be adjacent and complete', async () => {
    expect(await findings(a(1, 1, 3), a(1, 2, 3), a(1, 3, 3), a(2))).toEqual([]);
    const at = async (...entries: Uint8Array[]) =>
      (await findings(...entries)).map(({ position }) => position);
    expect(await at(a(1, 1, 2), b(1), a(1, 2, 2))).toEqual([1, 2]);
    expect(await at(a(1, 1, 3), a(1, 3, 3))).toEqual([1]);
    expect(await at(a(1, 1, 3), a(1, 2, 2))).toEqual([1]);
    expect(await at(a(1, 2, 2))).toEqual([0]);
    expect(await at(a(1), a(2, 1, 2))).toEqual([1]);
  });

  test('entries must be events whose ids belong to their streams', async () => {
    for (const text of ['', 'null', '[]', '{"a":1}', '{"specversion":"1.0"', '\u{feff}{}'])
      expect(await findings(Buffer.from(text)), text).toEqual([
        { position: 0, what: expect.stringMatching(/^the entry is not an event/) },
      ]);
    const replaced = (from: string, to: string) =>
      Buffer.from(Buffer.from(a(1)).toString().replace(from, to));
    expect(await findings(replaced('meeting-a_', 'meeting-b_'))).toEqual([
      { position: 0, what: 'the id of event meeting-b_1-1 does not belong to its stream, meeting-a' },
    ]);
    expect(await findings(replaced('"revision":1', '"revision":0'))).toHaveLength(1);
    expect(await findings(replaced('"n":1', '"n":2'))).toHaveLength(1);
    expect(await findings(replaced('"of":1', '"of":1.5'))).toHaveLength(1);
    expect(await findings(Buffer.from([0xff]))).toHaveLength(1);
  });

  test('unreadable events do not prevent checks of the other events', async () => {
    const files = await signedLog([...eventsOf(900).slice(0, 300), b(9), ...eventsOf(900).slice(300)]);
    const bad = changed(files, { [entriesPath(0)]: undefined });
    expect((await findingsIn(bad)).map(({ path }) => path)).toEqual([entriesPath(0)]);
  });
});

test('the first 100 faults are listed, and all are counted', async () => {
  const files = await signedLog(Array.from({ length: 400 }, () => Buffer.from('x')));
  const { findings, faults } = await verify(files);
  expect([findings.length, faults]).toEqual([100, 400]);
});
