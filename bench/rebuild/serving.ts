// Serves an archive in a separate process, as `chancery serve` does, and sends requests to it over HTTP.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface Answer<Body> {
  readonly status: number;
  /** True if the archive applied the request's preference to wait. */
  readonly waited: boolean;
  readonly body: Body;
}

/** Returns a function that sends requests over at most `maxSockets` open connections: GET, or POST with a body. */
export function requester<Body>(maxSockets: number) {
  const agent = new Agent({ keepAlive: true, maxSockets });
  const ask = async (url: string, body?: unknown, waitSeconds = 0): Promise<Answer<Body>> => {
    const headers = {
      'Content-Type': 'application/json',
      ...(waitSeconds > 0 ? { Prefer: `wait=${waitSeconds}` } : {}),
    };
    const asked = request(url, { agent, headers, method: body === undefined ? 'GET' : 'POST' });
    asked.end(body === undefined ? undefined : JSON.stringify(body));
    const [response] = await once(asked, 'response');
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    const waited = response.headers['preference-applied'] !== undefined;
    return {
      status: response.statusCode,
      waited,
      body: JSON.parse(Buffer.concat(chunks).toString()) as Body,
    };
  };
  return { ask, close: () => agent.destroy() };
}

export async function serve(
  home: string,
): Promise<{ readonly api: string; readonly stop: () => Promise<void> }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../bin/chancery.ts'), 'serve'], {
    env: { ...process.env, CHANCERY_HOME: home, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // The archive ends with this process, also if it fails.
  process.once('exit', () => child.kill('SIGKILL'));
  for await (const line of createInterface(child.stdout)) {
    const api = /^Chancery serves .* at (http:\S+)$/.exec(line)?.[1];
    if (api === undefined) continue;
    child.stdout.resume();
    return {
      api,
      stop: async () => {
        child.kill('SIGTERM');
        await once(child, 'close');
      },
    };
  }
  throw new Error('the archive ended before it served: its output above says why');
}

export interface BatchRecord {
  readonly kind: 'actor' | 'statement';
  readonly key: string;
  readonly body: object;
}

type Ask = (url: string, body: unknown, waitSeconds?: number) => Promise<Answer<object>>;

const BATCH = 200;
/** The last batch waits until the read models show it. */
const FOLDED_SECONDS = 30;

/** Records actors and statements that quote this article, in batches. */
export async function recordAll(ask: Ask, article: string, all: readonly BatchRecord[]): Promise<void> {
  for (let at = 0; at < all.length; at += BATCH) {
    const records = all.slice(at, at + BATCH);
    const wait = at + BATCH >= all.length ? FOLDED_SECONDS : 0;
    const { status, body } = await ask(`${article}/records`, { records }, wait);
    const answers = (body as { readonly records?: readonly { readonly status: number }[] }).records ?? [];
    if (status !== 200 || answers.some(({ status }) => status !== 201))
      throw new Error(`records were refused: ${status} ${JSON.stringify(body).slice(0, 500)}`);
  }
}

export const actorRecord = (id: string): BatchRecord => ({
  kind: 'actor',
  key: id,
  body: { id, kind: 'person', name: id },
});

const TEXT = 'A minister spoke in Delhi. “We talked, and we listened”, the minister said.';

/** The article that all statements below quote. */
export const article = { text: TEXT, title: 'Spoken', publisher: 'The Daily', language: 'en' };

/** Statements per speaker. A new statement is compared with those of its speaker to find near-duplicates. */
export const OF_A_SPEAKER = 5;

/** Returns the speaker of the n-th statement. */
export const speakerOf = (n: number): string => `actor-speaker-${Math.floor(n / OF_A_SPEAKER)}`;

/** Returns the body of the n-th statement. */
export const statementOf = (n: number, articleId: string) => ({
  speakers: [{ actor: speakerOf(n) }],
  act: 'said',
  channel: 'press',
  madeOn: '2023-03-02',
  content: 'We talked, and we listened',
  form: 'direct',
  language: 'en',
  certainty: 'asserted',
  topics: ['peace'],
  evidence: [{ articleId, exact: '“We talked, and we listened”' }],
});
