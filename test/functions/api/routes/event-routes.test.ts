// The replay over HTTP: how few objects it reads, that it never reads far ahead of a slow reader, where it leads on,
// and how it waits for what comes.
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { serve } from '@hono/node-server';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { packEntries } from '../../../../events/log/entries.ts';
import { entriesPath } from '../../../../events/log/paths.ts';
import { longLog, type LongLog } from '../../../support/logs/long-log.ts';

const NDJSON = { Accept: 'application/x-ndjson' };
const MESSAGES = { Accept: 'text/event-stream' };

const ask = async ({ api }: LongLog, path: string, headers: Record<string, string> = {}) =>
  api.request(path, { headers });

const nextOf = (response: Response): string | undefined =>
  /^<([^>]+)>; rel="next"$/.exec(response.headers.get('link') ?? '')?.[1];
const coveredBy = (response: Response): string | null => response.headers.get('chancery-position');

const positionsIn = (text: string): number[] =>
  [...text.matchAll(/"position":(\d+),"event"/g)].map(([, position]) => Number(position));

const upTo = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, n) => from + n);

/** Waits until a count has not moved for a while: what goes on for ever moves on. */
async function standstill(count: () => number): Promise<void> {
  for (let [before, quiet] = [-1, 0]; quiet < 10; await setTimeout(20)) {
    quiet = count() === before ? quiet + 1 : 0;
    before = count();
  }
}

/** Reads a stream a chunk at a time. */
function reading(response: Response) {
  const reader = response.body?.getReader();
  if (!reader) throw new Error('there is no body');
  return {
    next: async () => Buffer.from((await reader.read()).value ?? []).toString(),
    cancel: () => reader.cancel(),
  };
}

describe('a replay of N events', () => {
  test('reads at most N / 256 + 2 objects, as a stream and as pages, from anywhere', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(3_000), fc.nat(3_000), fc.boolean(), async (size, start, pages) => {
        const log = longLog(size, { bytes: 150 });
        const from = Math.min(start, size);
        const after = from === 0 ? '' : `after=${from - 1}&`;
        const limit = pages ? `limit=${Math.max(1, Math.min(1_000, size - from))}` : '';
        const text = await (await ask(log, `/events?${after}${limit}`, NDJSON)).text();
        const read = positionsIn(text);
        expect(read).toEqual(upTo(from, pages ? Math.min(size, from + 1_000) : size));
        expect(log.reads.length).toBeLessThanOrEqual(read.length / 256 + 2);
      }),
      { numRuns: 60 },
    );
  });

  test('reads the whole bundle where the partial one has been cleared away', async () => {
    const log = longLog(300);
    log.planted.set(entriesPath(1, 44), undefined);
    expect((await ask(log, '/events?after=298')).status).toBe(500);
    const whole = packEntries(upTo(256, 512).map(log.bytesOf));
    log.planted.set(entriesPath(1), whole);
    expect(positionsIn(await (await ask(log, '/events?after=298')).text())).toEqual([299]);
    log.planted.set(entriesPath(1), whole.subarray(0, 1_000));
    expect((await ask(log, '/events?after=298')).status).toBe(500);
  });

  test('gives the bytes of the log as they are', async () => {
    const log = longLog(2);
    const lines = (await (await ask(log, '/events', NDJSON)).text()).split('\n');
    expect(lines).toEqual([
      ...[0, 1].map(
        (position) => `{"position":${position},"event":${Buffer.from(log.bytesOf(position)).toString()}}`,
      ),
      '',
    ]);
  });

  test('says that it failed by breaking off, and to whoever operates it', async () => {
    const log = longLog(1_000);
    log.planted.set(entriesPath(2), undefined);
    await expect((await ask(log, '/events', NDJSON)).text()).rejects.toThrow('002 is missing');
    expect(log.reported).toHaveLength(1);
  });
});

