// The Lambda functions, their permissions and their triggers. No role may update or delete an event.
import { fileURLToPath } from 'node:url';
import {
  Runtime,
  StartingPosition,
  Architecture,
  LoggingFormat,
  FilterCriteria,
  FilterRule,
  type IEventSourceDlq,
} from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { NodejsFunction, OutputFormat, SourceMapMode } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Construct } from 'constructs';
import type { LogKey } from './log-key.ts';
import { rowsEnvironment, RowTables } from './row-tables.ts';
import type { Batching, FunctionSize, Settings } from './function-settings.ts';
import type { Stores } from './tables-and-buckets.ts';

type Name = 'api' | 'sequencer' | 'projector' | 'rebuild' | 'removal';

/** The file in functions/ of each function. The names of functions are construct ids, so a file's name may differ. */
const FILES: Readonly<Record<Name, string>> = {
  api: 'api.ts',
  sequencer: 'sequencer.ts',
  projector: 'projector.ts',
  rebuild: 'rebuild.ts',
  removal: 'delete-row-tables.ts',
};

/** The timeout covers the deletion of all tables of rows, a few seconds each. */
const REMOVAL: FunctionSize = { memory: 512, timeout: Duration.minutes(15) };

export class Functions extends Construct {
  readonly api: NodejsFunction;
  readonly sequencer: NodejsFunction;
  readonly projector: NodejsFunction;
  readonly rebuild: NodejsFunction;
  /** Deletes the tables of rows when the stack is deleted. */
  readonly removal: NodejsFunction;
  private readonly stores: Stores;
  private readonly settings: Settings;

  constructor(scope: Construct, stores: Stores, logKey: LogKey, settings: Settings) {
    super(scope, 'Functions');
    this.stores = stores;
    this.settings = settings;
    const { events, state, catalog, articles, log } = stores;
    const rowTables = new RowTables(this, settings, stores);

    this.api = this.make('api', settings.api);
    allow(events, this.api, 'PutItem', 'GetItem', 'Query');
    allow(state, this.api, 'GetItem', 'Query');
    allowKeyClaims(state, this.api);
    allow(catalog, this.api, 'GetItem', 'Query', 'PutItem');
    rowTables.allow(this.api, 'Query');
    read(articles, this.api);
    write(articles, this.api);
    read(log, this.api);

    this.sequencer = this.make('sequencer', settings.sequencer, settings.sequencer.concurrency);
    allow(events, this.sequencer, 'GetItem', 'Query', 'Scan');
    allow(state, this.sequencer, 'GetItem', 'Query', 'PutItem');
    read(log, this.sequencer);
    write(log, this.sequencer);
    logKey.grantSign(this.sequencer);
    if (settings.witnesses !== undefined)
      this.sequencer.addEnvironment('CHANCERY_WITNESSES', settings.witnesses);
    this.sequencer.addEventSource(this.source(this.sequencer, events, settings.sequencer));
    new Schedule(this, 'Sweep', {
      schedule: ScheduleExpression.rate(settings.sweep.every),
      target: new LambdaInvoke(this.sequencer, { input: ScheduleTargetInput.fromObject({ sweep: true }) }),
      description: 'Finds commits whose hints were lost for more than a day',
    });

    // Concurrent projectors are safe, because they write the same rows. The head is in one shard, so there is one
    // projector at a time, plus one during a scheduled check.
    this.projector = this.make('projector', settings.projector);
    this.rebuild = this.make('rebuild', settings.rebuild);
    for (const each of [this.projector, this.rebuild]) {
      // Folds read earlier events of a stream.
      allow(events, each, 'Query');
      allow(state, each, 'GetItem', 'Query');
      allow(catalog, each, 'GetItem', 'Query', 'PutItem', 'BatchWriteItem', 'DeleteItem');
      rowTables.allow(each, 'Query', 'BatchWriteItem');
      // The projector creates the first generation of an empty archive; rebuilds create all others.
      rowTables.allowCreating(each);
      read(log, each);
    }
    rowTables.allow(this.rebuild, 'Scan');
    rowTables.allowDeleting(this.rebuild);
    this.removal = this.make('removal', REMOVAL);
    rowTables.allowDeleting(this.removal);
    rowTables.removeWithStack(this, this.removal, [this.projector, this.rebuild]);
    for (const each of this.all()) stores.grantKey(each);

    const head = FilterCriteria.filter({
      dynamodb: {
        Keys: { partition: { S: FilterRule.isEqual('log') }, sort: { S: FilterRule.isEqual('head') } },
      },
    });
    this.projector.addEventSource(this.source(this.projector, state, settings.projector, [head]));
  }

