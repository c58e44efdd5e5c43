// What a rebuild of all read models takes in units of DynamoDB, beside rows that are read and are the same, so that all
// are compared. Called as: <script> <endpoint> costs <events>.
import { dynamodbClient } from '../../adapters/dynamodb/client.ts';
import { dynamodbRowStores } from '../../adapters/dynamodb/row-stores.ts';
import { dynamodbTable } from '../../adapters/dynamodb/table.ts';
import { catchUp } from '../../domain/projections/catch-up.ts';
import { memoryBlobs } from '../../test/support/memory-blobs.ts';
import { memoryStore } from '../../test/support/memory-store.ts';
import { memoryTable } from '../../test/support/memory-table.ts';
import { openTables } from '../dynamodb/archive-tables.ts';
import { metered } from '../dynamodb/metering.ts';
import { clientOptions, variant } from '../dynamodb/subject.ts';
import { history } from '../history/generate.ts';
import { writeHistory } from '../history/write.ts';
import { rebuildAll } from './all.ts';

interface Units {
  readonly reads: number;
  readonly writes: number;
}

/** An event. */
export interface UnitFigures {
  readonly folding: Units;
  readonly comparing: Units;
}

const SEED = 1;
const client = dynamodbClient(clientOptions);
const meter = metered(client);
const { names, close } = await openTables();
const of = {
  store: memoryStore(),
  state: memoryTable(),
  catalog: dynamodbTable(client, names.catalog),
  rows: dynamodbRowStores(client, { prefix: `${names.catalog}-rows-` }),
  log: memoryBlobs(),
};
await catchUp(of);
const events = await writeHistory(of, history(SEED, Number(variant)));
await catchUp(of);

const taken = () => ({ reads: meter.reads / events, writes: meter.writes / events });
const begun = taken();
let folded = begun;
await rebuildAll(of, (phase) => {
  if (phase === 'comparing') folded = taken();
});
const ended = taken();
await close();
const between = (from: Units, to: Units): Units => ({
  reads: to.reads - from.reads,
  writes: to.writes - from.writes,
});
const figures: UnitFigures = { folding: between(begun, folded), comparing: between(folded, ended) };
process.stdout.write(`${JSON.stringify(figures)}\n`, () => process.exit());
