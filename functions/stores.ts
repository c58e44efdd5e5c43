// The archive on AWS's stores, as the environment names them: for the Lambda functions, and for one process on them.
import { dynamodbClient } from '../adapters/dynamodb/client.ts';
import { dynamodbEventStore } from '../adapters/dynamodb/event-store.ts';
import { dynamodbSweep } from '../adapters/dynamodb/sweep.ts';
import { dynamodbTable } from '../adapters/dynamodb/table.ts';
import { s3BlobStore } from '../adapters/s3/blob-store.ts';
import { s3Client } from '../adapters/s3/client.ts';
import { servedAs } from '../events/log/served.ts';
import type { BlobStore, EventStore, Sweep, Table } from '../domain/ports.ts';

export interface Stores {
  readonly store: EventStore;
  readonly state: Table;
  readonly views: Table;
  readonly articles: BlobStore;
  readonly log: BlobStore;
  readonly sweep: Sweep;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The tables and buckets that the environment names; where it names none, as the stack `chancery` does. */
export const placesIn = (environment: Environment) => ({
  events: environment['CHANCERY_EVENTS_TABLE'] ?? 'chancery-events',
  state: environment['CHANCERY_STATE_TABLE'] ?? 'chancery-state',
  views: environment['CHANCERY_VIEWS_TABLE'] ?? 'chancery-views',
  articles: environment['CHANCERY_ARTICLES_BUCKET'] ?? 'chancery-articles',
  log: environment['CHANCERY_LOG_BUCKET'] ?? 'chancery-log',
});

/** Region, credentials and endpoints come from the SDK's own variables. */
export function openStores(environment: Environment): Stores {
  const places = placesIn(environment);
  const [dynamodb, s3] = [dynamodbClient(), s3Client()];
  const units = environment['CHANCERY_SWEEP_READ_UNITS'];
  return {
    store: dynamodbEventStore(dynamodb, places.events),
    state: dynamodbTable(dynamodb, places.state),
    views: dynamodbTable(dynamodb, places.views),
    articles: s3BlobStore(s3, { bucket: places.articles }),
    log: s3BlobStore(s3, { bucket: places.log, servedAs }),
    sweep: dynamodbSweep(dynamodb, places, units === undefined ? {} : { units: Number(units) }),
  };
}
