// `chancery replay --follow` prints each event once, in order, also after the archive was restarted. A reader that
// closes the pipe ends it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run, serveArchive, type ArchiveProcess } from '../../../support/servers/archive-process.ts';

let home: string;
let archive: ArchiveProcess;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'chancery-follow-'));
  archive = await serveArchive(home);
});
afterAll(async () => {
  await archive.kill();
  await rm(home, { recursive: true });
});

async function introduce(name: string): Promise<void> {
  const response = await fetch(`${archive.url}/actors`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Prefer: 'wait=30' },
    body: JSON.stringify({ id: `actor-${name}`, kind: 'person', name }),
  });
  expect(response.status).toBe(201);
}

const replay = (...args: string[]) =>
  spawn(process.execPath, [join(import.meta.dirname, '../../../../bin/chancery.ts'), 'replay', ...args], {
    env: { PATH: process.env['PATH'] ?? '', CHANCERY_URL: archive.url },
    stdio: ['ignore', 'pipe', 'pipe'],
  });

test('replay --follow prints each new event once, also after the archive was restarted', async () => {
  await introduce('first');
  const following = replay('--follow');
  const lines = createInterface(following.stdout)[Symbol.asyncIterator]();
  const next = async () => {
    const { position, event } = JSON.parse(String((await lines.next()).value)) as {
      position: number;
      event: { subject: string };
    };
    return [position, event.subject];
  };
  expect(await next()).toEqual([0, 'actor-first']);
  await introduce('second');
  expect(await next()).toEqual([1, 'actor-second']);
  const { port } = new URL(archive.url);
  await archive.kill();
  await once(following.stderr, 'data');
  archive = await serveArchive(home, { PORT: port });
  await introduce('third');
  expect(await next()).toEqual([2, 'actor-third']);
  following.kill();
  await once(following, 'close');
});

test('replay --follow works with a filter', async () => {
  const following = replay('--follow', '--stream', 'actor-fourth');
  const [first] = await Promise.all([once(following.stdout, 'data'), introduce('fourth')]);
  expect(String(first)).toMatch(/^\{"position":3,/);
  following.kill();
  await once(following, 'close');
});

test('replay --follow prints one line and exits with 4 if its reader closes the pipe', async () => {
  const following = replay('--follow');
  let complaint = '';
  following.stderr.on('data', (text) => (complaint += String(text)));
  await once(following.stdout, 'data');
  following.stdout.destroy();
  const [[code]] = await Promise.all([once(following, 'close'), introduce('fifth')]);
  expect([code, complaint]).toEqual([4, 'the output is incomplete: the reading program closed the pipe\n']);
});

test('server-sent events use one open connection, which does not delay the stop of the archive', async () => {
  const leaving = new AbortController();
  const headers = { Accept: 'text/event-stream', 'Last-Event-ID': '4' };
  const response = await fetch(`${archive.url}/events`, { headers, signal: leaving.signal });
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  const [message] = await Promise.all([reader?.read(), introduce('sixth')]);
  expect(message?.value).toMatch(
    /^id: 5\ndata: \{"position":5,"event":\{.*"subject":"actor-sixth".*\}\}\n\n$/,
  );
  leaving.abort();
  const open = await fetch(`${archive.url}/events`, { headers });
  const waiting = fetch(`${archive.url}/events?after=5`, { headers: { Prefer: 'wait=30' } });
  waiting.catch(() => {});
  await open.body?.getReader().read();
  expect(await archive.stop()).toBe(0);
  expect(archive.complaints()).toBe('');
  await expect(waiting).rejects.toThrow('fetch failed');
});

test('replay --follow exits with 3 if no archive answers its first request', async () => {
  const { code, err } = await run('chancery.ts', ['replay', '--follow'], {
    CHANCERY_URL: 'http://127.0.0.1:9',
  });
  expect(code).toBe(3);
  expect(err).toContain('no archive answers at http://127.0.0.1:9');
});
