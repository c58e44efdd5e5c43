// Runs the commands of docs/deploying.md, as far as that is possible without an account.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestArchive, type TestArchive } from '../support/archives/test-archive.ts';

let page: string;
let folder: string;
beforeAll(async () => {
  page = await readFile('docs/deploying.md', 'utf8');
  folder = await mkdtemp(join(tmpdir(), 'chancery-docs-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Runs the `node -p '…'` of the page that mentions this; gives what it prints. */
async function printed(mentioning: string): Promise<string> {
  const script = [...page.matchAll(/node -p '([^']+)'/g)]
    .map(([, each = '']) => each)
    .find((each) => each.includes(mentioning));
  if (script === undefined) throw new Error(`no command mentions ${mentioning}`);
  const { stdout } = await promisify(execFile)(process.execPath, ['-p', script], { cwd: folder });
  return stdout.trimEnd();
}

describe('the page on deploying', () => {
  let archive: TestArchive;
  beforeAll(async () => {
    archive = await openTestArchive();
  });
  afterAll(() => archive.close());

  test('the requests of the page on deploying record a statement that the last of them finds', async () => {
    const requests = [...page.matchAll(/^post (\S+) '([^']+)'/gm)];
    expect(requests.map(([, path]) => path)).toEqual(['/articles', '/actors', '/statements']);
    for (const [, path = '', body = ''] of requests) {
      const answer = await archive.post(path, JSON.parse(body));
      expect([path, answer.status]).toEqual([path, 201]);
    }
    await archive.settled();
    const asked = /^curl .*"\$api(\/statements\?\S+)"$/m.exec(page)?.[1] ?? '';
    const { body } = await archive.get(asked);
    expect(body.items).toHaveLength(1);
  });
});

test.each([
  ['an object', { Records: [{ eventName: 'INSERT' }] }],
  ['a text', JSON.stringify({ Records: [{ eventName: 'INSERT' }] })],
])('the stored payload of a failure is redelivered, whether S3 has it as %s', async (_, payload) => {
  await writeFile(join(folder, 'failed.json'), JSON.stringify({ requestContext: {}, payload }));
  expect(JSON.parse(await printed('failed.json'))).toEqual({ Records: [{ eventName: 'INSERT' }] });
});

test('the one process gets the settings that the function gets', async () => {
  const variables = {
    CHANCERY_EVENTS_TABLE: 'chancery-events',
    CHANCERY_WITNESSES: 'w+00000000+BAAA https://w.example',
    NODE_OPTIONS: '--enable-source-maps',
  };
  await writeFile(join(folder, 'sequencer.json'), JSON.stringify(variables));
  expect((await printed('sequencer.json')).split('\n')).toEqual([
    'export CHANCERY_EVENTS_TABLE="chancery-events"',
    'export CHANCERY_WITNESSES="w+00000000+BAAA https://w.example"',
  ]);
});

test('every output that the page on deploying names exists in the stack, and the stack takes every setting that it names', async () => {
  const [stack, settings] = await Promise.all(
    ['infra/stack.ts', 'infra/function-settings.ts'].map((file) => readFile(file, 'utf8')),
  );
  const outputs = [...page.matchAll(/\$\(output (\w+)\)/g)].map(([, name]) => name);
  expect(outputs).toHaveLength(7);
  for (const name of outputs) expect(stack).toContain(`new CfnOutput(this, '${name}'`);
  const rows = [...page.matchAll(/^\| ((?:`\w+`(?:, )?)+) \|/gm)].flatMap(
    ([, row = '']) => row.match(/\w+/g) ?? [],
  );
  expect(rows).toContain('alarmEmail');
  for (const name of rows) expect(settings).toContain(`'${name}',`);
});
