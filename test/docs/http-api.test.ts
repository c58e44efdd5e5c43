// The bodies that docs/http-api.md shows, sent to an archive.
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commands } from '../../domain/recording/commands.ts';
import { openTestArchive, type TestArchive } from '../support/archives/test-archive.ts';

interface Example {
  readonly path: string;
  readonly body: string;
}

let page: string;
let archive: TestArchive;
beforeAll(async () => {
  page = await readFile('docs/http-api.md', 'utf8');
});

function usesAnArchive(): void {
  beforeAll(async () => {
    archive = await openTestArchive();
  });
  afterAll(() => archive.close());
}

/** Sends the examples in order. An abbreviated id stands for the last one of its kind that an answer has returned. */
async function sendAll(examples: readonly Example[]): Promise<void> {
  const ids = new Map<string, string>();
  const withIds = (text: string): string =>
    text.replaceAll(
      /\b(article|meeting|statement|opinion)-[0-9a-f]*…/g,
      (_, kind: string) => ids.get(kind) ?? '',
    );
  for (const { path, body } of examples) {
    const answer = await archive.post(withIds(path), JSON.parse(withIds(body)));
    expect([path, answer.status, answer.body.detail]).toEqual([
      path,
      path.endsWith('/records') ? 200 : 201,
      undefined,
    ]);
    for (const { problem } of answer.body.records ?? []) expect(problem).toBeUndefined();
    const created = /^\/(article|meeting|statement|opinion)s$/.exec(path)?.[1];
    if (created !== undefined) ids.set(created, answer.body.id);
  }
}

const examplesIn = (text: string): Example[] =>
  [...text.matchAll(/```http\nPOST (\S+)\n([\s\S]*?)```/g)].map(([, path = '', body = '']) => ({
    path,
    body,
  }));

describe('the page on the HTTP API', () => {
  usesAnArchive();

  test('has an example of each kind of command, and all of them are recorded', async () => {
    const examples = examplesIn(page);
    await sendAll(examples);
    const shown = new Set(
      examples.map(({ path }) =>
        path.replace(/^\/(\w+)s(?:\/[^/]+)?/, '$1').replace(/^(?:statement|opinion)\//, 'meeting/'),
      ),
    );
    const expected = commands.map(({ kind, path }) =>
      path === undefined ? kind : `${kind === 'statement' || kind === 'opinion' ? 'meeting' : kind}/${path}`,
    );
    expect([...shown].toSorted()).toEqual(
      [...new Set([...expected, 'article', 'article/records'])].toSorted(),
    );
  });
});

describe('the first record of the page on the HTTP API', () => {
  usesAnArchive();

  test('is recorded and found by the commands that the page shows', async () => {
    const curls = [...page.matchAll(/^curl -s \$api(\/\w+) -H [^\n]*?-d '([^']+)'/gm)];
    expect(curls.map(([, path]) => path)).toEqual(['/articles', '/actors', '/statements']);
    await sendAll(curls.map(([, path = '', body = '']) => ({ path, body })));
    await archive.settled();
    const query = /^curl -s "\$api(\/statements\?\S+)"$/m.exec(page)?.[1] ?? '';
    expect((await archive.get(query)).body.items).toHaveLength(1);
  });
});
