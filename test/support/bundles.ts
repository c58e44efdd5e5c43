// The functions as CDK deploys them: the bundled file alone, in a fresh process, in a folder without node_modules.
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
  /** What the stack would make. */
  readonly resources: Resources;
  readonly remove: () => Promise<void>;
}

const ROOT = join(import.meta.dirname, '../..');

/** Synthesises the stack, and copies what it would upload out of the project. */
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
  /** Runs the handler, which has FUNCTION_MS milliseconds (300,000) by its own account; rejects with what it threw. */
  readonly invoke: <R>(event: unknown) => Promise<R>;
  /** What it logged as an alarm so far. */
  readonly alarms: () => string[];
  /** Stops its process in the midst of what it does, as Lambda may freeze one; `thaw` lets it go on. */
  readonly freeze: () => void;
  readonly thaw: () => void;
  readonly stop: () => Promise<void>;
  /** Ends it without a warning. */
  readonly kill: () => Promise<void>;
}

/** One process a function, one event at a time, as Lambda runs them. */
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
  if (!child.stdout || !child.stdin || !child.stderr) throw new Error('the function has no pipes');
  const alarms: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    const said = alarmIn(line);
    if (said === undefined) console.error(line);
    else alarms.push(said);
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

/** The message of a line that the metric filter of the stack counts. */
function alarmIn(line: string): string | undefined {
  if (!line.startsWith('{')) return undefined;
  const { name, level, msg } = JSON.parse(line) as { name?: string; level?: number; msg?: string };
  return name === 'chancery' && (level ?? 0) >= 50 ? msg : undefined;
}

/** A request as API Gateway hands it over (payload format 2.0), signed by `subject`. */
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
