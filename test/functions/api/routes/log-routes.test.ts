// The public log over HTTP: its files under their canonical paths only, and proofs that clients can verify offline.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commitBytes } from '../../../../events/envelope.ts';
import { openCheckpoint } from '../../../../events/log/checkpoint.ts';
import { packEntries, unpackEntries } from '../../../../events/log/entries.ts';
import { parseVkey } from '../../../../events/log/keys.ts';
import { leafHash } from '../../../../events/log/merkle.ts';
import { entriesPath, tilePath } from '../../../../events/log/paths.ts';
import { verifyConsistency, verifyInclusion } from '../../../../events/log/proof.ts';
import { verifyTlogProof } from '../../../../events/log/tlog-proof.ts';
import type { NewEvent } from '../../../../events/vocabulary.ts';
import { verifyLog } from '../../../../domain/log/verify/verify-log.ts';
import { openTestArchive, seed, type TestArchive } from '../../../support/archives/test-archive.ts';

let archive: TestArchive;
let events: { id: string }[];
/** Published sizes and roots of the log. */
const seen: { size: number; root: Uint8Array }[] = [];
beforeAll(async () => {
  archive = await openTestArchive();
  await seed(archive);
  seen.push(await published());
  for (let n = 0; n < 290; n++) {
    await archive.post('/actors', { id: `actor-${n}`, kind: 'person', name: `Actor ${n}` });
    if (n % 50 === 0) {
      await archive.settled();
      seen.push(await published());
    }
  }
  await archive.settled();
  seen.push(await published());
  events = (await archive.get('/events?limit=1000')).body.events.map(({ event }: any) => event);
});
afterAll(async () => {
  expect(archive.alarms).toEqual([]);
  await archive.close();
});

const bytesAt = async (path: string, headers: Record<string, string> = {}): Promise<Uint8Array> =>
  new Uint8Array(await (await archive.embedded.api.request(path, { headers })).arrayBuffer());

async function keys() {
  const verifiers = (await archive.get('/log/vkey')).text.trimEnd().split('\n').map(parseVkey);
  return { origin: verifiers[0]?.name ?? '', verifiers };
}

async function published() {
  const { size, root } = openCheckpoint(await bytesAt('/log/checkpoint'), await keys());
  return { size, root };
}

const hashes = (all: string[]) => all.map((each) => Buffer.from(each, 'base64'));

