// The contract of every event store: acknowledged commits are stored once and read whole, byte for byte. Each test uses new
// streams, so a suite may run against a store that has other streams.
import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TooLarge, type Commit, type EventStore } from '../../domain/ports.ts';

export interface OpenEventStore {
  readonly store: EventStore;
  close(): Promise<void>;
}

export function eventStoreContract(name: string, open: () => Promise<OpenEventStore>): void {
  describe(`${name} keeps the contract of an event store`, () => {
    let opened: OpenEventStore;
    let store: EventStore;
    beforeAll(async () => {
      opened = await open();
      ({ store } = opened);
    });
    afterAll(() => opened.close());

    const stored = async (stream: string, after?: number): Promise<Plain[]> =>
      (await Array.fromAsync(store.read(stream, after))).map(plain);

    test('a read returns an appended commit', async () => {
      const stream = freshStream();
      expect(await store.append(commit(stream, 1))).toBeUndefined();
      expect(await stored(stream)).toEqual([plain(commit(stream, 1))]);
    });

    test('a read of a stream without commits is empty', async () => {
      expect(await stored(freshStream())).toEqual([]);
    });

    test('a commit keeps its receipt, and a commit without one has no receipt', async () => {
      const stream = freshStream();
      const bare: Commit = { ...commit(stream, 1), receipt: { command: 'a1b2' } };
      const full: Commit = {
        ...commit(stream, 2),
        receipt: { command: 'c3d4', similar: ['actor-1', 'actor-é'] },
      };
      for (const each of [bare, full, commit(stream, 3)]) await store.append(each);
      const read = await Array.fromAsync(store.read(stream));
      expect(read.map(({ receipt }) => receipt)).toEqual([bare.receipt, full.receipt, undefined]);
    });

    test('an append to an existing revision returns the stored commit and writes nothing', async () => {
      const stream = freshStream();
      const first: Commit = {
        stream,
        revision: 1,
        events: [json({ said: 'первый' }), json({ said: '二' })],
        receipt: { command: 'first', similar: ['meeting-x'] },
      };
      await store.append(first);
      const refused = await store.append({ ...commit(stream, 1), receipt: { command: 'second' } });
      expect(refused && plain(refused)).toEqual(plain(first));
      expect(await stored(stream)).toEqual([plain(first)]);
    });

    test('a repeated append returns the stored commit, which is the same', async () => {
      const stream = freshStream();
      await store.append(commit(stream, 1));
      const again = await store.append(commit(stream, 1));
      expect(again && plain(again)).toEqual(plain(commit(stream, 1)));
      expect(await stored(stream)).toHaveLength(1);
    });

    test('one of sixteen concurrent appends of one revision succeeds, and the others get its commit', async () => {
      const stream = freshStream();
      const rivals = Array.from({ length: 16 }, (_, rival) => ({
        ...commit(stream, 1),
        events: [json({ rival })],
      }));
      const answers = await Promise.all(rivals.map((rival) => store.append(rival)));
      const winners = rivals.filter((_, rival) => answers[rival] === undefined);
      expect(winners).toHaveLength(1);
      const winner = winners.map(plain);
      expect(await stored(stream)).toEqual(winner);
      const losers = answers.filter((answer) => answer !== undefined);
      expect(losers.map(plain)).toEqual(Array.from({ length: 15 }, () => winner[0]));
    });

    test('concurrent appends to sixteen streams are all stored', async () => {
      const streams = Array.from({ length: 16 }, freshStream);
      for (const revision of [1, 2, 3]) {
        const answers = await Promise.all(streams.map((stream) => store.append(commit(stream, revision))));
        expect(answers).toEqual(streams.map(() => undefined));
      }
      for (const stream of streams) {
        expect(await stored(stream)).toEqual([1, 2, 3].map((revision) => plain(commit(stream, revision))));
      }
    });

    test('a conflict does not affect concurrent appends to other streams', async () => {
      const [taken, ...others] = Array.from({ length: 8 }, freshStream) as [string, ...string[]];
      await store.append(commit(taken, 1));
      const answers = await Promise.all([taken, ...others].map((stream) => store.append(commit(stream, 1))));
      expect(answers.map((answer) => answer === undefined)).toEqual([false, ...others.map(() => true)]);
      for (const stream of others) expect(await stored(stream)).toHaveLength(1);
    });

    test('streams are separate, even if the name of one is a prefix of the other', async () => {
      const stream = freshStream();
      const names = [stream, `${stream}0`, stream.slice(0, -1), stream.toUpperCase()];
      for (const each of names) await store.append(commit(each, 1));
      for (const each of names) expect(await stored(each)).toEqual([plain(commit(each, 1))]);
    });

    test('the events of a commit keep their order', async () => {
      const stream = freshStream();
      const events = Array.from({ length: 40 }, (_, n) => json({ n, shuffled: (n * 17) % 40 }));
      await store.append({ stream, revision: 1, events });
      expect(await stored(stream)).toEqual([plain({ stream, revision: 1, events })]);
    });

    test.each([
      ['short values', [json({}), json(''), json(0), json(null)]],
      [
        'other scripts and planes',
        [json({ a: 'Übung, 北京, العربية, 😀, \u2028, \ufeff, \ufffd' }), json('～😀')],
      ],
      ['escaped newlines and controls', [json('a\nb\r\n\u0000\u007f\u0085'), json('\n'), json('\\n')]],
      ['entries of the maximum length of the log', [text('longest', 65_535), text('longest too', 65_535)]],
    ])('an event store returns exactly the bytes that it got: %s', async (_, events) => {
      const stream = freshStream();
      await store.append({ stream, revision: 1, events });
      for (const [index, event] of events.entries()) {
        await store.append({ stream, revision: index + 2, events: [event] });
      }
      const read = await Array.fromAsync(store.read(stream));
      const expected = [events, ...events.map((event) => [event])];
      expect(read.map(plain)).toEqual(
        expected.map((each, index) => plain({ stream, revision: index + 1, events: each })),
      );
    });

    test('a commit that is too large is rejected with its size and the limit, and nothing is written', async () => {
      const stream = freshStream();
      const events = Array.from({ length: 20 }, (_, n) => text(`large ${n}`, 60_000));
      const refusal = await store.append({ stream, revision: 1, events }).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(TooLarge);
      expect(refusal).toMatchObject({
        limit: expect.any(Number) as number,
        bytes: expect.any(Number) as number,
      });
      expect((refusal as TooLarge).bytes).toBeGreaterThan((refusal as TooLarge).limit);
      expect(await stored(stream)).toEqual([]);
      expect(await store.append(commit(stream, 1))).toBeUndefined();
    });

    test('a commit may have 300 KB', async () => {
      const stream = freshStream();
      const events = Array.from({ length: 5 }, (_, n) => text(`large ${n}`, 60_000));
      await store.append({ stream, revision: 1, events });
      expect(await stored(stream)).toEqual([plain({ stream, revision: 1, events })]);
    });

    test('a stream of 1,200 commits is read whole and in order', async () => {
      const stream = freshStream();
      await appendAll(store, stream, 1_200, (revision) => [json({ revision })]);
      const revisions = (await stored(stream)).map(({ revision }) => revision);
      expect(revisions).toEqual(Array.from({ length: 1_200 }, (_, index) => index + 1));
      expect((await stored(stream, 1_150)).map(({ revision }) => revision)).toEqual(revisions.slice(1_150));
    });

    test('a stream of 3 MB is read whole and in order', async () => {
      const stream = freshStream();
      await appendAll(store, stream, 75, megabytes);
      const read = await stored(stream);
      expect(read).toHaveLength(75);
      for (const [index, each] of read.entries()) {
        expect(each).toEqual(plain({ stream, revision: index + 1, events: megabytes(index + 1) }));
      }
    });

    test('a read begins after the given revision, and is empty at the end of the stream or beyond', async () => {
      const stream = freshStream();
      for (const revision of [1, 2, 3]) await store.append(commit(stream, revision));
      const revisionsAfter = async (after: number) =>
        (await stored(stream, after)).map(({ revision }) => revision);
      expect(await revisionsAfter(0)).toEqual([1, 2, 3]);
      expect(await revisionsAfter(2)).toEqual([3]);
      expect(await revisionsAfter(3)).toEqual([]);
      expect(await revisionsAfter(99)).toEqual([]);
    });

    test('get returns the commit of a revision, or undefined if the stream does not have it', async () => {
      const stream = freshStream();
      expect(await store.get(stream, 1)).toBeUndefined();
      const first: Commit = { ...commit(stream, 1), receipt: { command: 'a1b2' } };
      for (const each of [first, commit(stream, 2)]) {
        await store.append(each);
        const found = await store.get(stream, each.revision);
        expect(found && plain(found)).toEqual(plain(each));
      }
      expect(await store.get(stream, 3)).toBeUndefined();
      expect(await store.get(`${stream}0`, 1)).toBeUndefined();
    });

    test('a read returns every commit that was appended before it began', async () => {
      const stream = freshStream();
      for (let revision = 1; revision <= 20; revision++) {
        await store.append(commit(stream, revision));
        expect(await stored(stream, revision - 1)).toHaveLength(1);
      }
    });

    test('a read that ends early does not block later calls', async () => {
      const stream = freshStream();
      for (const revision of [1, 2, 3]) await store.append(commit(stream, revision));
      for await (const { revision } of store.read(stream)) if (revision === 2) break;
      expect(await store.append(commit(stream, 4))).toBeUndefined();
      expect(await stored(stream)).toHaveLength(4);
    });
  });
}

