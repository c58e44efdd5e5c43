// The dossier that README shows, compared with the one that the command prints of the sample.
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSampleArchive, type SampleArchive } from '../support/archives/sample-archive.ts';

let archive: SampleArchive;
beforeAll(async () => {
  archive = await openSampleArchive();
});
afterAll(() => archive.close());

const onOneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

test('each line of the dossier in README is one that the command prints of the sample', async () => {
  const readme = await readFile('README.md', 'utf8');
  const shown = /^The dossier of a meeting.*\n\n```\n([\s\S]*?)```/m.exec(readme)?.[1] ?? '';
  const lines = shown.split('\n').filter((line) => line.trim() !== '');
  expect(lines.length).toBeGreaterThan(10);
  const { out } = await archive.cli('show', archive.ids['meeting'] ?? '');
  const printed = onOneLine(out);
  // Only what a line itself leaves out at its end is missing from it.
  for (const line of lines) expect(printed).toContain(onOneLine(line.replace(/…( \[\d+\])?$/, '')));
});
