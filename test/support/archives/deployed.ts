// Runs the bundled functions in separate processes, on emulators of DynamoDB, S3, KMS and Step Functions. Proxies
// record the calls of each function. Stream feeders invoke functions as Lambda does.
import { apiEvent, bundleAll, startFunction, type Bundles, type Invoked } from '../bundles.ts';
import { emulated, type Emulator } from '../servers/dynalite.ts';
import { startDynamodbLocal } from '../servers/dynamodb-local.ts';
import { startFaultProxy, type Fate, type FaultProxy, type ProxyCall } from '../servers/fault-proxy.ts';
import { startKmsServer } from '../servers/kms-server.ts';
import { startS3Server } from '../servers/s3-server.ts';
import { startSfnServer, type SfnServer } from '../servers/sfn-server.ts';
import { machineIn, type Machine } from '../servers/state-machine.ts';
import { feederOf, type BatchResponse, type StreamFeeder } from '../servers/stream-feeder.ts';

export const functions = ['api', 'sequencer', 'projector', 'rebuild'] as const;
export type FunctionName = (typeof functions)[number];

/** A call in the terms of an IAM policy, such as `dynamodb:PutItem on State`. */
export type Deed = `${string} on ${string}`;

export interface Deployed extends Readonly<Record<FunctionName, Invoked>> {
  readonly bundles: Bundles;
  readonly dynamodb: Emulator;
  readonly sfn: SfnServer;
  /** Endpoint of the S3 test server. */
  readonly s3: string;
  /** The state machine of rebuilds. It runs only if a test executes it. */
  readonly machine: Machine;
  /** Starts another process of this function, with additional variables and its own faults. */
  readonly start: (
    name: FunctionName,
    environment?: Record<string, string>,
    plan?: (call: ProxyCall) => Fate,
  ) => Promise<Invoked>;
  readonly events: StreamFeeder;
  /** Calls of each function so far. */
  readonly deeds: Readonly<Record<FunctionName, ReadonlySet<Deed>>>;
  /** Fates of the requests of each function to DynamoDB. A test sets them to let requests fail. */
  readonly faults: Map<FunctionName, (call: ProxyCall) => Fate>;
  /** Resolves when all requests have had their effect, also those that their process gave up. */
  readonly landed: () => Promise<void>;
  /** Sends a request through API Gateway. @throws Error if the answer exceeds Lambda's limit */
  readonly call: (
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ) => Promise<any>;
  /** Passes stream records to the functions until the streams are empty. */
  readonly settle: () => Promise<void>;
  readonly close: () => Promise<void>;
}

const KEY = 'arn:aws:kms:local:111122223333:key/log';
const MACHINE = 'arn:aws:states:local:111122223333:stateMachine:chancery-rebuilds';
const BUCKETS = { 'test-articles': 'Articles', 'test-log': 'Log' } as const;
export const ROWS_PREFIX = 'test-rows-';
/** Retries of stream records, as in the stack. */
const RETRIES = 3;
const MAX_BYTES = 6_000_000;