describe('a slow reader', () => {
  test('makes the archive read no further ahead than one bundle and one chunk', async () => {
    for (const headers of [NDJSON, MESSAGES]) {
      const log = longLog(1_000_000);
      const response = await ask(log, '/events', headers);
      expect(log.reads).toHaveLength(0);
      const { next, cancel } = reading(response);
      let seen = 0;
      for (let chunk = 0; chunk < 50; chunk++) {
        seen += positionsIn(await next()).length;
        expect(log.reads.length).toBeLessThanOrEqual(seen / 256 + 1);
      }
      await cancel();
      const before = log.reads.length;
      await setTimeout(20);
      expect(log.reads).toHaveLength(before);
    }
  });

  test('over a real connection holds the archive back to what the machine keeps between the two', async () => {
    const log = longLog(200_000);
    const server = serve({ fetch: log.api.fetch, port: 0, hostname: '127.0.0.1' });
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const request = get({ port, path: '/events', headers: NDJSON });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    // What the two ends of a connection hold between them, and Node's buffers; the log has six times as much.
    const BOUND = 32 * 1_048_576;
    let seen = 0;
    for await (const chunk of response.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      seen += chunk.length;
      if (seen > 5_000_000) break;
    }
    await standstill(() => log.reads.length);
    expect(log.reads.length * 256 * 1_000 - seen).toBeLessThan(BOUND);
    request.destroy();
    server.close();
    await once(server, 'close');
    const before = log.reads.length;
    expect(before).toBeLessThan(200_000 / 256);
    await setTimeout(20);
    expect(log.reads).toHaveLength(before);
  });

  test('who leaves while nothing passes the filter stops the reading', async () => {
    const log = longLog(1_000_000, { bytes: 150 });
    const response = await ask(log, '/events?type=ArticleArchived', NDJSON);
    const { next, cancel } = reading(response);
    const pending = next();
    await setTimeout(5);
    await cancel();
    expect(await pending).toBe('');
    const before = log.reads.length;
    expect(before).toBeLessThan(3_000);
    await setTimeout(20);
    expect(log.reads.length).toBeLessThanOrEqual(before + 1);
  });
});

describe('where to go on', () => {
  test('is the Link from page to page, and at the end the position', async () => {
    const log = longLog(250);
    const seen: number[] = [];
    let last: string | null = null;
    for (let path: string | undefined = '/events?limit=100'; path !== undefined;) {
      const response: Response = await ask(log, path);
      seen.push(...positionsIn(await response.text()));
      [path, last] = [nextOf(response), coveredBy(response)];
    }
    expect([seen, last]).toEqual([upTo(0, 250), '249']);
  });

  test('is past what does not pass the filter', async () => {
    const log = longLog(25_000, { bytes: 120 });
    const first = await ask(log, '/events?type=ArticleArchived');
    expect(await first.json()).toEqual({ events: [], size: 25_000 });
    expect([nextOf(first), coveredBy(first)]).toEqual(['/events?type=ArticleArchived&after=9999', '9999']);
    const last = await ask(log, '/events?type=ArticleArchived&after=19999');
    expect([nextOf(last), coveredBy(last)]).toEqual([undefined, '24999']);
  });

  test('is within the last bundle as well', async () => {
    const log = longLog(20_010, { bytes: 120 });
    const within = await ask(log, '/events?type=ArticleArchived&after=9999');
    expect([nextOf(within), coveredBy(within)]).toEqual([
      '/events?type=ArticleArchived&after=19999',
      '19999',
    ]);
    expect(coveredBy(await ask(log, nextOf(within) ?? ''))).toBe('20009');
  });

  test('is said before a stream begins, and not where there is no event yet', async () => {
    const log = longLog(600);
    expect(coveredBy(await ask(log, '/events?type=MeetingHeld', NDJSON))).toBe('599');
    for (const headers of [{}, NDJSON]) {
      expect(coveredBy(await ask(longLog(0), '/events', headers))).toBeNull();
      expect(coveredBy(await ask(log, '/events?after=900', headers))).toBe('599');
    }
  });
});

describe('a long poll', () => {
  test('is answered at once, and without Preference-Applied, where there is something', async () => {
    const log = longLog(5);
    const response = await ask(log, '/events?after=3', { Prefer: 'wait=20' });
    expect(positionsIn(await response.text())).toEqual([4]);
    expect(response.headers.get('preference-applied')).toBeNull();
    expect(log.now()).toBe(0);
  });

  test.each([{}, NDJSON])('is answered as soon as something comes: %o', async (accept) => {
    const log = longLog(5);
    log.onWait = (waited) => (log.size = waited >= 3_000 ? 7 : 5);
    const response = await ask(log, '/events?after=4', { ...accept, Prefer: 'respond-async, wait=20' });
    expect(positionsIn(await response.text())).toEqual([5, 6]);
    expect(response.headers.get('preference-applied')).toBe('wait=20');
    expect(log.now()).toBe(3_000);
  });

  test('is answered with nothing when its time is over, and says up to where', async () => {
    const log = longLog(5);
    const response = await ask(log, '/events?after=4', { Prefer: 'wait=20' });
    expect(await response.json()).toEqual({ events: [], size: 5 });
    expect(coveredBy(response)).toBe('4');
    expect(log.now()).toBe(20_000);
    expect(
      (await ask(log, '/events?after=4', { Prefer: 'wait=999' })).headers.get('preference-applied'),
    ).toBe('wait=25');
  });

  test('waits for what passes its filter, and leads past what did not', async () => {
    const log = longLog(6);
    log.onWait = (waited) => (log.size = waited >= 2_000 ? 10 : waited >= 1_000 ? 8 : 6);
    const response = await ask(log, '/events?after=5&stream=meeting-9', { Prefer: 'wait=20' });
    expect(positionsIn(await response.text())).toEqual([9]);
    expect(log.now()).toBe(2_000);
    log.onWait = () => (log.size = 12);
    const none = await ask(log, '/events?after=9&stream=meeting-9', { Prefer: 'wait=1' });
    expect([positionsIn(await none.text()), coveredBy(none)]).toEqual([[], '11']);
  });

  test('ends when the caller goes', async () => {
    const log = longLog(5);
    const leaving = new AbortController();
    log.onWait = (waited) => waited >= 1_000 && leaving.abort();
    await log.api.request('/events?after=4', { headers: { Prefer: 'wait=20' }, signal: leaving.signal });
    expect(log.now()).toBe(1_000);
  });

  test('beyond the end waits for what comes next', async () => {
    const log = longLog(5);
    log.onWait = () => (log.size = 6);
    const response = await ask(log, '/events?after=900', { Prefer: 'wait=20' });
    expect(positionsIn(await response.text())).toEqual([5]);
    // By which whoever was given 900 elsewhere sees that this is not what was read there.
    expect(coveredBy(response)).toBe('5');
  });
});

