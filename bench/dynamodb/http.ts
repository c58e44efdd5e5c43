// Measures POST /statements of the HTTP API in one process, without a sequencer, on DynamoDB. Variant `memory` uses
// stores in memory, to measure the work without DynamoDB.
import { ids, sha256 } from '../../adapters/node/ids.ts';
import { dynamodbClient } from '../../adapters/dynamodb/dynamodb-client.ts';
import { dynamodbEventStore } from '../../adapters/dynamodb/event-store.ts';
import { dynamodbTable } from '../../adapters/dynamodb/table.ts';
import { openReadings } from '../../domain/queries/open-readings.ts';
import { historyOf } from '../../domain/recording/handle-command.ts';
import { articleTextReader } from '../../domain/recording/resolve-references.ts';
import { createApi } from '../../functions/api/create-api.ts';
import type { ApiContext } from '../../functions/api/api-context.ts';
import { rememberedHistory, shortMemory } from '../../functions/api/support/short-cache.ts';
import type { App } from '../../functions/api/support/define-route.ts';
import { memoryBlobs } from '../../test/support/stores/memory-blobs.ts';
import { memoryRowStores } from '../../test/support/stores/memory-row-store.ts';
import { memoryStore } from '../../test/support/stores/memory-store.ts';
import { memoryTable } from '../../test/support/stores/memory-table.ts';
import { PER_STREAM, STREAMS } from '../workload.ts';
import { openTables } from './archive-tables.ts';
import { metered } from './metering.ts';
import { statementsOf } from './segments.ts';
import { clientOptions, runSubject, variant, type OpenedSystem } from './bench-subject.ts';

const client = dynamodbClient(clientOptions);
const meter = metered(client);

const PASSAGES = 60;
const PASSAGE = 265;
const ACTORS = Array.from({ length: 4 }, (_, n) => `actor-guest-${n + 1}`);
/** Passages of an article of 16 KB, which the statements quote. */
const passages = statementsOf(7_000, PASSAGES).map(({ content = '' }, n) =>
  `Passage ${n}: ${content}`.slice(0, PASSAGE).trim(),
);

/** The duration that the Lambda function `api` uses. */
const MEMORY_MS = 2_000;

async function open(): Promise<OpenedSystem> {
  const { store, state, catalog, close } = variant === 'memory' ? inMemory() : await onDynamodb();
  const memory = shortMemory(Date.now, MEMORY_MS);
  const [articles, log] = [memoryBlobs(), memoryBlobs()];
  const api = createApi({
    store,
    history: rememberedHistory(historyOf(store), memory),
    remember: memory.remember,
    state,
    catalog,
    open: openReadings({ store, state, catalog, log, rows: memoryRowStores() }),
    articles,
    log,
    unsequenced: () => ({ commits: 'unknown' }),
    ids,
    sha256,
    source: articleTextReader({ articles, sha256 }),
    clock: Date.now,
    sleep: async () => {},
    hint: memory.forget,
    wake: () => {},
    rollbackRetentionMs: 0,
    identify: () => 'desk@example.org',
    streams: true,
    report: (what, error) => console.error(what, error),
  });
  const printed = {
    title: 'Sixty passages',
    publisher: 'The Daily',
    language: 'en',
    publishedOn: '2026-03-14',
  };
  const article = await post(api, '/articles', JSON.stringify({ text: passages.join('.\n'), ...printed }));
  for (const id of ACTORS) await post(api, '/actors', JSON.stringify({ id, kind: 'person', name: id }));
  const bodies = Array.from({ length: STREAMS }, (_, stream) =>
    statementsOf(stream + 1, PER_STREAM).map(({ speakers, act, channel, madeOn, topics }, n) => {
      const content = passages[(stream * PER_STREAM + n) % PASSAGES] ?? '';
      const words = { content, form: 'direct', language: 'en', certainty: 'asserted' };
      const evidence = [{ articleId: article, exact: content }];
      return JSON.stringify({ speakers, act, channel, madeOn, topics, ...words, evidence });
    }),
  );
  return {
    append: (stream, revision) => post(api, '/statements', bodies[stream]?.[revision - 1] ?? ''),
    close,
  };
}

interface Stores extends Pick<ApiContext, 'store' | 'state' | 'catalog'> {
  readonly close: () => Promise<void>;
}

async function onDynamodb(): Promise<Stores> {
  const { names, close } = await openTables();
  return {
    store: dynamodbEventStore(client, names.events),
    state: dynamodbTable(client, names.state),
    catalog: dynamodbTable(client, names.catalog),
    close,
  };
}

const inMemory = (): Stores => ({
  store: memoryStore(),
  state: memoryTable(),
  catalog: memoryTable(),
  close: async () => {},
});

/** Sends a POST request. Returns the id of the new resource. @throws Error if the status is not 201 */
async function post(api: App, path: string, body: string): Promise<string> {
  const answer = await api.request(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(body)) },
    body,
  });
  const { id, ...others } = (await answer.json()) as { id?: string };
  if (answer.status !== 201 || id === undefined)
    throw new Error(`${path} was answered ${answer.status}: ${JSON.stringify(others)}`);
  return id;
}

await runSubject({ meter, open, costs: async () => ({}) });
