// A write that waits is woken by the fold: the embedded archive does not poll the catalog.
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