export async function deploy(): Promise<Deployed> {
  const [bundles, dynamodb, s3, kms, sfn] = await Promise.all([
    bundleAll(),
    startDynamodbLocal(),
    startS3Server(),
    startKmsServer(KEY),
    startSfnServer(MACHINE),
  ]);
  const proxies: FaultProxy[] = [];
  const stores = new Map<string, string>([
    [dynamodb.tables.events, 'Events'],
    [dynamodb.tables.state, 'State'],
    [dynamodb.tables.catalog, 'Catalog'],
    ...Object.entries(BUCKETS),
  ]);
  const deeds = Object.fromEntries(functions.map((name) => [name, new Set<Deed>()])) as Record<
    FunctionName,
    Set<Deed>
  >;

  const faults: Deployed['faults'] = new Map();

  async function through(
    target: string,
    name: FunctionName,
    deedsOf: (call: ProxyCall) => Deed[],
    plan = (call: ProxyCall): Fate => faults.get(name)?.(call),
  ): Promise<string> {
    const proxy = await startFaultProxy(target, (call) => {
      for (const deed of deedsOf(call)) deeds[name].add(deed);
      return target === dynamodb.endpoint ? plan(call) : undefined;
    });
    proxies.push(proxy);
    return proxy.endpoint;
  }

  async function start(
    name: FunctionName,
    environment: Record<string, string> = {},
    plan?: (call: ProxyCall) => Fate,
  ): Promise<Invoked> {
    return startFunction(bundles.folders[name] ?? '', {
      AWS_REGION: emulated.region,
      AWS_ACCESS_KEY_ID: emulated.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: emulated.credentials.secretAccessKey,
      AWS_ENDPOINT_URL_DYNAMODB: await through(
        dynamodb.endpoint,
        name,
        (call) => onTables(call, stores),
        plan,
      ),
      AWS_ENDPOINT_URL_S3: await through(s3.endpoint, name, (call) => onBuckets(call, stores)),
      AWS_ENDPOINT_URL_KMS: await through(kms.endpoint, name, ({ operation }) => [
        `kms:${operation} on LogKey`,
      ]),
      AWS_ENDPOINT_URL_SFN: await through(sfn.endpoint, name, ({ operation }) => [
        `states:${operation} on RebuildsMachine`,
      ]),
      CHANCERY_REBUILDS: MACHINE,
      // A call takes no further step two minutes before its timeout. Here that is after a few moments.
      ...(name === 'rebuild' ? { FUNCTION_MS: '120200' } : {}),
      CHANCERY_EVENTS_TABLE: dynamodb.tables.events,
      CHANCERY_STATE_TABLE: dynamodb.tables.state,
      CHANCERY_READ_MODELS_TABLE: dynamodb.tables.catalog,
      CHANCERY_ROWS_PREFIX: ROWS_PREFIX,
      CHANCERY_ARTICLES_BUCKET: 'test-articles',
      CHANCERY_LOG_BUCKET: 'test-log',
      CHANCERY_ORIGIN: 'archive.example.org/log',
      CHANCERY_KMS_KEYS: KEY,
      POWERTOOLS_METRICS_NAMESPACE: 'chancery',
      POWERTOOLS_SERVICE_NAME: name,
      ...environment,
    });
  }

  const [api, sequencer, projector, rebuild] = await Promise.all([
    start('api'),
    start('sequencer'),
    start('projector'),
    start('rebuild'),
  ]);
  const events = await feederOf(dynamodb.endpoint, dynamodb.tables.events, RETRIES);
  const head = await feederOf(dynamodb.endpoint, dynamodb.tables.state, RETRIES);

  return {
    bundles,
    dynamodb,
    sfn,
    s3: s3.endpoint,
    machine: machineIn(bundles.resources),
    start,
    events,
    deeds,
    faults,
    landed: async () => void (await Promise.all(proxies.map((proxy) => proxy.settled()))),
    api,
    sequencer,
    projector,
    rebuild,
    call: async (method, path, body, headers) => {
      const answer = await api.invoke<any>(apiEvent(method, path, body, headers));
      const bytes = Buffer.byteLength(JSON.stringify(answer));
      if (bytes > MAX_BYTES)
        throw new Error(`${method} ${path} has an answer of ${bytes} bytes, more than ${MAX_BYTES}`);
      const text = Buffer.from(answer.body, answer.isBase64Encoded ? 'base64' : 'utf8').toString();
      const isJson =
        /json/.test(answer.headers['content-type']) && !/ndjson/.test(answer.headers['content-type']);
      return { ...answer, text, json: isJson && text !== '' ? JSON.parse(text) : undefined };
    },
    settle: async () => {
      for (let moved = 1; moved > 0;) {
        moved = await events.feed((event) => sequencer.invoke<BatchResponse>(event));
        moved += await head.feed(async ({ Records }) => {
          const ofHead = Records.filter(isHead);
          return ofHead.length === 0
            ? { batchItemFailures: [] }
            : projector.invoke<BatchResponse>({ Records: ofHead });
        });
      }
    },
    close: async () => {
      events.close();
      head.close();
      await Promise.all([api, sequencer, projector, rebuild].map((each) => each.stop()));
      await Promise.all(proxies.map((proxy) => proxy.close()));
      await Promise.all([dynamodb.close(), s3.close(), kms.close(), sfn.close(), bundles.remove()]);
    },
  };
}

/** Applies the stack's event filter for the projector. */
const isHead = ({
  dynamodb,
}: {
  dynamodb?: { Keys?: Record<string, { S?: string }> | undefined } | undefined;
}): boolean => dynamodb?.Keys?.['partition']?.S === 'log' && dynamodb.Keys['sort']?.S === 'head';

function onTables({ operation, body }: ProxyCall, stores: ReadonlyMap<string, string>): Deed[] {
  const {
    TableName,
    RequestItems = {},
    Item,
  } = JSON.parse(body.toString()) as {
    TableName?: string;
    RequestItems?: object;
    Item?: { partition?: { S: string } };
  };
  return [TableName ?? Object.keys(RequestItems)].flat().map((table) => {
    const store = table.startsWith(ROWS_PREFIX) ? 'Rows' : stores.get(table);
    const isPartition = operation === 'PutItem' && store !== 'Events' && store !== 'Catalog';
    const partition = isPartition ? ` ${Item?.partition?.S.split('/')[0]}` : '';
    return `dynamodb:${operation} on ${store}${partition}` as const;
  });
}

function onBuckets({ operation }: ProxyCall, stores: ReadonlyMap<string, string>): Deed[] {
  const [, method = '', bucket = '', key] = /^(\w+) \/([^/]+)(?:\/(.+))?$/.exec(operation) ?? [];
  const action = key === undefined ? 'ListBucket' : method === 'PUT' ? 'PutObject' : 'GetObject';
  return [`s3:${action} on ${stores.get(bucket)}`];
}
