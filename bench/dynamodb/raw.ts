// Measures conditional puts of the SDK without a library. Variants: `event` (canonical bytes), `brotli` (the same,
// compressed), `data` (the statement alone), `http` (`event` behind a minimal HTTP route that checks nothing).
import {
  DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteItemsCommand,
  type AttributeValue,
  type QueryCommandOutput,
  type ScanCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { Hono } from 'hono';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import { LONG_STREAM, PER_STREAM, STREAMS } from '../workload.ts';
import { costOf, metered } from './metering.ts';
import { eventsOf, statementsOf, streamName, type Statement } from './segments.ts';
import {
  clientOptions,
  createTable,
  dropTable,
  runSubject,
  variant,
  type OpenedSystem,
} from './bench-subject.ts';

const client = new DynamoDBClient(clientOptions);
const meter = metered(client);
const JSON_TYPE = { 'Content-Type': 'application/json' };

function bodyOf(stream: string, revision: number, data: Statement): AttributeValue {
  if (variant === 'data') return { S: JSON.stringify(data) };
  const [bytes = new Uint8Array()] = eventsOf(stream, revision, [data]);
  return { B: bytes };
}

const compressed = (bytes: Uint8Array): Uint8Array =>
  brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } });

function putOf(table: string, stream: string, revision: number, body: AttributeValue) {
  const events = variant === 'brotli' && body.B !== undefined ? { B: compressed(body.B) } : body;
  return {
    TableName: table,
    Item: { stream: { S: stream }, revision: { N: String(revision) }, events },
    ConditionExpression: 'attribute_not_exists(#stream)',
    ExpressionAttributeNames: { '#stream': 'stream' },
  };
}

function textOf(events: AttributeValue | undefined): string {
  if (events?.B === undefined) return events?.S ?? 'null';
  return Buffer.from(variant === 'brotli' ? brotliDecompressSync(events.B) : events.B).toString();
}

type Page = ScanCommandOutput | QueryCommandOutput;

async function drain(next: (from: Page['LastEvaluatedKey']) => Promise<Page>): Promise<number> {
  let count = 0;
  let from: Page['LastEvaluatedKey'];
  do {
    const page = await next(from);
    for (const { events } of page.Items ?? []) {
      if (JSON.parse(textOf(events)) !== null) count++;
    }
    from = page.LastEvaluatedKey;
  } while (from);
  return count;
}

const read = (table: string, stream: string): Promise<number> =>
  drain((from) =>
    client.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: '#stream = :stream',
        ExpressionAttributeNames: { '#stream': 'stream' },
        ExpressionAttributeValues: { ':stream': { S: stream } },
        ConsistentRead: true,
        ExclusiveStartKey: from,
      }),
    ),
  );

const newTable = (): Promise<string> => createTable(['stream:S', 'revision:N']);

async function fill(table: string, stream: string, count: number): Promise<void> {
  for (const [index, data] of statementsOf(1, count).entries()) {
    const put = putOf(table, stream, index + 1, bodyOf(stream, index + 1, data));
    await client.send(new PutItemCommand(put));
  }
}

/** Wraps appends in a minimal route that parses a JSON body and answers in JSON. */
function behindHttp(put: (stream: number, revision: number) => Promise<unknown>): OpenedSystem['append'] {
  const app = new Hono();
  app.post('/statements/:stream/:revision', async (c) => {
    const data: object = await c.req.json();
    await put(Number(c.req.param('stream')), Number(c.req.param('revision')));
    return c.json({ data }, 201);
  });
  return async (stream, revision, data) => {
    const request = { method: 'POST', headers: JSON_TYPE, body: JSON.stringify(data) };
    const answer = await app.request(`/statements/${stream}/${revision}`, request);
    if (answer.status !== 201) throw new Error(`answered ${answer.status}`);
    return answer.json();
  };
}

await runSubject({
  meter,
  open: async (): Promise<OpenedSystem> => {
    const table = await newTable();
    const names = Array.from({ length: STREAMS }, (_, stream) => streamName(stream));
    const bodies = names.map((name, stream) =>
      statementsOf(stream + 1, PER_STREAM).map((data, index) => bodyOf(name, index + 1, data)),
    );
    const put = (stream: number, revision: number): Promise<unknown> => {
      const [name, body] = [names[stream] ?? '', bodies[stream]?.[revision - 1] ?? { NULL: true }];
      return client.send(new PutItemCommand(putOf(table, name, revision, body)));
    };
    return {
      append: variant === 'http' ? behindHttp(put) : put,
      replay: async () => ({
        count: await drain((from) =>
          client.send(new ScanCommand({ TableName: table, ExclusiveStartKey: from })),
        ),
      }),
      close: () => dropTable(table),
    };
  },
  costs: async () => {
    const table = await newTable();
    const group = statementsOf(2, 10).map((data, index) => ({
      Put: putOf(table, streamName('ten'), index + 1, bodyOf(streamName('ten'), index + 1, data)),
    }));
    const ten = await costOf(meter, () =>
      client.send(new TransactWriteItemsCommand({ TransactItems: group })),
    );
    await fill(table, streamName('hundred'), LONG_STREAM);
    const hundred = await costOf(meter, () => read(table, streamName('hundred')));
    await fill(table, streamName('long'), 1_200);
    const long = await read(table, streamName('long'));
    await dropTable(table);
    return { tenInOne: ten.writes, hundred: hundred.reads, long };
  },
});