  /** Returns the functions of the archive, without the custom resource. */
  all(): readonly NodejsFunction[] {
    return [this.api, this.sequencer, this.projector, this.rebuild];
  }

  private make(name: Name, { memory, timeout }: FunctionSize, concurrency?: number): NodejsFunction {
    const { events, state, catalog, articles, log } = this.stores;
    const logGroup = new LogGroup(this, `${name}Log`, {
      retention: this.settings.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    return new NodejsFunction(this, name, {
      functionName: `${this.settings.name}-${name}`,
      entry: fileURLToPath(new URL(`../functions/${FILES[name]}`, import.meta.url)),
      depsLockFilePath: fileURLToPath(new URL('../package-lock.json', import.meta.url)),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: memory,
      timeout,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      ...(concurrency === undefined ? {} : { reservedConcurrentExecutions: concurrency }),
      environment: {
        CHANCERY_EVENTS_TABLE: events.tableName,
        CHANCERY_STATE_TABLE: state.tableName,
        CHANCERY_READ_MODELS_TABLE: catalog.tableName,
        ...rowsEnvironment(this.settings, this.stores),
        CHANCERY_ARTICLES_BUCKET: articles.bucketName,
        CHANCERY_LOG_BUCKET: log.bucketName,
        CHANCERY_SWEEP_READ_UNITS: String(this.settings.sweep.readUnits),
        CHANCERY_REBUILD_ALWAYS_WRITES: this.settings.rebuild.alwaysWrites ? 'yes' : 'no',
        CHANCERY_GRACE_HOURS: String(this.settings.rebuild.grace.toHours()),
        POWERTOOLS_METRICS_NAMESPACE: this.settings.name,
        POWERTOOLS_SERVICE_NAME: name,
        NODE_OPTIONS: '--enable-source-maps',
      },
      bundling,
    });
  }

  private source(
    target: NodejsFunction,
    table: ITable,
    { records, window, retries }: Batching,
    filters: Record<string, unknown>[] = [],
  ): DynamoEventSource {
    return new DynamoEventSource(table, {
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: records,
      maxBatchingWindow: window,
      retryAttempts: retries,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      onFailure: keptIn(this.stores.failures, target),
      ...(filters.length > 0 ? { filters } : {}),
    });
  }
}

/** One ES module that includes the SDK, so that its version is pinned here and not by the platform. */
const bundling = {
  format: OutputFormat.ESM,
  target: 'node24',
  minify: true,
  sourceMap: true,
  sourceMapMode: SourceMapMode.EXTERNAL,
  mainFields: ['module', 'main'],
  bundleAwsSDK: true,
  // CommonJS packages call `require`.
  banner:
    "import{createRequire as chanceryCreateRequire}from'node:module';const require=chanceryCreateRequire(import.meta.url);",
};

function allow(table: ITable, grantee: NodejsFunction, ...actions: string[]): void {
  table.grant(grantee, ...actions.map((action) => `dynamodb:${action}`));
}

/** Allows the API to write idempotency keys, but no state of the sequencer. */
function allowKeyClaims(state: ITable, grantee: NodejsFunction): void {
  grantee.addToRolePolicy(
    new PolicyStatement({
      actions: ['dynamodb:PutItem'],
      resources: [state.tableArn],
      conditions: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['keys'] } },
    }),
  );
}

/** Allows reading, and listing, because without it S3 answers 403 instead of 404 for a missing object. */
function read(bucket: IBucket, grantee: NodejsFunction): void {
  grantee.addToRolePolicy(
    new PolicyStatement({ actions: ['s3:GetObject'], resources: [bucket.arnForObjects('*')] }),
  );
  grantee.addToRolePolicy(new PolicyStatement({ actions: ['s3:ListBucket'], resources: [bucket.bucketArn] }));
}

function write(bucket: IBucket, grantee: NodejsFunction): void {
  grantee.addToRolePolicy(
    new PolicyStatement({ actions: ['s3:PutObject'], resources: [bucket.arnForObjects('*')] }),
  );
}

/** Returns the destination that keeps records whose processing failed after all retries. */
function keptIn(bucket: IBucket, grantee: NodejsFunction): IEventSourceDlq {
  read(bucket, grantee);
  write(bucket, grantee);
  return { bind: () => ({ destination: bucket.bucketArn }) };
}
