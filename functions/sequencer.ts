// Lambda function `sequencer`: sequences the streams that the stream of table `events` names.
// A schedule also starts it, to sweep for commits whose hints were lost.
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { publishKeys } from '../domain/log/log-identity.ts';
import { sequence } from '../domain/log/sequencer.ts';
import { sweepStep } from '../domain/log/unsequenced-sweep.ts';
import { alarm } from './runtime/alarm.ts';
import { openIdentity } from './runtime/open-identity.ts';
import { openStores } from './runtime/open-stores.ts';
import { openWitnesses } from './runtime/open-witnesses.ts';

const stores = openStores(process.env);
const identity = await openIdentity(process.env);
const sequencer = { ...stores, identity, witnesses: openWitnesses(process.env), alarm };
await publishKeys(stores.log, identity);

export async function handler(
  event: DynamoDBStreamEvent | { readonly sweep: true },
): Promise<DynamoDBBatchResponse> {
  if ('sweep' in event) {
    await sweepStep({ ...stores, clock: Date.now, sequence: (streams) => sequence(sequencer, streams) });
    return { batchItemFailures: [] };
  }
  for (const record of event.Records) alarmUnlessInserted(record);
  const quarantined = new Set(
    await sequence(
      sequencer,
      event.Records.flatMap((record) => streamOf(record) ?? []),
    ),
  );
  const failed = event.Records.filter((record) => quarantined.has(streamOf(record) ?? ''));
  return {
    batchItemFailures: failed.map(({ dynamodb }) => ({ itemIdentifier: dynamodb?.SequenceNumber ?? '' })),
  };
}

/** Alarms if an event was updated or deleted: no role and no code of the archive may do so. */
function alarmUnlessInserted(record: DynamoDBRecord): void {
  if (record.eventName === 'INSERT') return;
  const what = record.eventName === 'REMOVE' ? 'removed from' : 'overwritten in';
  alarm(
    `revision ${record.dynamodb?.Keys?.['revision']?.N} of ${streamOf(record)} was ${what} table events: the log keeps the original (docs/log.md)`,
  );
}

const streamOf = ({ dynamodb }: DynamoDBRecord): string | undefined => dynamodb?.Keys?.['stream']?.S;
