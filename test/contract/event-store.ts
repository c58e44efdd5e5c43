// The contract of every event store: acknowledged commits are durable, written once, and read completely and exactly.
// Each test uses new streams, so that the suite can run on a store that contains other streams.
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

    test('an appended commit is read', async () => {
      const stream = freshStream();
      expect(await store.append(commit(stream, 1))).toBeUndefined();
      expect(await stored(stream)).toEqual([plain(commit(stream, 1))]);
    });

    test('an unknown stream is read as empty', async () => {
      expect(await stored(freshStream())).toEqual([]);
    });

    test('a receipt is stored with its commit, and a commit can lack one', async () => {
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

    test('appending to a taken revision returns the existing commit and writes nothing', async () => {
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

    test('appending the same commit again returns it and writes nothing', async () => {
      const stream = freshStream();
      await store.append(commit(stream, 1));
      const again = await store.append(commit(stream, 1));
      expect(again && plain(again)).toEqual(plain(commit(stream, 1)));
      expect(await stored(stream)).toHaveLength(1);
    });

    test('of 16 concurrent appends of one revision, one wins and 15 get its commit', async () => {
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

    test('16 concurrent appends to 16 streams are all stored', async () => {
      const streams = Array.from({ length: 16 }, freshStream);
      for (const revision of [1, 2, 3]) {
        const answers = await Promise.all(streams.map((stream) => store.append(commit(stream, revision))));
        expect(answers).toEqual(streams.map(() => undefined));
      }
      for (const stream of streams) {
        expect(await stored(stream)).toEqual([1, 2, 3].map((revision) => plain(commit(stream, revision))));
      }
    });

    test('a conflict does not affect concurrent appends', async () => {
      const [taken, ...others] = Array.from({ length: 8 }, freshStream) as [string, ...string[]];
      await store.append(commit(taken, 1));
      const answers = await Promise.all([taken, ...others].map((stream) => store.append(commit(stream, 1))));
      expect(answers.map((answer) => answer === undefined)).toEqual([false, ...others.map(() => true)]);
      for (const stream of others) expect(await stored(stream)).toHaveLength(1);
    });

    test('streams are separate, even if one name begins with the other', async () => {
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
      ['the shortest values', [json({}), json(''), json(0), json(null)]],
      [
        'other scripts and planes',
        [json({ a: 'Übung, 北京, العربية, 😀, \u2028, \ufeff, \ufffd' }), json('～😀')],
      ],
      ['escaped newlines and controls', [json('a\nb\r\n\u0000\u007f\u0085'), json('\n'), json('\\n')]],
      ['the longest entries that the log takes', [text('longest', 65_535), text('longest too', 65_535)]],
    ])('the bytes of events are returned exactly: %s', async (_, events) => {
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

    test('a commit that is too large is refused with its size and the limit, and nothing is written', async () => {
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

    test('a commit of 300 KB is stored', async () => {
      const stream = freshStream();
      const events = Array.from({ length: 5 }, (_, n) => text(`held ${n}`, 60_000));
      await store.append({ stream, revision: 1, events });
      expect(await stored(stream)).toEqual([plain({ stream, revision: 1, events })]);
    });

    test('a stream of 1,200 commits is read completely and in order', async () => {
      const stream = freshStream();
      await appendAll(store, stream, 1_200, (revision) => [json({ revision })]);
      const revisions = (await stored(stream)).map(({ revision }) => revision);
      expect(revisions).toEqual(Array.from({ length: 1_200 }, (_, index) => index + 1));
      expect((await stored(stream, 1_150)).map(({ revision }) => revision)).toEqual(revisions.slice(1_150));
    });

    test('a stream of 3 MB is read completely and in order', async () => {
      const stream = freshStream();
      await appendAll(store, stream, 75, megabytes);
      const read = await stored(stream);
      expect(read).toHaveLength(75);
      for (const [index, each] of read.entries()) {
        expect(each).toEqual(plain({ stream, revision: index + 1, events: megabytes(index + 1) }));
      }
    });

    test('a read begins after the given revision, and is empty at the end of the stream and beyond it', async () => {
      const stream = freshStream();
      for (const revision of [1, 2, 3]) await store.append(commit(stream, revision));
      const revisionsAfter = async (after: number) =>
        (await stored(stream, after)).map(({ revision }) => revision);
      expect(await revisionsAfter(0)).toEqual([1, 2, 3]);
      expect(await revisionsAfter(2)).toEqual([3]);
      expect(await revisionsAfter(3)).toEqual([]);
      expect(await revisionsAfter(99)).toEqual([]);
    });

    test('get returns a commit as it was appended, and undefined for a free revision', async () => {
      const stream = freshStream();
      expect(await store.get(stream, 1)).toBeUndefined();
      const first: Commit = { ...commit(stream, 1), receipt: { command: 'a1b2' } };
      for (const each of [first, commit(stream, 2)]) {
        await store.append(each);
        const got = await store.get(stream, each.revision);
        expect(got && plain(got)).toEqual(plain(each));
      }
      expect(await store.get(stream, 3)).toBeUndefined();
      expect(await store.get(`${stream}0`, 1)).toBeUndefined();
    });

    test('a read sees all commits that were appended before it began', async () => {
      const stream = freshStream();
      for (let revision = 1; revision <= 20; revision++) {
        await store.append(commit(stream, revision));
        expect(await stored(stream, revision - 1)).toHaveLength(1);
      }
    });

    test('an abandoned read does not block later calls', async () => {
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

/** Returns a JSON string of `bytes` bytes that hardly compresses, always the same for the same seed. */
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

/** Returns a commit with each event's bytes as Latin-1, which a failed test can print without loss. */
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
      const standing = await store.append({ stream, revision, events: events(revision) });
      if (standing !== undefined) throw new Error(`revision ${revision} was taken`);
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
}