describe('server-sent events', () => {
  test('bring what is there, then what comes; ids are positions', async () => {
    const log = longLog(2);
    const { next, cancel } = reading(await ask(log, '/events?after=0', MESSAGES));
    const event = (position: number) => Buffer.from(log.bytesOf(position)).toString();
    expect(await next()).toBe(`id: 1\ndata: {"position":1,"event":${event(1)}}\n\n`);
    log.onWait = (waited) => (log.size = waited >= 700 ? 4 : 2);
    expect(await next()).toBe(
      [2, 3].map((n) => `id: ${n}\ndata: {"position":${n},"event":${event(n)}}\n\n`).join(''),
    );
    await cancel();
  });

  test('go on after Last-Event-ID, whatever `after` says', async () => {
    const response = await ask(longLog(9), '/events?after=0', { ...MESSAGES, 'Last-Event-ID': '7' });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(response.headers.get('cache-control')).toBe('no-store');
    const { next, cancel } = reading(response);
    expect(positionsIn(await next())).toEqual([8]);
    await cancel();
    const wrong = await ask(longLog(9), '/events', { ...MESSAGES, 'Last-Event-ID': 'seven' });
    expect(wrong.status).toBe(400);
  });

  test('bring what comes next, with its own id, where Last-Event-ID is beyond the end', async () => {
    const log = longLog(5);
    log.onWait = () => (log.size = 6);
    const { next, cancel } = reading(await ask(log, '/events', { ...MESSAGES, 'Last-Event-ID': '900' }));
    expect(await next()).toMatch(/^id: 5\ndata: /);
    await cancel();
  });

  test('give a sign of life every fifteen seconds, a comment that moves the id past what was left out', async () => {
    const log = longLog(5);
    log.onWait = () => (log.size = 8);
    const { next, cancel } = reading(await ask(log, '/events?after=4&type=ArticleArchived', MESSAGES));
    expect(await next()).toBe(': up to here\nid: 7\n\n');
    expect(log.now()).toBe(15_000);
    expect(await next()).toBe(': up to here\nid: 7\n\n');
    expect(log.now()).toBe(30_000);
    await cancel();
    const empty = reading(await ask(longLog(0), '/events', MESSAGES));
    expect(await empty.next()).toBe(': up to here\n\n');
    await empty.cancel();
  });

  test('end when the reader goes, also while nothing comes', async () => {
    const log = longLog(5);
    const { next, cancel } = reading(await ask(log, '/events?after=4', MESSAGES));
    await next();
    const pending = next();
    await cancel();
    expect(await pending).toBe('');
    await setTimeout(20);
    const before = log.now();
    await setTimeout(20);
    expect(log.now()).toBe(before);
    expect(log.reported).toEqual([]);
  });

  test('are a page and a wait where the platform cannot stream: the reader asks again by itself', async () => {
    const log = longLog(5, { streams: false });
    const there = await ask(log, '/events?after=2', MESSAGES);
    const event = (position: number) => Buffer.from(log.bytesOf(position)).toString();
    expect(await there.text()).toBe(
      `${[3, 4].map((n) => `id: ${n}\ndata: {"position":${n},"event":${event(n)}}\n\n`).join('')}: up to here\nid: 4\n\n`,
    );
    log.onWait = (waited) => (log.size = waited >= 5_000 ? 6 : 5);
    const came = await ask(log, '/events', { ...MESSAGES, 'Last-Event-ID': '4' });
    expect(positionsIn(await came.text())).toEqual([5]);
    expect(log.now()).toBe(5_000);
  });
});
