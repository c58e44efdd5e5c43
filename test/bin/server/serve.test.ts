// Serving on one machine: one process per folder, loopback addresses only, no requests for other host names.
// Control characters in a source never reach the reader's terminal.
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run, serveArchive, type ArchiveProcess } from '../../support/servers/archive-process.ts';

let folder: string;
let home: string;
let archive: ArchiveProcess;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chancery-serve-'));
  home = join(folder, 'home');
  archive = await serveArchive(home);
});
afterAll(async () => {
  await archive.kill();
  await rm(folder, { recursive: true });
});

/** Sends a GET request with this Host header, which `fetch` does not let a caller set. */
async function ask(
  path: string,
  host: string,
): Promise<{ status: number | undefined; type: string | undefined; body: string }> {
  const sent = request(`${archive.url}${path}`, { headers: { Host: host } }).end();
  const [response] = (await once(sent, 'response')) as [import('node:http').IncomingMessage];
  let body = '';
  for await (const chunk of response.setEncoding('utf8')) body += String(chunk);
  return { status: response.statusCode, type: response.headers['content-type'], body };
}

test('a second process cannot serve the folder, and the first process continues', async () => {
  const { code, out, err } = await run('chancery.ts', ['serve'], { CHANCERY_HOME: home, PORT: '0' });
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain('in use by another process');
  expect(err).not.toMatch(/^\s+at /m);
  expect((await fetch(`${archive.url}/health`)).status).toBe(200);
});

test.each(['0.0.0.0', 'archive.example'])('the server refuses to listen on %s', async (host) => {
  const env = { CHANCERY_HOME: join(folder, 'other'), PORT: '0', HOST: host };
  const { code, out, err } = await run('chancery.ts', ['serve'], env);
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain('HOST must be a loopback address such as 127.0.0.1');
  expect(err).toContain(JSON.stringify(host));
  expect(err).not.toMatch(/^\s+at /m);
});

test('a server whose port is in use names the port and says what to do', async () => {
  const env = { CHANCERY_HOME: join(folder, 'other'), PORT: new URL(archive.url).port };
  const { code, err } = await run('chancery.ts', ['serve'], env);
  expect(code).toBe(2);
  const { port, hostname } = new URL(archive.url);
  expect(err).toBe(
    `port ${port} of ${hostname} is in use: stop the program that listens there, or set PORT to another one\n`,
  );
  expect(err).not.toMatch(/^\s+at /m);
});

test.each([
  'archive.example',
  'archive.example:3000',
  '127.0.0.1.nip.io',
  'localhost.example',
  '10.0.0.1',
  '0.0.0.0',
])('the server rejects requests for the host %s', async (host) => {
  for (const path of ['/health', '/events', '/meetings']) {
    const { status, type, body } = await ask(path, host);
    expect([status, type], `of ${path}`).toEqual([421, 'application/problem+json']);
    expect(JSON.parse(body)).toMatchObject({ type: 'urn:chancery:problem:misdirected', status: 421 });
  }
});

test.each(['localhost', 'LOCALHOST:1', '127.0.0.1', '[::1]:3000'])(
  'the server answers requests for the host %s',
  async (host) => {
    expect((await ask('/health', host)).status).toBe(200);
  },
);

test('the server answers a malformed request, and one with too long an address, with a problem', async () => {
  const long = await fetch(`${archive.url}/timeline?topic=${'a'.repeat(20_000)}`);
  expect([long.status, long.headers.get('content-type')]).toEqual([431, 'application/problem+json']);
  expect(await long.json()).toMatchObject({ type: 'urn:chancery:problem:head-too-large', status: 431 });
  const socket = connect(Number(new URL(archive.url).port), '127.0.0.1').setEncoding('utf8');
  socket.write('NONSENSE / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  expect(head).toMatch(/^HTTP\/1\.1 400 Bad Request\r\nContent-Type: application\/problem\+json\r\n/);
  expect(JSON.parse(body)).toMatchObject({ type: 'urn:chancery:problem:invalid-request', status: 400 });
  expect((await fetch(`${archive.url}/health`)).status).toBe(200);
});

test('an archive stops on request, and can be served again from the same folder', async () => {
  const own = join(folder, 'own');
  for (let time = 0; time < 2; time++) {
    const served = await serveArchive(own);
    expect((await fetch(`${served.url}/events`)).status).toBe(200);
    expect(await served.stop()).toBe(0);
    expect(served.complaints()).toBe('');
  }
});

const cli = (...args: string[]) => run('chancery.ts', args, { CHANCERY_URL: archive.url });

const statement = (key: string, exact: string) =>
  JSON.stringify({
    kind: 'statement',
    key,
    body: {
      speakers: [{ description: 'The \u202eminister' }],
      act: 'said',
      channel: 'press',
      madeOn: '2023-03-03',
      content: exact,
      form: 'indirect',
      language: 'en',
      certainty: 'asserted',
      evidence: [{ exact }],
    },
  });

const ESCAPE = '\u001b';
// A window title, a bell, a colour, a cleared screen, a C1 control sequence, right-to-left text.
const hostile = `${ESCAPE}]0;owned\u0007 ${ESCAPE}[31m ${ESCAPE}[2J \u009b31m \u202eyas\u202c`;
const sentence = `The minister said ${hostile} that talks went on.`;
// oxlint-disable-next-line no-control-regex -- these characters must not be printed
const harmful = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;
test('a title with a control character is refused', async () => {
  const path = join(folder, 'hostile.txt');
  await writeFile(path, sentence);
  const { code, err } = await cli('archive', path, '--title', `Talks ${hostile}`, '--publisher', 'The Daily');
  expect(code).toBe(1);
  expect(err).toContain('/title: has a control character');
  expect(err).not.toMatch(harmful);
});

test('control characters of a title, publisher, text, passage or refusal never reach the terminal', async () => {
  const path = join(folder, 'hostile.txt');
  await writeFile(path, `${sentence} Nobody ${hostile} answered. Nobody answered.`);
  const title = 'Talks \u202eyas\u202c go on';
  const archived = await cli('archive', path, '--title', title, '--publisher', 'The \u202eyliaD', '--json');
  const { id } = JSON.parse(archived.out) as { id: string };
  const records = join(folder, 'hostile.ndjson');
  await writeFile(
    records,
    [statement('said', sentence), statement('twice', 'Nobody'), statement('never', `${sentence}!`)].join(
      '\n',
    ),
  );
  const recorded = await cli('record', records, '--article', id);
  expect(recorded.out).toMatch(/^recorded +said/m);
  expect(recorded.out.match(/^REFUSED/gm)).toHaveLength(2);
  const made = /statement-\S+/.exec(recorded.out)?.[0] ?? '';
  const outputs = [recorded, await cli('show', id), await cli('show', made), await cli('timeline')];
  const json = await cli('show', id, '--json');
  outputs.push(json);
  expect(JSON.parse(json.out)).toMatchObject({ title, passages: [{ exact: sentence }] });
  for (const { out, err } of outputs) {
    expect(out).not.toBe('');
    expect(out).not.toMatch(harmful);
    expect(err).not.toMatch(harmful);
  }
  expect(outputs[1]?.out).toContain('talks went on');
  expect(outputs[3]?.out).toContain('The minister said');
});
