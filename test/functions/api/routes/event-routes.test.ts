// `GET /events`: the number of objects that it reads, backpressure, links, long polls and server-sent events.
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

/** Waits until a count stays unchanged for a while. */
async function standstill(count: () => number): Promise<void> {
  for (let [before, quiet] = [-1, 0]; quiet < 10; await setTimeout(20)) {
    quiet = count() === before ? quiet + 1 : 0;
    before = count();
  }
}

/** Returns a function that reads the next chunk of a stream. */
function reading(response: Response) {
  const reader = response.body?.getReader();
  if (!reader) throw new Error('there is no body');
  return {
    next: async () => Buffer.from((await reader.read()).value ?? []).toString(),
    cancel: () => reader.cancel(),
  };
}

describe('a replay', () => {
  test('a replay of N events reads at most N / 256 + 2 objects, streamed or paged, from any position', async () => {
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

  test('a replay reads the full bundle if the partial one was removed', async () => {
    const log = longLog(300);
    log.planted.set(entriesPath(1, 44), undefined);
    expect((await ask(log, '/events?after=298')).status).toBe(500);
    const whole = packEntries(upTo(256, 512).map(log.bytesOf));
    log.planted.set(entriesPath(1), whole);
    expect(positionsIn(await (await ask(log, '/events?after=298')).text())).toEqual([299]);
    log.planted.set(entriesPath(1), whole.subarray(0, 1_000));
    expect((await ask(log, '/events?after=298')).status).toBe(500);
  });

  test('a replay has the exact bytes of the log', async () => {
    const log = longLog(2);
    const lines = (await (await ask(log, '/events', NDJSON)).text()).split('\n');
    expect(lines).toEqual([
      ...[0, 1].map(
        (position) => `{"position":${position},"event":${Buffer.from(log.bytesOf(position)).toString()}}`,
      ),
      '',
    ]);
  });

  test('a replay that fails breaks off its stream and reports to the operator', async () => {
    const log = longLog(1_000);
    log.planted.set(entriesPath(2), undefined);
    await expect((await ask(log, '/events', NDJSON)).text()).rejects.toThrow('002 is missing');
    expect(log.reported).toHaveLength(1);
  });
});

describe('a slow client', () => {
  test('a slow client makes the archive read at most one bundle and one chunk ahead', async () => {
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

  test('a slow client on a real connection holds back the archive, except for the buffers of the connection', async () => {
    const log = longLog(200_000);
    const server = serve({ fetch: log.api.fetch, port: 0, hostname: '127.0.0.1' });
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const request = get({ port, path: '/events', headers: NDJSON });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    // The buffers of both sockets and of Node; the log is six times as large.
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

  test('a client that disconnects while no event passes its filter stops the replay', async () => {
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

describe('links of a replay', () => {
  test('each page of a replay links to the next one, and the last one has the position', async () => {
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

  test('a replay continues after events that its filter excludes', async () => {
    const log = longLog(25_000, { bytes: 120 });
    const first = await ask(log, '/events?type=ArticleArchived');
    expect(await first.json()).toEqual({ events: [], size: 25_000 });
    expect([nextOf(first), coveredBy(first)]).toEqual(['/events?type=ArticleArchived&after=9999', '9999']);
    const last = await ask(log, '/events?type=ArticleArchived&after=19999');
    expect([nextOf(last), coveredBy(last)]).toEqual([undefined, '24999']);
  });

  test('a replay continues within the last bundle', async () => {
    const log = longLog(20_010, { bytes: 120 });
    const within = await ask(log, '/events?type=ArticleArchived&after=9999');
    expect([nextOf(within), coveredBy(within)]).toEqual([
      '/events?type=ArticleArchived&after=19999',
      '19999',
    ]);
    expect(coveredBy(await ask(log, nextOf(within) ?? ''))).toBe('20009');
  });

  test('a replay sends Chancery-Position before a stream, and omits it if there are no events', async () => {
    const log = longLog(600);
    expect(coveredBy(await ask(log, '/events?type=MeetingHeld', NDJSON))).toBe('599');
    for (const headers of [{}, NDJSON]) {
      expect(coveredBy(await ask(longLog(0), '/events', headers))).toBeNull();
      expect(coveredBy(await ask(log, '/events?after=900', headers))).toBe('599');
    }
  });
});

describe('a long poll', () => {
  test('a long poll is answered at once, without Preference-Applied, if there are events', async () => {
    const log = longLog(5);
    const response = await ask(log, '/events?after=3', { Prefer: 'wait=20' });
    expect(positionsIn(await response.text())).toEqual([4]);
    expect(response.headers.get('preference-applied')).toBeNull();
    expect(log.now()).toBe(0);
  });

  test.each([{}, NDJSON])('a long poll is answered when an event arrives: %o', async (accept) => {
    const log = longLog(5);
    log.onWait = (waited) => (log.size = waited >= 3_000 ? 7 : 5);
    const response = await ask(log, '/events?after=4', { ...accept, Prefer: 'respond-async, wait=20' });
    expect(positionsIn(await response.text())).toEqual([5, 6]);
    expect(response.headers.get('preference-applied')).toBe('wait=20');
    expect(log.now()).toBe(3_000);
  });

  test('a long poll without new events ends after its time, with the covered position', async () => {
    const log = longLog(5);
    const response = await ask(log, '/events?after=4', { Prefer: 'wait=20' });
    expect(await response.json()).toEqual({ events: [], size: 5 });
    expect(coveredBy(response)).toBe('4');
    expect(log.now()).toBe(20_000);
    expect(
      (await ask(log, '/events?after=4', { Prefer: 'wait=999' })).headers.get('preference-applied'),
    ).toBe('wait=25');
  });

  test('a long poll waits for an event that passes its filter, and continues after the others', async () => {
    const log = longLog(6);
    log.onWait = (waited) => (log.size = waited >= 2_000 ? 10 : waited >= 1_000 ? 8 : 6);
    const response = await ask(log, '/events?after=5&stream=meeting-9', { Prefer: 'wait=20' });
    expect(positionsIn(await response.text())).toEqual([9]);
    expect(log.now()).toBe(2_000);
    log.onWait = () => (log.size = 12);
    const none = await ask(log, '/events?after=9&stream=meeting-9', { Prefer: 'wait=1' });
    expect([positionsIn(await none.text()), coveredBy(none)]).toEqual([[], '11']);
  });

  test('a long poll ends when its client disconnects', async () => {
    const log = longLog(5);
    const leaving = new AbortController();
    log.onWait = (waited) => waited >= 1_000 && leaving.abort();
    await log.api.request('/events?after=4', { headers: { Prefer: 'wait=20' }, signal: leaving.signal });
    expect(log.now()).toBe(1_000);
  });

  test('a long poll beyond the end waits for the next event', async () => {
    const log = longLog(5);
    log.onWait = () => (log.size = 6);
    const response = await ask(log, '/events?after=900', { Prefer: 'wait=20' });
    expect(positionsIn(await response.text())).toEqual([5]);
    // A client with the position 900 of another archive notices the difference.
    expect(coveredBy(response)).toBe('5');
  });
});

describe('server-sent events', () => {
  test('an event stream sends existing events, then new ones, with positions as ids', async () => {
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

  test('an event stream continues after Last-Event-ID and ignores `after`', async () => {
    const response = await ask(longLog(9), '/events?after=0', { ...MESSAGES, 'Last-Event-ID': '7' });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(response.headers.get('cache-control')).toBe('no-store');
    const { next, cancel } = reading(response);
    expect(positionsIn(await next())).toEqual([8]);
    await cancel();
    const wrong = await ask(longLog(9), '/events', { ...MESSAGES, 'Last-Event-ID': 'seven' });
    expect(wrong.status).toBe(400);
  });

  test('an event stream continues at the end, with real ids, if Last-Event-ID is beyond the end', async () => {
    const log = longLog(5);
    log.onWait = () => (log.size = 6);
    const { next, cancel } = reading(await ask(log, '/events', { ...MESSAGES, 'Last-Event-ID': '900' }));
    expect(await next()).toMatch(/^id: 5\ndata: /);
    await cancel();
  });

  test('an event stream sends a comment every 15 seconds, which moves the id past excluded events', async () => {
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

  test('an event stream ends when its client disconnects, even without new events', async () => {
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

  test('an event stream is a page with a wait if the platform cannot stream, and clients reconnect by themselves', async () => {
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
