// `chancery replay --follow`: every event once, in order, while they come and after the archive was away; and who only
// wants the first lines is no failure.
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

test('what comes is printed as it comes, once, also after the archive was away', async () => {
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

test('what is filtered is followed too', async () => {
  const following = replay('--follow', '--stream', 'actor-fourth');
  const [first] = await Promise.all([once(following.stdout, 'data'), introduce('fourth')]);
  expect(String(first)).toMatch(/^\{"position":3,/);
  following.kill();
  await once(following, 'close');
});

test('a reader that has had enough ends it with one line and exit code 4', async () => {
  const one = replay('--follow');
  let complaint = '';
  one.stderr.on('data', (text) => (complaint += String(text)));
  await once(one.stdout, 'data');
  one.stdout.destroy();
  const [[code]] = await Promise.all([once(one, 'close'), introduce('fifth')]);
  expect([code, complaint]).toEqual([4, 'the output is incomplete: the reading program closed the pipe\n']);
});

test('server-sent events come over a connection that stays open, and do not hold up an archive that ends', async () => {
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

test('an archive that never was there is not waited for', async () => {
  const { code, err } = await run('chancery.ts', ['replay', '--follow'], {
    CHANCERY_URL: 'http://127.0.0.1:9',
  });
  expect(code).toBe(3);
  expect(err).toContain('no archive answers at http://127.0.0.1:9');
});
