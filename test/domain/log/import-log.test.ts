// Tests the import of a log: the root and the order stay the same, and interrupted imports resume. Nothing else is
// sequenced meanwhile, and an archive that is not empty is refused.
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { toBase64 } from '../../../events/log/base64.ts';
import { readHead } from '../../../domain/log/head.ts';
import { publishKeys } from '../../../domain/log/log-identity.ts';
import { sequencedRevision } from '../../../domain/log/positions.ts';
import {
  beginImport,
  importLog,
  ImportRefused,
  readTarget,
  type Imported,
  type Importer,
} from '../../../domain/log/import-log.ts';
import { replay } from '../../../domain/log/replay.ts';
import { sequence } from '../../../domain/log/sequencer.ts';
import { openOwn } from '../../../domain/log/verify/verify-log.ts';
import { faultOf, faultyProcess, fates, late, type Conditions, type Fate } from '../../support/faults.ts';
import { realIdentity } from '../../support/logs/identity.ts';
import { memoryBlobs, type MemoryBlobs } from '../../support/stores/memory-blobs.ts';
import {
  commitOf,
  extend,
  faultsIn,
  sequencerFixture,
  type SequencerFixture,
} from '../../support/logs/sequenced.ts';
import { eventOf, eventsOf, logKeys, signedLog } from '../../support/logs/signed-log.ts';

interface Target extends SequencerFixture {
  readonly articles: MemoryBlobs;
}

const target = (): Target => ({ ...sequencerFixture(), articles: memoryBlobs() });

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const text = (name: string): Uint8Array => Buffer.from(`The text of ${name}.`);
const articleId = (name: string): string => `article-${sha256(text(name))}`;

/** Creates an importer under these conditions. */
function importer(of: Target, conditions: Conditions = { fate: () => 'pass' }, under = late()) {
  const process = faultyProcess(conditions, under);
  const state = process.table(of.state);
  const into: Importer = {
    store: process.store(of.store),
    state,
    log: process.blobs(of.log),
    articles: process.blobs(of.articles),
    identity: process.identity(of.identity),
    sweep: async () => {
      const streams = [];
      for (const stream of of.store.streams())
        if ((await sequencedRevision(of.state, stream)) < of.store.commits(stream).length)
          streams.push(stream);
      return { streams };
    },
    sha256,
    alarm: () => {},
  };
  return { into, calls: process.calls };
}

/** Returns a log to import, with the texts of some articles. */
async function logOf(entries: readonly Uint8Array[], over: Partial<Imported> = {}): Promise<Imported> {
  const files = await signedLog(entries);
  const { size, root } = openOwn(files.get('checkpoint') ?? new Uint8Array(), logKeys);
  const texts = new Map(['a', 'b', 'c'].map((name) => [articleId(name), text(name)]));
  return {
    log: {
      get: async (path) => {
        const bytes = files.get(path);
        return bytes && { bytes, etag: '' };
      },
    },
    size,
    root: toBase64(root),
    article: async (id) => texts.get(id),
    withdrawn: new Set(),
    ...over,
  };
}

const archived = (name: string): Uint8Array =>
  Buffer.from(
    Buffer.from(eventOf(articleId(name), 1))
      .toString()
      .replace('"type":"Test"', '"type":"ArticleArchived"'),
  );

async function run({ into }: ReturnType<typeof importer>, from: Imported): Promise<readonly string[]> {
  await beginImport(into);
  return importLog(into, from, () => {});
}

/** Returns the faults of an archive into which all of these entries were imported. */
async function faultsAfter(of: Target, entries: readonly Uint8Array[], from: Imported): Promise<string[]> {
  const { importing, root, size, published } = await readHead(of.state);
  const faults = await faultsIn(of);
  if (importing || root !== from.root || size !== from.size || published !== from.size)
    faults.push(`the head says ${JSON.stringify({ importing, root, size, published })}`);
  const inLog = (await Array.fromAsync(replay(of.log, 0, published))).map(({ bytes }) =>
    Buffer.from(bytes).toString(),
  );
  if (inLog.join('\n') !== entries.map((bytes) => Buffer.from(bytes).toString()).join('\n'))
    faults.push('the log has other entries, or in another order');
  return faults;
}

test.each([0, 1, 300, 2_600])(
  'an import of %i events results in the same root and the same order',
  async (size) => {
    const entries = eventsOf(size);
    const [of, from] = [target(), await logOf(entries)];
    const steps: number[] = [];
    const { into } = importer(of);
    await beginImport(into);
    expect(await importLog(into, from, (done) => steps.push(done))).toEqual([]);
    expect(await faultsAfter(of, entries, from)).toEqual([]);
    expect([steps[0], steps.at(-1)]).toEqual([0, size]);
  },
);

test('the sequencer appends new events after an import', async () => {
  const of = target();
  await run(importer(of), await logOf(eventsOf(300)));
  await extend(of, 'statement-new', [2, 1]);
  await sequence({ ...of, alarm: () => {} }, ['statement-new']);
  expect((await readHead(of.state)).published).toBe(303);
  expect(await faultsIn(of)).toEqual([]);
});

