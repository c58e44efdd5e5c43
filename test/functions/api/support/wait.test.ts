// A write that waits is woken by the fold, and a failure of the wait is no failure of the write.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openTestArchive, type TestArchive } from '../../../support/archives/test-archive.ts';

let archive: TestArchive;
beforeEach(async () => {
  archive = await openTestArchive();
}, 120_000);
afterEach(() => archive.close());

test('the next read after a waiting write has it, without a poll', async () => {
  Object.assign(archive.embedded.archive, {
    sleep: () => {
      throw new Error('the catalog is polled');
    },
  });
  for (const name of ['Anna', 'Omar', 'Zoe']) {
    const { status, headers, body } = await archive.post(
      '/actors',
      { kind: 'person', name },
      { Prefer: 'wait=10' },
    );
    expect([status, headers.get('preference-applied')]).toEqual([201, 'wait=10']);
    expect((await archive.get(`/actors/${body.id}/dossier`)).body.actor.name).toBe(name);
  }
});

test('a write is answered with 201 although the catalog cannot be read while it waits', async () => {
  const reports: string[] = [];
  const { archive: context } = archive.embedded;
  Object.assign(context, {
    catalog: {
      ...context.catalog,
      get: async () => {
        throw new Error('the catalog is damaged');
      },
    },
    report: (what: string) => reports.push(what),
  });
  const made = await archive.post('/actors', { kind: 'person', name: 'Anna' }, { Prefer: 'wait=5' });
  expect([made.status, made.headers.get('preference-applied')]).toEqual([201, null]);
  expect(reports).toContain('the wait for the read models failed; what was recorded is durable');
});
