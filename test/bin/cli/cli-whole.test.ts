// The command reads all pages of a list, and numbers sources in the order of their citation.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSampleArchive, type SampleArchive } from '../../support/archives/sample-archive.ts';

const MAX_OF_A_PAGE = 500;
const COUNT = MAX_OF_A_PAGE + 20;

let archive: SampleArchive;
let article: string;
let meeting: string;
beforeAll(async () => {
  archive = await openSampleArchive();
  const text = Array.from({ length: COUNT }, (_, n) => `Remark ${n} of the long talks.`).join(' ');
  article = await archived('long.txt', text, 'Long talks');
  const said = (n: number, on: string) => ({
    kind: 'statement',
    key: `remark-${n}`,
    body: {
      speakers: [{ actor: n % 2 === 0 ? 'actor-one' : 'actor-two' }],
      act: 'said',
      channel: 'meeting',
      meetingId: on,
      madeOn: '2023-03-03',
      content: `Remark ${n} of the long talks`,
      form: 'indirect',
      language: 'en',
      certainty: 'asserted',
      evidence: [{ exact: `Remark ${n} of the long talks.` }],
    },
  });
  const [all] = await recorded('first.ndjson', [
    ...['one', 'two'].map((name) => ({
      kind: 'actor',
      key: name,
      body: { id: `actor-${name}`, kind: 'person', name },
    })),
    {
      kind: 'meeting',
      key: 'talks',
      body: {
        title: 'Long talks',
        participants: [{ actor: '@one' }, { actor: '@two' }],
        heldOn: '2023-03-03',
        format: 'other',
        certainty: 'asserted',
        evidence: [{ exact: 'Remark 0 of the long talks.' }],
      },
    },
    ...Array.from({ length: 400 }, (_, n) => said(n, '@talks')),
  ]);
  meeting = all?.['talks'] ?? '';
  await recorded(
    'second.ndjson',
    Array.from({ length: COUNT - 400 }, (_, n) => said(400 + n, meeting)),
  );
});
afterAll(() => archive.close());

async function archived(name: string, text: string, title: string): Promise<string> {
  const path = await archive.file(name, text);
  const { out } = await archive.cli('archive', path, '--title', title, '--publisher', 'The Daily', '--json');
  return (JSON.parse(out) as { id: string }).id;
}

async function recorded(
  name: string,
  records: readonly object[],
  of = article,
): Promise<Record<string, string>[]> {
  const path = await archive.file(name, records.map((record) => JSON.stringify(record)).join('\n'));
  const { code, out } = await archive.cli('record', path, '--article', of, '--json');
  expect(code, out).toBe(0);
  const results = (JSON.parse(out) as { records: { key: string; id: string }[] }).records;
  return [Object.fromEntries(results.map(({ key, id }) => [key, id]))];
}

const remarks = (out: string): string[] => [...new Set(out.match(/Remark \d+ of/g))];

test('show prints all pages of a meeting, an actor and an article', async () => {
  const [dossier, json, one, source] = await Promise.all([
    archive.cli('show', meeting),
    archive.cli('show', meeting, '--json'),
    archive.cli('show', 'actor-one'),
    archive.cli('show', article),
  ]);
  expect(remarks(dossier.out)).toHaveLength(COUNT);
  expect(dossier.out.match(/^ {2}(?:one|two)$/gm)).toEqual(['  one', '  two']);
  const { sides, sources } = JSON.parse(json.out) as { sides: { entries: object[] }[]; sources: object[] };
  expect(sides.map(({ entries }) => entries.length)).toEqual([COUNT / 2, COUNT / 2]);
  expect(sources).toHaveLength(1);
  expect(remarks(one.out)).toHaveLength(COUNT / 2);
  expect(source.out).toContain(`Cited passages: ${COUNT + 1}`);
  expect(source.out).not.toContain('Sentences that no record cites');
});

test('show prints merged actors as one side, and numbers sources in the order of their citation', async () => {
  const later = await archived('later.txt', 'Two said: “It was long.” One was there.', 'Later');
  const evidence = [{ exact: 'Two said: “It was long.”' }];
  await recorded(
    'later.ndjson',
    [
      { kind: 'actor', key: 'deux', body: { id: 'actor-deux', kind: 'person', name: 'deux' } },
      {
        kind: 'statement',
        key: 'long',
        body: {
          speakers: [{ actor: '@deux' }],
          act: 'said',
          channel: 'press',
          meetingId: meeting,
          madeOn: '2023-03-04',
          content: 'It was long.',
          form: 'indirect',
          language: 'en',
          certainty: 'asserted',
          evidence,
        },
      },
      { kind: 'merge', key: 'same', of: '@deux', body: { into: 'actor-two', reason: 'one person' } },
      { kind: 'evidence', key: 'there', of: meeting, body: { evidence: [{ exact: 'One was there.' }] } },
    ],
    later,
  );
  const { out } = await archive.cli('show', meeting);
  expect(out).toMatch(/^Sources +\[1\]\[2\]$/m);
  const [first, second] = [out.indexOf('[1] Long talks'), out.indexOf('[2] Later')];
  expect(first).toBeGreaterThan(-1);
  expect(second).toBeGreaterThan(first);
  expect(out).toMatch(/said: It was long\. \[2\]/);
  expect(out.match(/^ {2}(?:one|two|deux)$/gm)).toEqual(['  one', '  two']);
});
