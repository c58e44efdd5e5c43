// The whole archive as it is deployed: bundled functions in processes of their own, DynamoDB Local with its real
// streams between them, and the S3 test server.
import { DeleteItemCommand, PutItemCommand, type AttributeValue } from '@aws-sdk/client-dynamodb';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { views } from '../../domain/views/all.ts';
import { apiEvent, bundleAll, startFunction, type Bundles, type Invoked } from '../support/bundles.ts';
import { emulated, type Emulator } from '../support/dynalite.ts';
import { startDynamodbLocal, whyNoDynamodbLocal } from '../support/dynamodb-local.ts';
import { startS3Server, type S3Server } from '../support/s3-server.ts';
import { feederOf, type BatchResponse, type StreamFeeder } from '../support/stream-feeder.ts';

const why = whyNoDynamodbLocal();
if (why !== undefined) console.warn(`The deployed functions are not tested: ${why}`);

describe.skipIf(why !== undefined)('the deployed functions', () => {
  let keys: string;
  let bundles: Bundles;
  let dynamodb: Emulator;
  let s3: S3Server;
  let api: Invoked;
  let sequencer: Invoked;
  let projector: Invoked;
  let rebuild: Invoked;
  let events: StreamFeeder;
  let head: StreamFeeder;

  beforeAll(async () => {
    keys = await mkdtemp(join(tmpdir(), 'chancery-keys-'));
    [bundles, dynamodb, s3] = await Promise.all([bundleAll(), startDynamodbLocal(), startS3Server()]);
    const environment = {
      AWS_REGION: emulated.region,
      AWS_ACCESS_KEY_ID: emulated.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: emulated.credentials.secretAccessKey,
      AWS_ENDPOINT_URL_DYNAMODB: dynamodb.endpoint,
      AWS_ENDPOINT_URL_S3: s3.endpoint.replace('127.0.0.1', 'localhost'),
      CHANCERY_EVENTS_TABLE: dynamodb.tables.events,
      CHANCERY_STATE_TABLE: dynamodb.tables.state,
      CHANCERY_VIEWS_TABLE: dynamodb.tables.views,
      CHANCERY_KEY_FILE: join(keys, 'log.key'),
      POWERTOOLS_METRICS_NAMESPACE: 'chancery',
      POWERTOOLS_SERVICE_NAME: 'test',
    };
    const start = (name: string) => startFunction(bundles.folders[name] ?? '', environment);
    [api, sequencer, projector, rebuild] = [
      start('api'),
      start('sequencer'),
      start('projector'),
      start('rebuild'),
    ];
    events = await feederOf(dynamodb.endpoint, dynamodb.tables.events);
    head = await feederOf(dynamodb.endpoint, dynamodb.tables.state);
  }, 300_000);
  afterAll(async () => {
    events?.close();
    head?.close();
    await Promise.all([api, sequencer, projector, rebuild].map((each) => each?.stop()));
    await Promise.all([dynamodb?.close(), s3?.close(), bundles?.remove()]);
    if (keys) await rm(keys, { recursive: true });
  });

  async function call(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<any> {
    const answer = await api.invoke<any>(apiEvent(method, path, body, headers));
    const text = Buffer.from(answer.body, answer.isBase64Encoded ? 'base64' : 'utf8').toString();
    expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThan(6_000_000);
    return {
      ...answer,
      text,
      json:
        /json/.test(answer.headers['content-type']) &&
        text !== '' &&
        !/ndjson/.test(answer.headers['content-type'])
          ? JSON.parse(text)
          : undefined,
    };
  }

  /** Everything that the streams say, handed to the functions until they say no more. */
  async function settle(): Promise<void> {
    const isHead = ({ dynamodb: record }: any) =>
      record.Keys.partition.S === 'log' && record.Keys.sort.S === 'head';
    for (let moved = 1; moved > 0;) {
      moved = await events.feed((event) => sequencer.invoke<BatchResponse>(event));
      moved += await head.feed(async ({ Records }) => {
        const filtered = Records.filter(isHead);
        return filtered.length === 0
          ? { batchItemFailures: [] }
          : projector.invoke<BatchResponse>({ Records: filtered });
      });
    }
  }

  test('are one file each, without the packages beside it', () => {
    console.log(
      `bundled: ${Object.entries(bundles.sizes)
        .map(([name, size]) => `${name} ${Math.round(size / 1_024)} KB`)
        .join(', ')}`,
    );
    expect(Object.keys(bundles.sizes).toSorted()).toEqual(['api', 'projector', 'rebuild', 'sequencer']);
    for (const size of Object.values(bundles.sizes)) expect(size).toBeLessThan(4 * 1_024 * 1_024);
  });

  test('archive the sample, record what it reports, and show the dossier', async () => {
    const article = JSON.parse(await readFile('bin/demo/article.json', 'utf8'));
    const records = (await readFile('bin/demo/records.ndjson', 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const archived = await call('POST', '/articles', article);
    expect(archived.statusCode).toBe(201);
    const recorded = await call('POST', `/articles/${archived.json.id}/records`, { records });
    expect(recorded.json.records.map(({ status }: any) => status)).toEqual(records.map(() => 201));
    await settle();

    const meeting = recorded.json.records.find(({ key }: any) => key === 'meeting').id;
    const { json } = await call('GET', `/meetings/${meeting}/dossier`);
    expect(json.sides.map(({ party }: any) => party.actor)).toEqual(['actor-antony-blinken']);
    expect(json.speculation[0].party.actor).toBe('actor-rajan-kumar');
    expect(json.opinions.flatMap(({ entries }: any) => entries)).toHaveLength(7);
    expect(json.position).toBe(records.length);
    const own = await call('GET', `/meetings/${meeting}`);
    expect(own.json.recordedBy).toBe('arn:aws:iam::111122223333:user/desk');
    const source = await call('GET', `/articles/${archived.json.id}/source`);
    expect([source.statusCode, source.text]).toEqual([200, article.text]);
    const again = await call('POST', `/articles/${archived.json.id}/records`, { records });
    expect(again.json.records.every(({ replayed }: any) => replayed)).toBe(true);
    const { json: health } = await call('GET', '/projections');
    expect(health.projections.map(({ status }: any) => status)).toEqual(views.map(() => 'caught-up'));
  });

  test('answer a large text, and a long history in pages below what Lambda may answer', async () => {
    const text = `"\u0001\\\n`.repeat(250_000);
    const large = await call('POST', '/articles', {
      text: `A ${text}`,
      title: 'Large',
      publisher: 'P',
      language: 'en',
    });
    expect(large.statusCode).toBe(201);
    expect((await call('GET', `/articles/${large.json.id}/source`)).text).toBe(`A ${text}`);
    expect((await call('GET', `/articles/${large.json.id}`)).statusCode).toBe(200);
    for (const batch of ['a', 'b', 'c']) {
      const records = Array.from({ length: 100 }, (_, index) => ({
        kind: 'actor',
        key: `${batch}${index}`,
        body: {
          kind: 'group',
          name: `Group ${batch} ${index}`,
          aliases: Array.from({ length: 50 }, (__, at) => ({
            name: `${batch} ${index} ${at} ${'ж'.repeat(180)}`,
          })),
        },
      }));
      const recorded = await call('POST', `/articles/${large.json.id}/records`, { records });
      expect(recorded.json.records.filter(({ status }: any) => status !== 201)).toEqual([]);
    }
    await settle();
    let [seen, path] = [0, '/events?limit=1000' as string | undefined];
    let pages = 0;
    for (; path !== undefined; pages++) {
      const page = await call('GET', path);
      seen += page.json.events.length;
      path = /<([^>]+)>/.exec(page.headers.link ?? '')?.[1];
    }
    expect(pages).toBeGreaterThan(1);
    expect(seen).toBe((await call('GET', '/events?limit=1')).json.size);
    const directory = await call('GET', '/actors?limit=500');
    expect(directory.headers.link).toContain('rel="next"');
  });

  test('report a stream that cannot be read by item, and sequence all others', async () => {
    const key = (stream: string) => ({ stream: { S: stream }, revision: { N: '1' } });
    const [noEvent, notDeflated] = ['statement-no-event', 'statement-not-deflated'];
    const garbage = { B: new Uint8Array([1, 2, 3]) };
    const put = (Item: Record<string, AttributeValue>) =>
      dynamodb.client.send(new PutItemCommand({ TableName: dynamodb.tables.events, Item }));
    await put({ ...key(noEvent), events: garbage });
    await put({ ...key(notDeflated), deflated: garbage });
    const fine = await call('POST', '/actors', { kind: 'person', name: 'After the broken one' });
    const record = (stream: string, SequenceNumber: string) => ({
      eventName: 'INSERT',
      dynamodb: { Keys: key(stream), SequenceNumber },
    });
    const response = await sequencer.invoke<BatchResponse>({
      Records: [record(noEvent, '1'), record(notDeflated, '2'), record(fine.json.id, '3')],
    });
    expect(response.batchItemFailures).toEqual([{ itemIdentifier: '1' }, { itemIdentifier: '2' }]);
    const own = await call('GET', `/events?stream=${fine.json.id}`);
    expect(own.json.events).toHaveLength(1);
    for (const stream of [noEvent, notDeflated]) {
      await dynamodb.client.send(
        new DeleteItemCommand({ TableName: dynamodb.tables.events, Key: key(stream) }),
      );
    }
  });

  test('find by sweep what no hint named', async () => {
    const lost = await call('POST', '/actors', { kind: 'person', name: 'Nobody was told' });
    for (let step = 0; step < 50; step++) await sequencer.invoke({ sweep: true });
    expect((await call('GET', `/events?stream=${lost.json.id}`)).json.events).toHaveLength(1);
    await settle();
    expect((await call('GET', `/actors/${lost.json.id}/dossier`)).json.actor.name).toBe('Nobody was told');
    const { size, views: projections } = await rebuild.invoke<any>({});
    const folded = Object.values<any>(projections).map(({ live, generations }) => generations[live].next);
    expect(folded).toEqual(views.map(() => size));
  });

  test('answer problems as problems', async () => {
    const malformed = await api.invoke<any>({ ...apiEvent('POST', '/meetings', {}), body: '{"a":' });
    expect([malformed.statusCode, malformed.headers['content-type']]).toEqual([
      400,
      'application/problem+json',
    ]);
    expect((await call('GET', '/nothing')).statusCode).toBe(404);
    expect((await call('PUT', '/meetings')).statusCode).toBe(405);
  });
});