const freshStream = (): string => `meeting-${randomUUID()}`;

const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

/** Returns a JSON string of this many bytes that hardly compresses. The same seed gives the same string. */
function text(seed: string, bytes: number): Uint8Array {
  const noise = createHash('shake256', { outputLength: bytes }).update(seed).digest('base64url');
  return json(noise.slice(0, bytes - 2));
}

const megabytes = (revision: number): Uint8Array[] => [text(`megabytes ${revision}`, 40_000)];

const commit = (stream: string, revision: number): Commit => ({
  stream,
  revision,
  events: [json({ of: stream, revision, what: 'Der Außenminister sagte: «nein».' })],
});

/** Returns a commit with the bytes of its events as Latin-1, which loses no byte and is readable in failures. */
const plain = ({ events, ...rest }: Commit) => ({
  ...rest,
  events: events.map((event) => Buffer.from(event).toString('latin1')),
});
type Plain = ReturnType<typeof plain>;

async function appendAll(
  store: EventStore,
  stream: string,
  count: number,
  events: (revision: number) => Uint8Array[],
): Promise<void> {
  let last = 0;
  const worker = async () => {
    while (last < count) {
      const revision = ++last;
      const stored = await store.append({ stream, revision, events: events(revision) });
      if (stored !== undefined) throw new Error(`stream ${stream} already has revision ${revision}`);
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
}
