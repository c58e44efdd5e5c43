// Content negotiation: by quality, then specificity, in upper or lower case, with `Vary: Accept`.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestArchive, seed, type TestArchive } from '../../../support/archives/test-archive.ts';

let archive: TestArchive;
let event: string;
beforeAll(async () => {
  archive = await openTestArchive();
  await seed(archive);
  event = (await archive.get('/events?limit=1')).body.events[0].event.id;
});
afterAll(async () => {
  expect(archive.alarms).toEqual([]);
  await archive.close();
});

const JSON_TYPE = 'application/json';
const NDJSON = 'application/x-ndjson';
const EVENTS = 'text/event-stream';

async function typeOf(path: string, accept: string | undefined): Promise<string | undefined> {
  const { status, headers } = await archive.get(path, accept === undefined ? {} : { Accept: accept });
  expect([status, headers.get('vary')]).toEqual([200, 'Accept']);
  return headers.get('content-type')?.split(';')[0];
}

describe('the media type of the history', () => {
  test.each([
    [undefined, JSON_TYPE],
    ['', JSON_TYPE],
    ['*/*', JSON_TYPE],
    ['application/*', JSON_TYPE],
    ['text/*', EVENTS],
    ['APPLICATION/X-NDJSON', NDJSON],
    ['Text/Event-Stream; charset=UTF-8', EVENTS],
    [`${NDJSON}, */*`, NDJSON],
    [`*/*, ${NDJSON}`, NDJSON],
    [`${NDJSON};q=0.2, ${JSON_TYPE};q=0.8`, JSON_TYPE],
    [`${NDJSON}; Q=0.8 , ${JSON_TYPE};q=0.2`, NDJSON],
    [`${NDJSON};q=0, */*`, JSON_TYPE],
    [`${JSON_TYPE};q=0, ${EVENTS};q=0.001`, EVENTS],
    [`${JSON_TYPE};q=0, */*`, NDJSON],
    [`${EVENTS};q=0`, JSON_TYPE],
    [`application/*;q=0.5, ${NDJSON};q=0.1, ${EVENTS};q=0.4`, JSON_TYPE],
    [`text/*;q=0.9, ${EVENTS};q=0.1, ${NDJSON};q=0.5`, NDJSON],
    [`${EVENTS}, ${NDJSON}`, EVENTS],
    [`${JSON_TYPE}, ${EVENTS}`, JSON_TYPE],
    [`text/html;a="b, ${NDJSON}", ${EVENTS}`, EVENTS],
    ['text/html, image/png', JSON_TYPE],
    [`x${NDJSON}`, JSON_TYPE],
    ['",,;q=;"q=1,,/', JSON_TYPE],
  ])('the history with Accept: %s is %s', async (accept, type) => {
    expect(await typeOf('/events?limit=2', accept)).toBe(type);
  });

  test('the type of a stream is matched in any case, and the stream is not buffered', async () => {
    const response = await archive.embedded.api.request('/events', {
      headers: { Accept: 'TEXT/EVENT-STREAM' },
    });
    expect(response.headers.get('etag')).toBeNull();
    const reader = response.body?.getReader();
    const first = await reader?.read();
    expect(new TextDecoder().decode(first?.value)).toMatch(/^id: 0\ndata: /);
    await reader?.cancel();
  });
});

describe('the media type of a proof', () => {
  test.each([
    [undefined, JSON_TYPE],
    ['*/*', JSON_TYPE],
    ['text/plain', 'text/plain'],
    ['TEXT/PLAIN', 'text/plain'],
    ['text/plain;q=0, */*', JSON_TYPE],
    ['text/plain;q=0.1, application/json', JSON_TYPE],
    ['text/*;q=0.9, application/json;q=0.5', 'text/plain'],
    ['image/png', JSON_TYPE],
  ])('a proof with Accept: %s is %s', async (accept, type) => {
    expect(await typeOf(`/events/${event}/proof`, accept)).toBe(type);
  });

  test('a 304 has Vary: Accept', async () => {
    const path = `/events/${event}/proof`;
    const { headers } = await archive.get(path);
    const again = await archive.get(path, { 'If-None-Match': headers.get('etag') ?? '' });
    expect([again.status, again.headers.get('vary')]).toEqual([304, 'Accept']);
    const plain = await archive.get(path, {
      Accept: 'text/plain',
      'If-None-Match': headers.get('etag') ?? '',
    });
    expect(plain.status).toBe(200);
  });
});
