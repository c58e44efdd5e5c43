// The deployed archive: bundled functions in separate processes, DynamoDB Local with its streams, the S3 test server,
// and a KMS.
import { DeleteItemCommand, PutItemCommand, type AttributeValue } from '@aws-sdk/client-dynamodb';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dynamodbTable } from '../../adapters/dynamodb/table.ts';
import { readModels } from '../../domain/projections/views/read-models.ts';
import { loadRebuild, storeRebuild } from '../../domain/projections/rebuild/rebuild-record.ts';
import { apiEvent } from '../support/bundles.ts';
import { deploy, functions, type Deployed } from '../support/archives/deployed.ts';
import { whyNoDynamodbLocal } from '../support/servers/dynamodb-local.ts';
import { actionsOn, actionsOnRows, grantsOf } from '../support/grants.ts';
import { execute } from '../support/servers/state-machine.ts';
import type { BatchResponse } from '../support/servers/stream-feeder.ts';

const why = whyNoDynamodbLocal();
if (why !== undefined) console.warn(`The deployed functions are not tested: ${why}`);

describe.skipIf(why !== undefined)('the deployed functions', () => {
  let deployed: Deployed;
  beforeAll(async () => {
    deployed = await deploy();
    // The schedule invokes the projector minutes after a deployment, which starts the first generation of an empty archive.
    await deployed.projector.invoke({ look: true });
  }, 600_000);
  afterAll(() => deployed?.close());

  const call: Deployed['call'] = (...request) => deployed.call(...request);
  const settle = (): Promise<void> => deployed.settle();
  const key = (stream: string) => ({ stream: { S: stream }, revision: { N: '1' } });
  const put = (Item: Record<string, AttributeValue>) =>
    deployed.dynamodb.client.send(new PutItemCommand({ TableName: deployed.dynamodb.tables.events, Item }));
  const remove = (stream: string) =>
    deployed.dynamodb.client.send(
      new DeleteItemCommand({ TableName: deployed.dynamodb.tables.events, Key: key(stream) }),
    );

  test('each deployed function is one minified ES module with only its source map beside it', async () => {
    console.log(
      `bundled: ${Object.entries(deployed.bundles.sizes)
        .map(([name, size]) => `${name} ${Math.round(size / 1_024)} KB`)
        .join(', ')}`,
    );
    expect(Object.keys(deployed.bundles.sizes).toSorted()).toEqual([
      'api',
      'projector',
      'rebuild',
      'removal',
      'sequencer',
    ]);
    for (const size of Object.values(deployed.bundles.sizes)) expect(size).toBeLessThan(4 * 1_024 * 1_024);
    for (const folder of Object.values(deployed.bundles.folders)) {
      expect((await readdir(folder)).toSorted()).toEqual(['index.mjs', 'index.mjs.map']);
      const code = await readFile(join(folder, 'index.mjs'), 'utf8');
      // Lines of hand-written code have at most a hundred characters; minified lines are longer.
      expect(code.length / code.split('\n').length).toBeGreaterThan(1_000);
      expect(code).toMatch(/export\s*\{[^}]*\bas handler\b/);
    }
  });

  test('the deployed functions archive the sample, record its contents and show the dossier', async () => {
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
    // Every event of the log is folded; only a scan could tell whether the log has every commit.
    expect(health.projections.map(({ status, lag }: any) => [status, lag])).toEqual(
      readModels.map(() => ['unknown', 0]),
    );
  });

  test('the deployed functions answer a large text, and page a long history below the limit of Lambda', async () => {
    const text = `"\u0001\\\n`.repeat(250_000);
    const printed = { title: 'Large', publisher: 'P', language: 'en' };
    const large = await call('POST', '/articles', { ...printed, text: `A ${text}` });
    expect(large.statusCode).toBe(201);
    expect((await call('GET', `/articles/${large.json.id}/source`)).text).toBe(`A ${text}`);
    expect((await call('GET', `/articles/${large.json.id}`)).statusCode).toBe(200);
    const most = 'a '.repeat(2_096_900);
    const { json: whole } = await call('POST', '/articles', { ...printed, text: most });
    expect((await call('GET', `/articles/${whole.id}/source`)).text).toBe(most);
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

  test('the deployed sequencer reports an unreadable stream by item, and sequences all others', async () => {
    await put({ ...key('statement-unread'), events: { B: new Uint8Array([1, 2, 3]) } });
    const fine = await call('POST', '/actors', { kind: 'person', name: 'Beside the broken one' });
    const record = (stream: string, SequenceNumber: string) => ({
      eventName: 'INSERT',
      dynamodb: { Keys: key(stream), SequenceNumber },
    });
    const response = await deployed.sequencer.invoke<BatchResponse>({
      Records: [record('statement-unread', '1'), record(fine.json.id, '2')],
    });
    expect(response.batchItemFailures).toEqual([{ itemIdentifier: '1' }]);
    expect((await call('GET', `/events?stream=${fine.json.id}`)).json.events).toHaveLength(1);
    await remove('statement-unread');
    await settle();
  });

  test('the deployed sequencer keeps records that fail permanently, does not block other streams, and accepts them again', async () => {
    const before = deployed.events.kept.length;
    const garbage = { B: new Uint8Array([1, 2, 3]) };
    await put({ ...key('statement-no-event'), events: garbage });
    const beside = await call('POST', '/actors', { kind: 'person', name: 'Just after it' });
    await put({ ...key('statement-not-packed'), zlib: garbage });
    await settle();
    const after = await call('POST', '/actors', { kind: 'person', name: 'Long after it' });
    await settle();
    for (const { json } of [beside, after])
      expect((await call('GET', `/actors/${json.id}/dossier`)).json.actor.id).toBe(json.id);
    const kept = deployed.events.kept.slice(before);
    const named = kept.flatMap(({ Records }) => Records.map(({ dynamodb }) => dynamodb?.Keys?.['stream']?.S));
    expect(named).toEqual(expect.arrayContaining(['statement-no-event', 'statement-not-packed']));
    expect(deployed.sequencer.alarms().join('\n')).toMatch(
      /statement-not-packed cannot be read and is quarantined/,
    );

    for (const stream of ['statement-no-event', 'statement-not-packed']) await remove(stream);
    await settle();
    const { size } = (await call('GET', '/events?limit=1')).json;
    for (const payload of [...kept, ...kept])
      expect(await deployed.sequencer.invoke(payload)).toEqual({ batchItemFailures: [] });
    expect((await call('GET', '/events?limit=1')).json.size).toBe(size);
  });

  test('the deployed sequencer alarms if an event is overwritten or removed', async () => {
    const actor = await call('POST', '/actors', { kind: 'person', name: 'Written over' });
    await settle();
    await put({ ...key(actor.json.id), events: { B: new Uint8Array([1, 2, 3]) } });
    await remove(actor.json.id);
    await settle();
    const alarms = deployed.sequencer.alarms().filter((alarm) => alarm.includes(actor.json.id));
    expect(alarms).toEqual(
      ['overwritten in', 'removed from'].map((what) =>
        expect.stringMatching(new RegExp(`^revision 1 of ${actor.json.id} was ${what} table events`)),
      ),
    );
    expect((await call('GET', `/events?stream=${actor.json.id}`)).json.events[0].event.data.name).toBe(
      'Written over',
    );
  });

  test('the deployed sequencer finds commits without a hint by its sweep', async () => {
    const began = Date.now();
    const lost = await call('POST', '/actors', { kind: 'person', name: 'Nobody was told' });
    for (const { status, unsequenced } of (await call('GET', '/projections')).json.projections)
      expect([status, unsequenced]).toEqual(['unknown', null]);
    for (let step = 0; step < 50; step++) await deployed.sequencer.invoke({ sweep: true });
    expect((await call('GET', `/events?stream=${lost.json.id}`)).json.events).toHaveLength(1);
    await settle();
    expect((await call('GET', `/actors/${lost.json.id}/dossier`)).json.actor.name).toBe('Nobody was told');
    const { json } = await call('GET', '/projections');
    expect(json.projections.map(({ lag }: any) => lag)).toEqual(readModels.map(() => 0));
    for (const { sequencedBefore } of json.projections)
      expect(Date.parse(sequencedBefore)).toBeGreaterThanOrEqual(began);
  });

  test('the deployed functions run a requested rebuild in several calls, and roll it back', async () => {
    const before = await call('GET', '/timeline');
    deployed.sfn.started();
    const asked = await call('POST', '/projections/timeline/rebuilds');
    expect([asked.statusCode, asked.headers.location]).toEqual([202, '/projections/timeline/rebuilds/2']);
    expect(deployed.sfn.started()).toEqual([{}]);
    const payloads: any[] = [];
    const execution = await execute(deployed.machine, {}, (payload) => {
      payloads.push(payload);
      return deployed.rebuild.invoke(payload);
    });
    expect(execution.status).toBe('succeeded');
    expect(payloads.slice(0, 2)).toEqual([{}, { round: 1, more: true }]);
    for (const view of ['timeline', 'actors']) {
      const { json } = await call('GET', `/projections/${view}/rebuilds/2`);
      expect(json).toMatchObject({ phase: 'switched', drift: { missing: 0, extra: 0, different: 0 } });
      expect(json.drift.rows).toBeGreaterThan(0);
    }
    expect((await call('GET', '/timeline')).json).toEqual(before.json);
    const back = await call('POST', '/projections/timeline/rollbacks', { to: 1 });
    expect([back.statusCode, back.json.generation, back.json.kept[0].generation]).toEqual([200, 1, 2]);
  });

  /** Runs an execution in which three calls are killed midway. */
  async function executeKilling(input: object): Promise<void> {
    let killed = 0;
    const execution = await execute(deployed.machine, input, async (payload) => {
      if (killed === 3) return deployed.rebuild.invoke(payload);
      killed++;
      const doomed = await deployed.start('rebuild');
      const killing = setTimeout(300).then(() => doomed.kill());
      const [outcome] = await Promise.allSettled([doomed.invoke(payload), killing]);
      if (outcome.status === 'rejected') throw outcome.reason;
      return outcome.value;
    });
    expect(execution.status).toBe('succeeded');
    expect(killed).toBe(3);
  }

  test('the deployed functions compare all read models on schedule, even if a function is killed midway', async () => {
    await call('POST', '/actors', { kind: 'person', name: 'Before the schedule' });
    await settle();
    await executeKilling({ reason: 'scheduled' });
    const { json } = await call('GET', '/projections');
    for (const { view, rebuild, generation, lag } of json.projections)
      expect([view, rebuild, generation, lag]).toEqual([view, undefined, 1, 0]);
    const records = await call('GET', '/projections/topics/rebuilds');
    expect(records.json.rebuilds[0]).toMatchObject({
      reason: 'scheduled',
      started: { by: 'schedule' },
      phase: 'unchanged',
    });
  });

  test('the deployed functions rebuild all read models, even if a function is killed midway', async () => {
    const before = (await call('GET', '/projections')).json.projections[0].generation;
    await call('POST', '/projections/timeline/rebuilds');
    await executeKilling({});
    const { json } = await call('GET', '/projections');
    for (const { view, rebuild, generation, lag } of json.projections)
      expect([view, rebuild, generation > before, lag]).toEqual([view, undefined, true, 0]);
  });

  test('the deployed projector starts the state machine for a rebuild without a runner', async () => {
    const { machine, projector, rebuild, sfn } = deployed;
    sfn.started();
    await projector.invoke({ look: true });
    expect(sfn.started()).toEqual([]);
    await call('POST', '/projections/topics/rebuilds');
    sfn.started();
    await projector.invoke({ look: true });
    expect(sfn.started()).toEqual([{}]);
    const failing = await execute(machine, {}, async () => {
      throw new Error('throttled for good');
    });
    expect(failing.status).toBe('failed');
    expect((await call('GET', '/projections/topics')).json.rebuild.phase).toBe('folding');
    const next = await execute(machine, {}, (payload) => rebuild.invoke(payload));
    expect(next.status).toBe('succeeded');
    expect((await call('GET', '/projections/topics')).json).not.toHaveProperty('rebuild');
  });

  test('the deployed projector resumes a rebuild that an event stopped, at its first check after a deployment', async () => {
    const { machine, projector, sfn, start, dynamodb } = deployed;
    const asked = await call('POST', '/projections/topics/rebuilds');
    const table = dynamodbTable(dynamodb.client, dynamodb.tables.catalog);
    const stored = await loadRebuild(table, asked.json.id);
    if (!stored) throw new Error('there is no record');
    const stopped = { position: 0, reason: 'no code could fold it' };
    const timeline = { version: stored.rebuild.versions['timeline'] ?? 0, next: 0, stopped };
    const tried = { ...stored.rebuild, checkpoints: { timeline }, steppedAt: Date.now() };
    expect(await storeRebuild(table, tried, stored.writes)).toBe(true);
    expect((await call('GET', '/projections/timeline')).json.rebuild).toMatchObject({ waits: true, stopped });
    sfn.started();
    await projector.invoke({ look: true });
    expect(sfn.started()).toEqual([{}]);
    const rebuild = await start('rebuild');
    expect((await execute(machine, {}, (payload) => rebuild.invoke(payload))).status).toBe('succeeded');
    const { json } = await call('GET', `/projections/topics/rebuilds/${asked.json.id}`);
    expect(json).toMatchObject({ phase: 'switched' });
  });

  test('the deployed API answers errors with problem documents', async () => {
    const malformed = await deployed.api.invoke<any>({ ...apiEvent('POST', '/meetings', {}), body: '{"a":' });
    expect([malformed.statusCode, malformed.headers['content-type']]).toEqual([
      400,
      'application/problem+json',
    ]);
    expect((await call('GET', '/nothing')).statusCode).toBe(404);
    expect((await call('PUT', '/meetings')).statusCode).toBe(405);
    const event = (changes: object, path = '/topics') => ({ ...apiEvent('GET', path), ...changes });
    for (const [odd, status, said] of [
      [event({ body: 'x' }), 200, '"items"'],
      [event({ rawPath: '/projections/a#b', rawQueryString: 'nothing=1' }), 400, 'unknown parameter'],
      [event({ headers: { host: 'a b' } }), 400, 'Host'],
      [{ ...apiEvent('POST', '/actors', {}), body: '%', isBase64Encoded: true }, 400, 'base64'],
    ] as const) {
      const answer = await deployed.api.invoke<any>(odd);
      expect(answer.statusCode).toBe(status);
      expect(Buffer.from(answer.body, 'base64').toString()).toContain(said);
      if (status >= 400) expect(answer.headers['content-type']).toBe('application/problem+json');
    }
  });

  test('the deployed functions used only permissions of their roles', () => {
    for (const name of functions) {
      const grants = grantsOf(deployed.bundles.resources, name);
      for (const deed of deployed.deeds[name]) {
        const [action, on = ''] = deed.split(' on ');
        const [store = '', partition] = on.split(' ');
        const isOther = ['LogKey', 'RebuildsMachine'].includes(store);
        const allowed =
          store === 'Rows'
            ? actionsOnRows(grants, 'table')
            : isOther
              ? grants.map((grant) => grant.action)
              : actionsOn(grants, store);
        expect(allowed, `${name}: ${deed}`).toContain(action);
        if (name === 'api' && partition !== undefined)
          expect({ State: ['keys'], Views: ['projections', 'rebuilds'] }[store]).toContain(partition);
      }
    }
    expect([...deployed.deeds.api]).toContain('dynamodb:PutItem on Events');
    expect([...deployed.deeds.api].filter((deed) => deed.startsWith('dynamodb:Scan'))).toEqual([]);
    expect([...deployed.deeds.sequencer]).toEqual(
      expect.arrayContaining(['dynamodb:Scan on Events', 's3:PutObject on Log', 'kms:Sign on LogKey']),
    );
    for (const name of ['projector', 'rebuild'] as const)
      expect([...deployed.deeds[name]]).toContain('dynamodb:BatchWriteItem on Rows');
    for (const name of ['api', 'projector'] as const)
      expect([...deployed.deeds[name]]).toContain('states:StartExecution on RebuildsMachine');
  });
});
