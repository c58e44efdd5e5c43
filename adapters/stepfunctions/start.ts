// Starts an execution of a Step Functions state machine.
import { SFNClient, StartExecutionCommand, type SFNClientConfig } from '@aws-sdk/client-sfn';
import { connections } from '../connections.ts';

const ATTEMPTS = 3;
const REQUEST_MS = 3_000;

/** Creates a client from AWS_ENDPOINT_URL_SFN, AWS_REGION and credentials, as the SDK does. `config` has priority. */
export const sfnClient = (config: SFNClientConfig = {}): SFNClient =>
  new SFNClient({
    maxAttempts: ATTEMPTS,
    retryMode: 'standard',
    requestHandler: connections(REQUEST_MS),
    ...config,
  });

/** Starts an execution with a generated name. It is not idempotent: two calls start two executions. */
export async function startExecution(
  client: SFNClient,
  stateMachineArn: string,
  input: object,
): Promise<void> {
  await client.send(new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) }));
}
