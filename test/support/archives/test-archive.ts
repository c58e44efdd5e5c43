// Opens a whole archive for the HTTP tests, without a network, in a temporary folder. With CHANCERY_TEST_STORE=aws it
// uses new tables and buckets on DynamoDB Local and the S3 test server.
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { dynamodbEventStore } from '../../../adapters/dynamodb/event-store.ts';
import { dynamodbRowStores } from '../../../adapters/dynamodb/row-stores.ts';
import { dynamodbSweep } from '../../../adapters/dynamodb/sweep.ts';
import { dynamodbTable } from '../../../adapters/dynamodb/table.ts';
import { createTables, tableNames } from '../../../adapters/dynamodb/tables.ts';
import { s3BlobStore } from '../../../adapters/s3/blob-store.ts';
import { s3Client } from '../../../adapters/s3/s3-client.ts';
import { runArchive, type ArchiveOptions, type RunningArchive } from '../../../bin/server/run-archive.ts';
import { openEmbedded } from '../../../bin/server/embedded.ts';
import { emulated, type Emulator } from '../servers/dynalite.ts';
import { startDynamodbLocal, whyNoDynamodbLocal } from '../servers/dynamodb-local.ts';
import { realIdentity } from '../logs/identity.ts';
import { startS3Server, type S3Server } from '../servers/s3-server.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: any;
}

export interface TestArchive {
  readonly embedded: RunningArchive;
  readonly alarms: string[];
  readonly get: (path: string, headers?: Record<string, string>) => Promise<Answer>;
  readonly post: (path: string, body: unknown, headers?: Record<string, string>) => Promise<Answer>;
  readonly send: (path: string, init: RequestInit) => Promise<Answer>;
  /** Resolves when the read models contain everything recorded so far. */
  readonly settled: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function openTestArchive(): Promise<TestArchive> {
  const alarms: string[] = [];
  const options: ArchiveOptions = {
    subject: 'tester',
    alarm: (what, error) => alarms.push(`${what} ${String(error)}`),
  };
  const { running: embedded, remove } =
    process.env['CHANCERY_TEST_STORE'] === 'aws' ? await onAws(options) : await inFolder(options);
  const send = async (path: string, init: RequestInit): Promise<Answer> => {
    const response = await embedded.api.request(path, init);
    const text = await response.text();
    const isJson =
      /json/.test(response.headers.get('content-type') ?? '') &&
      !/ndjson/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: isJson && text !== '' ? JSON.parse(text) : undefined,
    };
  };
  return {
    embedded,
    alarms,
    send,
    get: (path, headers = {}) => send(path, { headers }),
    post: (path, body, headers = {}) =>
      send(path, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...headers },
        body: JSON.stringify(body),
      }),
    settled: embedded.relay.settled,
    close: async () => {
      await embedded.close();
      await remove();
    },
  };
}

interface Opened {
  readonly running: RunningArchive;
  readonly remove: () => Promise<void>;
}

async function inFolder(options: ArchiveOptions): Promise<Opened> {
  const home = await mkdtemp(join(tmpdir(), 'chancery-'));
  return { running: await openEmbedded(home, options), remove: () => rm(home, { recursive: true }) };
}

let emulators: Promise<{ dynamodb: Emulator; s3: S3Server }> | undefined;

// All archives of a test file share one pair of emulators, which ends with the file.
afterAll(async () => {
  const { dynamodb, s3 } = (await emulators) ?? {};
  await Promise.all([dynamodb?.close(), s3?.close()]);
});

async function onAws(options: ArchiveOptions): Promise<Opened> {
  const why = whyNoDynamodbLocal();
  if (why !== undefined) throw new Error(`CHANCERY_TEST_STORE=aws needs DynamoDB Local, but ${why}`);
  emulators ??= (async () => ({ dynamodb: await startDynamodbLocal(), s3: await startS3Server() }))();
  const { dynamodb, s3 } = await emulators;
  const prefix = randomUUID();
  const names = tableNames(`${prefix}-`);
  await createTables(dynamodb.client, names);
  const client = s3Client({ endpoint: s3.endpoint, forcePathStyle: true, ...emulated });
  const stores = {
    store: dynamodbEventStore(dynamodb.client, names.events),
    state: dynamodbTable(dynamodb.client, names.state),
    catalog: dynamodbTable(dynamodb.client, names.catalog),
    rows: dynamodbRowStores(dynamodb.client, { prefix: `${prefix}-rows-` }),
    articles: s3BlobStore(client, { bucket: `${prefix}-articles` }),
    log: s3BlobStore(client, { bucket: `${prefix}-log` }),
    sweep: dynamodbSweep(dynamodb.client, names),
    identity: realIdentity,
  };
  return { running: await runArchive(stores, options), remove: async () => client.destroy() };
}

export const articleText =
  'The two ministers met in Delhi on Thursday.\r\n“We talked, and we listened — no more”, said Anna Beck. Her colleague Omar Diallo declined to comment. ' +
  'Peace is near. Peace is near. Some say: peace is near. Peace is near. An <b>editor</b> asked & got no answer. Café 🕊️ talks went on.';

export const articleBody = {
  text: articleText,
  title: 'Two ministers <i>meet</i>',
  publisher: 'The Daily',
  language: 'en',
  publishedOn: '2023-03-03',
};

/** Ids of an article, two actors, a meeting and a statement about it. */
export interface Seeded {
  readonly article: string;
  readonly anna: string;
  readonly omar: string;
  readonly meeting: string;
  readonly statement: string;
}

export const meetingBody = ({ article, anna, omar }: Pick<Seeded, 'article' | 'anna' | 'omar'>) => ({
  title: 'Beck meets Diallo',
  participants: [{ actor: anna }, { actor: omar }],
  heldOn: '2023-03-02',
  format: 'in-person',
  certainty: 'asserted',
  topics: ['peace'],
  evidence: [{ articleId: article, exact: 'The two ministers met in Delhi on Thursday.' }],
});

export const statementBody = ({ article, anna }: Pick<Seeded, 'article' | 'anna'>) => ({
  speakers: [{ actor: anna, printed: 'Anna Beck' }],
  act: 'said',
  channel: 'press',
  madeOn: '2023-03-02',
  content: 'We talked, and we listened - no more',
  form: 'direct',
  language: 'en',
  certainty: 'asserted',
  topics: ['peace'],
  evidence: [{ articleId: article, exact: '"We talked, and we listened - no more", said Anna Beck.' }],
});

export const opinionBody = ({ article, omar }: Pick<Seeded, 'article' | 'omar'>) => ({
  by: { actor: omar },
  standing: 'expert',
  publishedOn: '2023-03-03',
  content: 'An <b>editor</b> asked & got no answer',
  form: 'indirect',
  language: 'en',
  certainty: 'asserted',
  evidence: [{ articleId: article, exact: 'An <b>editor</b> asked & got no answer.' }],
});

export async function seed({ post, settled }: TestArchive): Promise<Seeded> {
  const article: string = (await post('/articles', articleBody)).body.id;
  const anna: string = (await post('/actors', { id: 'actor-anna-beck', kind: 'person', name: 'Anna Beck' }))
    .body.id;
  const omar: string = (
    await post('/actors', { id: 'actor-omar-diallo', kind: 'person', name: 'Omar Diallo' })
  ).body.id;
  const meeting: string = (await post('/meetings', meetingBody({ article, anna, omar }))).body.id;
  const statement: string = (
    await post('/statements', { ...statementBody({ article, anna }), meetingId: meeting })
  ).body.id;
  await settled();
  return { article, anna, omar, meeting, statement };
}
