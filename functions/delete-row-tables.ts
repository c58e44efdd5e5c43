// Lambda function `removal`: the stack's CloudFormation resource that deletes the tables of rows. When the stack is
// deleted, it deletes all of them with their alarms.
import type { CloudFormationCustomResourceEvent, CloudFormationCustomResourceResponse } from 'aws-lambda';
import { alarm } from './runtime/alarm.ts';
import { openRows } from './runtime/open-rows.ts';

export async function handler(event: CloudFormationCustomResourceEvent): Promise<void> {
  await respond(event, event.RequestType === 'Delete' ? await dropTables() : { Status: 'SUCCESS' });
}

async function dropTables(): Promise<Outcome> {
  try {
    const rows = openRows(process.env);
    const generations = await rows.list();
    await Promise.all(generations.map((generation) => rows.drop(generation)));
    return { Status: 'SUCCESS' };
  } catch (error) {
    alarm('the tables of rows could not be deleted', error);
    return { Status: 'FAILED', Reason: String(error) };
  }
}

type Outcome = { readonly Status: 'SUCCESS' } | { readonly Status: 'FAILED'; readonly Reason: string };

/**
 * Sends the outcome to CloudFormation.
 *
 * @throws Error if CloudFormation does not accept the outcome; Lambda then retries the request
 */
async function respond(event: CloudFormationCustomResourceEvent, outcome: Outcome): Promise<void> {
  const { StackId, RequestId, LogicalResourceId } = event;
  const response: CloudFormationCustomResourceResponse = {
    ...outcome,
    StackId,
    RequestId,
    LogicalResourceId,
    PhysicalResourceId: LogicalResourceId,
  };
  // Sent as bytes, because the URL is signed for a request without a content type.
  const body = new TextEncoder().encode(JSON.stringify(response));
  const { ok, status } = await fetch(event.ResponseURL, { method: 'PUT', body });
  if (!ok) throw new Error(`CloudFormation answered ${status} to the outcome ${outcome.Status}`);
}
