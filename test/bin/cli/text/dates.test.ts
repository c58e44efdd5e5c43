// The command prints dates in words; --json keeps EDTF.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { differenceText } from '../../../../bin/cli/text/diff-text.ts';
import type { Difference } from '../../../../domain/queries/changes/states-compared.ts';
import { openSampleArchive, type SampleArchive } from '../../../support/archives/sample-archive.ts';

let archive: SampleArchive;
beforeAll(async () => {
  archive = await openSampleArchive();
});
afterAll(() => archive.close());

test('a statement, an article, an actor and the timeline are shown with dates in words', async () => {
  const { meeting = '', 'press-outcomes': statement = '', blinken = '' } = archive.ids;
  const commands = [
    ['show', statement],
    ['show', meeting],
    ['show', archive.article],
    ['show', blinken],
    ['timeline'],
  ];
  const shown = await Promise.all(commands.map((command) => archive.cli(...command)));
  for (const [index, { out }] of shown.entries()) {
    expect([commands[index], out]).toEqual([commands[index], expect.stringMatching(/\b3 March 2023\b/)]);
    // Only times of recording are printed as ISO instants.
    expect([commands[index], out]).toEqual([commands[index], expect.not.stringMatching(/\d-03-03(?!T)/)]);
  }
  expect(JSON.parse((await archive.cli('--json', 'show', statement)).out)).toMatchObject({
    madeOn: expect.stringContaining('2023-03-03'),
  });
});

test('a date that changed is shown in words, before and after', () => {
  const summary = (madeOn: string) => ({
    id: 'statement-1',
    kind: 'statement',
    fields: { madeOn, act: 'said', content: 'Yes.', topics: [], attributedBy: [], certainty: 'asserted' },
  });
  const difference = {
    id: 'statement-1',
    kind: 'statement',
    changes: ['corrected'],
    before: summary('[..2023-03-03]'),
    after: summary('195X'),
  } as unknown as Difference;
  expect(differenceText(difference, {})).toContain('madeOn: by 3 March 2023 → in the 1950s');
});
