// Starts DynamoDB Local, the emulator of AWS, for one measurement: in memory, with a heap so large that it rarely
// collects garbage. It is installed with the emulator of the tests, and needs Java.
import { spawn } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { whyNoDynamodbLocal } from '../../test/support/servers/dynamodb-local.ts';

const FOLDER = join(
  import.meta.dirname,
  '../../test/emulator/node_modules/amplify-dynamodb-simulator/emulator',
);
const READY_TRIES = 600;

export interface Emulator {
  readonly endpoint: string;
  readonly stop: () => void;
}

/** Starts the emulator. @throws Error if it or Java is missing, or if it does not answer in time */
export async function startEmulator(): Promise<Emulator> {
  const why = whyNoDynamodbLocal();
  if (why !== undefined) throw new Error(`this bench needs DynamoDB Local, but ${why}`);
  const port = await freePort();
  const java = spawn(
    'java',
    [
      '-Xmx3g',
      '-Djava.library.path=./DynamoDBLocal_lib',
      '-jar',
      'DynamoDBLocal.jar',
      '-inMemory',
      '-disableTelemetry',
      '-port',
      String(port),
    ],
    { cwd: FOLDER, stdio: 'ignore' },
  );
  const kill = (): void => void java.kill('SIGKILL');
  process.once('exit', kill);
  const endpoint = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < READY_TRIES && java.exitCode === null; tries++) {
    if (await answers(endpoint)) return { endpoint, stop: kill };
    await setTimeout(100);
  }
  kill();
  throw new Error(`DynamoDB Local did not start on port ${port}`);
}

/** Returns true if the emulator answers, with any status. A request without a target gets 400. */
async function answers(endpoint: string): Promise<boolean> {
  try {
    await fetch(endpoint, { signal: AbortSignal.timeout(1_000) });
    return true;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
