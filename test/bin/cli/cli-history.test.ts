// The command reads the past: resources and the timeline as of a position or day, and the changes between two
// positions.
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSampleArchive, type SampleArchive } from '../../support/archives/sample-archive.ts';

let archive: SampleArchive;
let meeting: string;
let opinion: string;
/** The last position before the changes. */
let before: string;

beforeAll(async () => {
  archive = await openSampleArchive();
  [meeting, opinion] = [archive.ids['meeting'] ?? '', archive.ids['publisher-view'] ?? ''];
  const { position } = JSON.parse((await archive.cli('diff', '--json')).out) as { position: number };
  before = String(position);
  await post(`/meetings/${meeting}/corrections`, {
    cause: 'coding-error',
    reason: 'misread',
    changes: { title: 'Ten minutes, no more', topics: ['g20'] },
  });
  await post(`/opinions/${opinion}/retractions`, { reason: 'the paper took it back' });
  await post('/actors', { id: 'actor-a-blinken', kind: 'person', name: 'A. Blinken' });
  await post('/actors/actor-a-blinken/merges', { into: 'actor-antony-blinken', reason: 'the same' });
});
afterAll(() => archive.close());

async function post(path: string, body: object): Promise<void> {
  const answer = await fetch(`${archive.url}${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Prefer: 'wait=30' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

const out = async (...args: string[]): Promise<string> => {
  const { code, out, err } = await archive.cli(...args);
  expect([code, err]).toEqual([0, '']);
  return out;
};

test('show --as-of prints a resource as of that position', async () => {
  expect(await out('show', meeting)).toContain('Ten minutes, no more');
  expect(await out('show', meeting, '--as-of', before)).not.toContain('Ten minutes, no more');
  expect(await out('show', opinion)).toContain('the paper took it back');
  expect(await out('show', opinion, '--as-of', before)).not.toContain('the paper took it back');
  expect(await out('show', 'actor-antony-blinken')).toContain('A. Blinken');
  expect(await out('show', 'actor-antony-blinken', '--as-of', before)).not.toContain('A. Blinken');
});

test('timeline --as-of lists the records as of that position', async () => {
  expect(await out('timeline', '--kind', 'opinion')).toContain('[retracted]');
  expect(await out('timeline', '--kind', 'opinion', '--as-of', before)).not.toContain('[retracted]');
  expect(await out('timeline', '--as-of', '1999-12-31')).toMatch(
    /^nothing yet: the first event of the archive was recorded on [\d-]{10}\n$/,
  );
});

test('show --as-of a day before the first event is refused with the date of that event', async () => {
  const { code, err } = await archive.cli('show', meeting, '--as-of', '2023-03-04');
  const { events } = (await (await fetch(`${archive.url}/events?limit=1`)).json()) as any;
  expect(code).toBe(1);
  expect(err.replaceAll(/\s+/g, ' ')).toContain(
    `as of 2023-03-04: the archive's first event was recorded on ${events[0].event.time.slice(0, 10)}`,
  );
  expect(err).not.toContain('position');
  const readme = await readFile('README.md', 'utf8');
  const point = /chancery show meeting-… --as-of (\S+)/.exec(readme)?.[1] ?? '';
  expect(await out('show', meeting, '--as-of', point)).toContain('Antony Blinken');
});

test('--as-of is refused if the resource did not exist then, or if the value is invalid', async () => {
  const unknown = await archive.cli('show', 'actor-a-blinken', '--as-of', before);
  expect([unknown.code, unknown.out]).toEqual([1, '']);
  const wrong = await archive.cli('timeline', '--as-of', 'yesterday');
  expect(wrong.code).toBe(1);
  expect(wrong.err).toContain('must be a position such as 1041');
});

test('diff lists what changed between two positions, with earlier and later values', async () => {
  const lines = (await out('diff', '--from', before)).trimEnd().split('\n');
  expect(lines[0]).toMatch(new RegExp(`^corrected {10}.*Ten minutes, no more.*${meeting}$`));
  // The line is long, so it is wrapped.
  expect(lines.slice(1, 4).join(' ')).toMatch(/^ {4}title: .*→ +Ten minutes, +no more/);
  expect(lines.find((line) => line.startsWith('retracted '))).toContain(opinion);
  expect(lines).toContain('    retracted: – → {"reason":"the paper took it back"}');
  expect(lines.find((line) => line.startsWith('added, merged'))).toBe(
    'added, merged      A. Blinken = actor-antony-blinken  actor-a-blinken',
  );
  expect(lines.at(-1)).toBe(`This is as of position ${Number(before) + 4}.`);
});

test('diff --from the position that the README names works on the sample', async () => {
  const readme = await readFile('README.md', 'utf8');
  const from = /chancery diff --from (\S+)/.exec(readme)?.[1] ?? '';
  expect(await out('diff', '--from', from)).toContain('added');
});

test('diff between a position and itself is empty, and --json lists the same changes as the text', async () => {
  expect(await out('diff', '--from', before, '--to', before)).toBe(
    `nothing changed\nThis is as of position ${before}.\n`,
  );
  const { items, from, position } = JSON.parse(await out('diff', '--from', before, '--json'));
  expect([from, position]).toEqual([Number(before), Number(before) + 4]);
  expect(items.map(({ changes }: { changes: string[] }) => changes)).toEqual([
    ['corrected'],
    ['retracted'],
    ['added', 'merged'],
  ]);
});

test('timeline and diff before the first event name its date, also with --json', async () => {
  for (const command of [
    ['timeline', '--as-of', '1999-12-31'],
    ['diff', '--to', '1999-12-31'],
  ]) {
    expect(await out(...command)).toMatch(
      /^nothing yet: the first event of the archive was recorded on [\d-]{10}\n$/,
    );
    expect(JSON.parse(await out(...command, '--json'))).toMatchObject({
      items: [],
      firstEvent: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });
  }
});

test('timeline --changed-since lists each changed record with the kind of its change', async () => {
  const lines = (await out('timeline', '--changed-since', before)).trimEnd().split('\n');
  expect(lines.map((line) => /\((\w+)\)$/.exec(line)?.[1])).toEqual(['corrected', 'retracted']);
});
