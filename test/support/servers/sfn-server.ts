// A Step Functions server with the one call that the archive makes. It stores the inputs of started executions.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';

export interface SfnServer {
  readonly endpoint: string;
  /** Returns the inputs of executions started since the last call. */
  readonly started: () => unknown[];
  readonly close: () => Promise<void>;
}

export async function startSfnServer(machine: string): Promise<SfnServer> {
  let started: unknown[] = [];
  const server = createServer(async (request, response) => {
    const body = JSON.parse(await text(request)) as { stateMachineArn?: string; input?: string };
    const isStart =
      request.headers['x-amz-target'] === 'AWSStepFunctions.StartExecution' &&
      body.stateMachineArn === machine;
    if (isStart) started.push(JSON.parse(body.input ?? 'null'));
    response.writeHead(isStart ? 200 : 400, { 'Content-Type': 'application/x-amz-json-1.0' });
    response.end(
      JSON.stringify(
        isStart
          ? { executionArn: `${machine}:1`, startDate: 1_700_000_000 }
          : { __type: 'StateMachineDoesNotExist' },
      ),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('the server has no address');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    started: () => {
      const all = started;
      started = [];
      return all;
    },
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
