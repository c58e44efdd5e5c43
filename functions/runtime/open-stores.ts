// Opens the archive's stores on AWS, as the environment names them: for the Lambda functions and for a single process.
import { dynamodbClient } from '../../adapters/dynamodb/dynamodb-client.ts';
import { dynamodbEventStore } from '../../adapters/dynamodb/event-store.ts';
import { dynamodbSweep } from '../../adapters/dynamodb/sweep.ts';
import { dynamodbTable } from '../../adapters/dynamodb/table.ts';
import { s3BlobStore } from '../../adapters/s3/blob-store.ts';
import { s3Client } from '../../adapters/s3/s3-client.ts';
import { servedAs } from '../../events/log/served.ts';
import type { BlobStore, EventStore, Sweep, Table } from '../../domain/ports.ts';
import type { RowStores } from '../../domain/projections/rows/row-store.ts';
import { openRows } from './open-rows.ts';
import { settingsIn, type Environment } from '../settings/settings.ts';

export interface Stores {
  readonly store: EventStore;
  readonly state: Table;
  /** All generations of read models, their projection checkpoints, and rebuilds. */
  readonly catalog: Table;
  /** The rows of each generation. */
  readonly rows: RowStores;
  readonly articles: BlobStore;
  readonly log: BlobStore;
  readonly sweep: Sweep;
}

/** Returns the names of the tables and buckets; the defaults are those of the stack `chancery`. */
export function storeNamesIn(environment: Environment) {
  const settings = settingsIn(environment);
  return {
    events: settings.CHANCERY_EVENTS_TABLE,
    state: settings.CHANCERY_STATE_TABLE,
    catalog: settings.CHANCERY_READ_MODELS_TABLE,
    articles: settings.CHANCERY_ARTICLES_BUCKET,
    log: settings.CHANCERY_LOG_BUCKET,
  };
}

/** Opens the stores. The SDK reads region, credentials and endpoints from its own variables. */
export function openStores(environment: Environment): Stores {
  const names = storeNamesIn(environment);
  const [dynamodb, s3] = [dynamodbClient(), s3Client()];
  const units = settingsIn(environment).CHANCERY_SWEEP_READ_UNITS;
  return {
    store: dynamodbEventStore(dynamodb, names.events),
    state: dynamodbTable(dynamodb, names.state),
    catalog: dynamodbTable(dynamodb, names.catalog),
    rows: openRows(environment, dynamodb),
    articles: s3BlobStore(s3, { bucket: names.articles }),
    log: s3BlobStore(s3, { bucket: names.log, servedAs }),
    sweep: dynamodbSweep(dynamodb, names, units === undefined ? {} : { units: Number(units) }),
  };
}
