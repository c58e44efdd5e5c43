// Runs the functions as CDK deploys them: only the bundled file, in a new process, in a folder without node_modules.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import type { Resources } from './grants.ts';

export interface Bundles {
  /** Folder of each function's bundle. */
  readonly folders: Readonly<Record<string, string>>;
  readonly sizes: Readonly<Record<string, number>>;
  /** The resources of the synthesized template, by logical id. */
  readonly resources: Resources;
  readonly remove: () => Promise<void>;
}

const ROOT = join(import.meta.dirname, '../..');

/** Synthesizes the stack, and copies the assets that it would upload to folders outside the project. */
export async function bundleAll(): Promise<Bundles> {
  const out = await mkdtemp(join(tmpdir(), 'chancery-cdk-'));
  const cdk = join(ROOT, 'node_modules/.bin/cdk');
  await promisify(execFile)(cdk, ['synth', '--quiet', '--output', out], {
    cwd: ROOT,
    maxBuffer: 64 * 1_024 * 1_024,
  });
  const template = await readFile(join(out, 'chancery.template.json'), 'utf8');
  const { Resources: resources } = JSON.parse(template) as { Resources: Resources };
  const folders: Record<string, string> = {};
  const sizes: Record<string, number> = {};
  for (const { Type, Properties } of Object.values(resources)) {
    if (Type !== 'AWS::Lambda::Function') continue;
    const name: string = Properties.Environment.Variables.POWERTOOLS_SERVICE_NAME;
    const folder = await mkdtemp(join(tmpdir(), `chancery-${name}-`));
    const asset = String(Properties.Code.S3Key).replace(/\.zip$/, '');
    await cp(join(out, `asset.${asset}`), folder, { recursive: true });
    folders[name] = folder;
    sizes[name] = (await stat(join(folder, 'index.mjs'))).size;
  }
  await rm(out, { recursive: true });
  return {
    folders,
    sizes,
    resources,
    remove: async () => {
      await Promise.all(Object.values(folders).map((folder) => rm(folder, { recursive: true })));
    },
  };
}

export interface Invoked {
  /** Calls the handler with FUNCTION_MS milliseconds (300,000) as its remaining time. Rejects with the handler's error. */
  readonly invoke: <R>(event: unknown) => Promise<R>;
  /** Returns the alarms that it has logged. */
  readonly alarms: () => string[];
  /** Suspends its process at any point, as Lambda may; `thaw` resumes it. */
  readonly freeze: () => void;
  readonly thaw: () => void;
  readonly stop: () => Promise<void>;
  /** Ends its process with SIGKILL. */
  readonly kill: () => Promise<void>;
}

/** The script of a function's process: handles one event at a time, as Lambda does. */
const RUNNER = `
import { createInterface } from 'node:readline';
const { handler } = await import(process.argv.at(-1));
const out = process.stdout.write.bind(process.stdout);
for await (const line of createInterface({ input: process.stdin })) {
  const end = Date.now() + Number(process.env.FUNCTION_MS ?? 300000);
  const context = { getRemainingTimeInMillis: () => end - Date.now() };
  try { out('RESULT ' + JSON.stringify({ result: (await handler(JSON.parse(line), context)) ?? null }) + '\\n'); }
  catch (error) { out('RESULT ' + JSON.stringify({ error: String(error) }) + '\\n'); }
}`;

export function startFunction(folder: string, environment: Record<string, string>): Invoked {
  const { PATH = '' } = process.env;
  const child: ChildProcess = spawn(
    process.execPath,
    ['--input-type=module', '--eval', RUNNER, '--', join(folder, 'index.mjs')],
    {
      cwd: folder,
      env: { PATH, ...environment },
      stdio: ['pipe', 'pipe', 'pipe'],
    },
  );
  if (!child.stdout || !child.stdin || !child.stderr)
    throw new Error('the process of the function has no standard streams');
  const alarms: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    const alarm = alarmIn(line);
    if (alarm === undefined) console.error(line);
    else alarms.push(alarm);
  });
  const { stdin } = child;
  const waiting: { resolve: (result: never) => void; reject: (error: Error) => void }[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (!line.startsWith('RESULT ')) return;
    const { result, error } = JSON.parse(line.slice(7)) as { result: never; error?: string };
    if (error === undefined) waiting.shift()?.resolve(result);
    else waiting.shift()?.reject(new Error(error));
  });
  const ended = new Error('the function ended');
  child.once('exit', () => waiting.splice(0).forEach(({ reject }) => reject(ended)));
  return {
    invoke: (event) =>
      new Promise((resolve, reject) => {
        if (child.exitCode !== null) return reject(ended);
        waiting.push({ resolve, reject });
        stdin.write(`${JSON.stringify(event)}\n`);
      }),
    alarms: () => [...alarms],
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    stop: async () => {
      stdin.end();
      if (child.exitCode === null) await once(child, 'exit');
    },
    kill: async () => {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}

/** Returns the message of a log line, if the metric filter of the stack counts it as an alarm. */
function alarmIn(line: string): string | undefined {
  if (!line.startsWith('{')) return undefined;
  const { name, level, msg } = JSON.parse(line) as { name?: string; level?: number; msg?: string };
  return name === 'chancery' && (level ?? 0) >= 50 ? msg : undefined;
}

/** Builds a request as API Gateway passes it to the function (payload format 2.0), signed by the IAM user `desk`. */
export function apiEvent(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): object {
  const [rawPath, rawQueryString = ''] = path.split('?');
  return {
    version: '2.0',
    routeKey: 'ANY /{path+}',
    rawPath,
    rawQueryString,
    headers: {
      host: 'archive.example.org',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    requestContext: {
      accountId: '111122223333',
      apiId: 'api',
      domainName: 'archive.example.org',
      authorizer: { iam: { userArn: 'arn:aws:iam::111122223333:user/desk' } },
      http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'test' },
      requestId: 'request',
      routeKey: 'ANY /{path+}',
      stage: '$default',
      time: '01/Jan/2026:00:00:00 +0000',
      timeEpoch: 0,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    isBase64Encoded: false,
  };
}