test('an import copies the bytes of articles and checks them against their ids', async () => {
  const entries = [archived('a'), ...eventsOf(10), archived('b')];
  const [of, from] = [target(), await logOf(entries)];
  await run(importer(of), from);
  for (const name of ['a', 'b']) {
    const stored = await of.articles.get(sha256(text(name)));
    expect(Buffer.from(stored?.bytes ?? []).toString()).toBe(`The text of ${name}.`);
  }
  expect(of.articles.keys()).toHaveLength(2);
  const forged = importer(target());
  await expect(run(forged, await logOf(entries, { article: async () => text('another') }))).rejects.toThrow(
    'differs from its id',
  );
});

test('an import is refused if other bytes are stored as those of an article', async () => {
  const of = target();
  await of.articles.create(sha256(text('a')), text('forged'));
  await expect(run(importer(of), await logOf([archived('a')]))).rejects.toThrow(
    'other bytes are stored as those of article-',
  );
});

test('an import accepts withdrawn articles without bytes, and returns their ids', async () => {
  const entries = [archived('a'), archived('gone'), ...eventsOf(10)];
  const of = target();
  const from = await logOf(entries, { withdrawn: new Set([articleId('gone')]) });
  expect(await run(importer(of), from)).toEqual([articleId('gone')]);
  expect(await faultsAfter(of, entries, from)).toEqual([]);
  await expect(run(importer(target()), await logOf(entries))).rejects.toThrow(
    /are missing from the imported archive/,
  );
});

test('an import that stopped at missing bytes resumes where it stopped', async () => {
  const entries = [...eventsOf(1_100), archived('gone')];
  const of = target();
  await expect(run(importer(of), await logOf(entries))).rejects.toThrow(ImportRefused);
  expect((await readHead(of.state)).published).toBeGreaterThan(1_000);
  const from = await logOf(entries, { article: async () => text('gone') });
  await run(importer(of), from);
  expect(await faultsAfter(of, entries, from)).toEqual([]);
});

test('events of other streams are sequenced only after an import has ended', async () => {
  const of = target();
  const { into } = importer(of);
  await beginImport(into);
  await extend(of, 'statement-other', [1]);
  await sequence({ ...of, alarm: () => {} }, ['statement-other']);
  expect((await readHead(of.state)).size).toBe(0);
  const from = await logOf(eventsOf(300));
  await importLog(into, from, () => {});
  expect((await readHead(of.state)).root).toBe(from.root);
  await sequence({ ...of, alarm: () => {} }, ['statement-other']);
  expect((await readHead(of.state)).published).toBe(301);
  expect(await faultsIn(of)).toEqual([]);
});

test('an import stops if another event has the place of an imported one', async () => {
  const of = target();
  const { into } = importer(of);
  await beginImport(into);
  await of.store.append(commitOf('meeting-1', 1));
  await expect(importLog(into, await logOf(eventsOf(300)), () => {})).rejects.toThrow(
    'revision 1 of meeting-1 has other events',
  );
});

test('an import is refused at its end if its result differs from the verified log', async () => {
  const of = target();
  const from = await logOf(eventsOf(300));
  await expect(run(importer(of), { ...from, root: toBase64(new Uint8Array(32)) })).rejects.toThrow(
    'were verified: a log changed during the import',
  );
});

test('an import into an archive with events is refused, whether or not they are sequenced', async () => {
  const sequenced = target();
  await extend(sequenced, 'meeting-a', [1]);
  await expect(readTarget(importer(sequenced).into)).rejects.toThrow('this archive is not empty');
  await sequence({ ...sequenced, alarm: () => {} }, ['meeting-a']);
  await expect(beginImport(importer(sequenced).into)).rejects.toThrow('this archive is not empty');
  expect((await readHead(sequenced.state)).importing).toBeUndefined();
});

test('an import into an archive is refused if other keys sign its log', async () => {
  const of = target();
  await publishKeys(of.log, realIdentity);
  await expect(beginImport(importer(of).into)).rejects.toThrow(/is signed by archive\.example\/log\+/);
  await publishKeys(of.log, of.identity);
  await beginImport(importer(of).into);
});

test('an import into an archive with a completed import is refused', async () => {
  const of = target();
  await run(importer(of), await logOf(eventsOf(5)));
  await expect(readTarget(importer(of).into)).rejects.toThrow('this archive is not empty');
});

describe('an import with a fault at one call', () => {
  const entries = [archived('a'), ...eventsOf(1_290)];

  test.each(['fail', 'lose', 'late', 'crash', 'crash-after'] as const)(
    'an import that meets this fault at any call can be resumed: %s',
    async (fate) => {
      const from = await logOf(entries);
      const first = importer(target());
      await run(first, from);
      const calls = first.calls();
      expect(calls).toBeGreaterThan(100);
      // Every call of the beginning and of the end, and some between.
      for (let at = 1; at <= calls; at += at < 25 || at > calls - 60 ? 1 : 39) {
        const [of, under] = [target(), late()];
        const fateOf: Conditions['fate'] = ({ number, kind }) =>
          number === at && (fates[kind] as readonly Fate[]).includes(fate) ? fate : 'pass';
        const fault = await faultOf(run(importer(of, { fate: fateOf }, under), from));
        // Pending writes take effect before the import is resumed, or after it.
        if (fault && at % 2 === 0) await under.land();
        const done = await readHead(of.state);
        if (done.importing || done.size === 0) await run(importer(of), from);
        await under.land();
        expect(await faultsAfter(of, entries, from), `${fate} at call ${at}`).toEqual([]);
      }
    },
  );
});
