// Runs the contract of faults before each emulator: dynalite, whose refusals lack the existing item, and DynamoDB
// Local, whose refusals contain it.
import { describe } from 'vitest';
import { faultContract } from '../contract/faults.ts';
import { startDynalite } from '../support/servers/dynalite.ts';
import { startDynamodbLocal, whyNoDynamodbLocal } from '../support/servers/dynamodb-local.ts';

faultContract('dynalite', startDynalite);

const missing = whyNoDynamodbLocal();
if (missing !== undefined) console.warn(`Faults before DynamoDB Local are not tested: ${missing}.`);
describe.skipIf(missing !== undefined)('with Java', () => {
  faultContract('DynamoDB Local', startDynamodbLocal);
});
