// Each file of test/cases is a kind of input: a small article, one record, and the expected status.
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestArchive, type TestArchive } from '../../support/archives/test-archive.ts';

interface Case {
  readonly name: string;
  readonly why: string;
  readonly article: object;
  readonly record: { readonly kind: string; readonly body: { readonly evidence: readonly object[] } };
  readonly status: number;
  readonly lists?: readonly { readonly path: string; readonly has: boolean }[];
}

const folder = new URL('../../cases/', import.meta.url);
const cases = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Case);

let archive: TestArchive;
beforeAll(async () => {
  archive = await openTestArchive();
  await archive.post('/actors', { id: 'actor-anna-beck', kind: 'person', name: 'Anna Beck' });
});
afterAll(() => archive.close());

describe('a record is accepted if its article supports it, and refused otherwise', () => {
  test.each(cases)('$name: $why', async ({ article, record, status, lists = [] }) => {
    const archived = await archive.post('/articles', article);
    expect([200, 201]).toContain(archived.status);
    const evidence = record.body.evidence.map((piece) => ({ articleId: archived.body.id, ...piece }));
    const answer = await archive.post(`/${record.kind}s`, { ...record.body, evidence });
    expect([answer.status, answer.text]).toEqual([status, expect.anything()]);
    await archive.settled();
    for (const { path, has } of lists) {
      const { body } = await archive.get(path);
      const ids = body.items.map(({ id }: { id: string }) => id);
      expect([path, ids.includes(answer.body.id)]).toEqual([path, has]);
    }
  });
});