describe('the files of the log', () => {
  test('the served files of the log can be verified without other data', async () => {
    const verdict = await verifyLog(
      async (path) => {
        const response = await archive.embedded.api.request(`/log/${path}`);
        return response.ok ? new Uint8Array(await response.arrayBuffer()) : undefined;
      },
      { verifiers: (await keys()).verifiers },
    );
    expect(verdict).toMatchObject({ faults: 0, findings: [], checkpoint: { size: events.length } });
  });

  test('the files of the log have a content type and a cache lifetime', async () => {
    const size = events.length;
    const immutable = ['application/octet-stream', 'public, max-age=31536000, immutable'];
    const text = 'text/plain; charset=utf-8';
    for (const [path, expected] of [
      ['checkpoint', [text, 'public, max-age=5']],
      ['vkey', [text, 'public, max-age=300']],
      [entriesPath(0), immutable],
      [entriesPath(1, size - 256), immutable],
      [tilePath({ level: 0, index: 0, width: 256 }), immutable],
      [tilePath({ level: 0, index: 1, width: size - 256 }), immutable],
      [tilePath({ level: 1, index: 0, width: 1 }), immutable],
    ] as const) {
      const { status, headers } = await archive.get(`/log/${path}`);
      expect([status, headers.get('content-type'), headers.get('cache-control')], path).toEqual([
        200,
        ...expected,
      ]);
      const etag = headers.get('etag') ?? '';
      expect((await archive.get(`/log/${path}`, { 'If-None-Match': etag })).status).toBe(304);
    }
  });

  test('a removed partial file of the log is cut from the full one', async () => {
    const whole = unpackEntries(await bytesAt(`/log/${entriesPath(0)}`));
    const tile = await bytesAt(`/log/${tilePath({ level: 0, index: 0, width: 256 })}`);
    // Sizes that were never published have no files.
    for (const width of [1, 7, 100, 255]) {
      expect(await bytesAt(`/log/${entriesPath(0, width)}`)).toEqual(packEntries(whole.slice(0, width)));
      expect(await bytesAt(`/log/${tilePath({ level: 0, index: 0, width })}`)).toEqual(
        tile.subarray(0, width * 32),
      );
    }
  });

  test.each([
    'tile/0/001',
    'tile/1/000',
    'tile/0/002.p/1',
    'tile/2/000',
    'tile/entries/001',
    'tile/63/000.p/1',
  ])('a file that the log does not have yet is 404 and must not be cached: %s', async (path) => {
    const { status, headers, body } = await archive.get(`/log/${path}`);
    expect([status, headers.get('cache-control')]).toEqual([404, 'no-store']);
    expect(body.detail).toContain('no such file yet');
  });

  test.each([
    'tile/0/0',
    'tile/0/00',
    'tile/0/0000',
    'tile/00/000',
    'tile/64/000',
    'tile/-1/000',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/0/000.p/07',
    'tile/0/x000/000',
    'tile/0/001/000',
    'tile/0/000/',
    'tile/0//000',
    'tile/0%2F000',
    'tile/%30/000',
    'tile/entries/000.p/1/',
    'tile/Entries/000',
    'tile/..%2Fcheckpoint',
    'tile/0/000%00',
    'tile/',
    'checkpoint/',
    'Checkpoint',
    '.unfinished',
    '',
  ])('a file of the log has no other spelling of its path: %s', async (path) => {
    const { status, body } = await archive.get(`/log/${path}`);
    expect([status, body.type]).toEqual([404, 'urn:chancery:problem:no-such-path']);
  });

  test('the files of the log are read-only', async () => {
    for (const path of ['/log/checkpoint', '/log/tile/0/000', '/log/consistency']) {
      const { status, headers } = await archive.post(path, {});
      expect([status, headers.get('allow')]).toEqual([405, 'GET']);
    }
  });
});

describe('an event of the log', () => {
  test('an event is served with the bytes that the log hashes', async () => {
    for (const position of [0, 255, 256, events.length - 1]) {
      const { id } = events[position] ?? { id: '' };
      const bytes = await bytesAt(`/events/${id}`);
      const [bundle, width] = [Math.floor(position / 256), position < 256 ? 256 : events.length - 256];
      const entry = unpackEntries(await bytesAt(`/log/${entriesPath(bundle, width)}`))[position % 256];
      expect(Buffer.from(bytes).equals(entry ?? new Uint8Array())).toBe(true);
    }
    const { headers } = await archive.get(`/events/${events[0]?.id}`);
    expect(headers.get('content-type')).toBe('application/json');
    expect(headers.get('cache-control')).toContain('immutable');
  });

  test('the JSON proof of an event proves its position', async () => {
    for (const position of [0, 1, 255, 256, events.length - 1]) {
      const { id } = events[position] ?? { id: '' };
      const { body } = await archive.get(`/events/${id}/proof`);
      expect(body).toMatchObject({ id, position, size: events.length });
      const opened = openCheckpoint(Buffer.from(body.checkpoint), await keys());
      expect([opened.size, Buffer.from(opened.root).toString('base64')]).toEqual([body.size, body.root]);
      const leaf = leafHash(await bytesAt(`/events/${id}`));
      expect(body.leaf).toBe(Buffer.from(leaf).toString('base64'));
      const place = { index: position, size: opened.size };
      expect(verifyInclusion(place, leaf, hashes(body.hashes), opened.root)).toBe(true);
    }
  });

  test('the text proof of an event can be verified offline', async () => {
    const { id } = events[200] ?? { id: '' };
    const proof = await bytesAt(`/events/${id}/proof`, { Accept: 'text/plain' });
    expect(Buffer.from(proof).toString()).toMatch(/^c2sp\.org\/tlog-proof@v1\nindex 200\n/);
    const entry = await bytesAt(`/events/${id}`);
    expect(verifyTlogProof(proof, entry, await keys())).toMatchObject({ index: 200, size: events.length });
    const other = await bytesAt(`/events/${events[201]?.id}`);
    const log = await keys();
    expect(() => verifyTlogProof(proof, other, log)).toThrow('not the one at position 200');
    const { headers } = await archive.get(`/events/${id}/proof`, { Accept: 'text/plain' });
    expect([headers.get('content-type'), headers.get('vary')]).toEqual([
      'text/plain; charset=utf-8',
      'Accept',
    ]);
  });

  test.each(['meeting-none_0', 'nonsense', 'actor-1', `actor-0_${'x'.repeat(200)}`])(
    'the proof of an unknown event is 404: %s',
    async (id) => {
      for (const path of [`/events/${id}`, `/events/${id}/proof`])
        expect((await archive.get(path)).status).toBe(404);
    },
  );

  test('the proof of an event that the log does not have yet is 409 with Retry-After, or waits', async () => {
    const { store } = archive.embedded.archive;
    const [stream, uuid] = ['actor-late', '00000000-0000-8000-8000-000000000001'];
    const [event, header] = [
      { id: `${stream}_${uuid}` },
      { stream, revision: 1, time: '2026-03-04T09:30:00.000Z', recordedBy: 'tester' },
    ];
    const data = { id: stream, kind: 'person', name: 'Late', aliases: [] };
    const bytes = commitBytes(header, [{ type: 'ActorIntroduced', data }] as NewEvent[], [event.id]);
    // The sequencer is not notified until a client asks for the proof.
    await store.append({ stream, revision: 1, events: bytes });
    const early = await archive.get(`/events/${event.id}/proof`);
    expect([early.status, early.body.type, early.headers.get('retry-after')]).toEqual([
      409,
      'urn:chancery:problem:not-published',
      '1',
    ]);
    expect((await archive.get(`/events/${event.id}`)).status).toBe(200);
    const waited = await archive.get(`/events/${event.id}/proof`, { Prefer: 'wait=30' });
    expect([waited.status, waited.body.position]).toEqual([200, events.length]);
  });
});

describe('the consistency proof', () => {
  test('the consistency proof connects every published size with every later one', async () => {
    expect(seen.length).toBeGreaterThan(5);
    for (const [index, from] of seen.entries()) {
      for (const to of seen.slice(index)) {
        const { body } = await archive.get(`/log/consistency?from=${from.size}&to=${to.size}`);
        expect(body).toMatchObject({ from: from.size, to: to.size });
        expect(verifyConsistency(from, to, hashes(body.hashes))).toBe(true);
      }
    }
  });

  test('the consistency proof ends at the newest signed checkpoint by default', async () => {
    const [first = { size: 0, root: new Uint8Array() }] = seen;
    const { body } = await archive.get(`/log/consistency?from=${first.size}`);
    const newest = openCheckpoint(Buffer.from(body.checkpoint), await keys());
    expect(body.to).toBe(newest.size);
    expect(verifyConsistency(first, newest, hashes(body.hashes))).toBe(true);
  });

  test.each([
    '',
    '?from=-1',
    '?from=1&to=0',
    '?from=0&to=100000',
    '?from=100000',
    '?from=x',
    '?to=5',
    '?from=1.5',
  ])('%j is refused as a range of a consistency proof', async (query) => {
    const { status, body } = await archive.get(`/log/consistency${query}`);
    expect([status, body.type]).toEqual([400, 'urn:chancery:problem:invalid-request']);
  });
});
