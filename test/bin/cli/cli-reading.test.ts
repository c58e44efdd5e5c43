// The command reads from a served archive: dossiers and lists as text, JSON for programs, and the replay of the log,
// byte for byte.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { unpackEntries } from '../../../events/log/entries.ts';
import { entriesPath } from '../../../events/log/paths.ts';
import { openSampleArchive, type SampleArchive } from '../../support/archives/sample-archive.ts';

let archive: SampleArchive;
beforeAll(async () => {
  archive = await openSampleArchive();
});
afterAll(() => archive.close());

const withoutStack = (err: string): void => expect(err).not.toMatch(/^\s+at /m);
const lines = (text: string): string[] => text.split('\n').filter(Boolean);

test('show prints a meeting as its dossier, and other resources with their details', async () => {
  const show = async (key: string) => {
    const { code, out } = await archive.cli('show', archive.ids[key] ?? key);
    expect(code, `show ${key}`).toBe(0);
    return out;
  };
  const [meeting, statement, opinion, actor, source] = await Promise.all(
    ['meeting', 'press-outcomes', 'publisher-view', 'blinken', archive.article].map(show),
  );
  expect(meeting).toContain('What each side said');
  expect(statement).toContain('very concrete outcomes that reflect that consensus');
  expect(opinion).toContain('the encounter is a feather in the cap of India');
  expect(actor).toContain('Antony Blinken');
  expect(source).toMatch(/Cited passages: \d\d/);
  expect(source).toContain(`→ ${archive.ids['press-outcomes']}`);
});

test('show and timeline print JSON with --json', async () => {
  const { out } = await archive.cli('--json', 'show', archive.ids['meeting'] ?? '');
  expect(JSON.parse(out)).toMatchObject({ meeting: { id: archive.ids['meeting'], status: 'held' } });
  const { items } = JSON.parse((await archive.cli('timeline', '--json')).out) as {
    items: { id: string }[];
  };
  const records = ['meeting-', 'statement-', 'opinion-'];
  const recorded = Object.values(archive.ids).filter((id) => records.some((kind) => id.startsWith(kind)));
  expect(items.map(({ id }) => id)).toEqual(expect.arrayContaining(recorded));
  expect(new Set(items.map(({ id }) => id)).size).toBe(items.length);
});

test.each(['meeting-00000000', 'opinion-unknown', 'actor-unknown', `article-${'0'.repeat(64)}`])(
  'show refuses the unknown id %s',
  async (id) => {
    const { code, out, err } = await archive.cli('show', id);
    expect([code, out]).toEqual([1, '']);
    expect(err.trim()).not.toBe('');
    withoutStack(err);
  },
);

test.each(['nonsense', '', '-', 'topic-g20', 'events'])(
  'show says what an id is if it gets %j',
  async (id) => {
    const { code, out, err } = await archive.cli('show', '--', id);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(`"${id}" is not an id`);
  },
);

test('timeline lists the records that match all filters', async () => {
  const listed = async (...filters: string[]) => {
    const { code, out } = await archive.cli('timeline', ...filters);
    expect(code).toBe(0);
    return lines(out).map((line) => line.split(/\s+/).at(-1) ?? '');
  };
  const keys = (...of: string[]) => of.map((key) => archive.ids[key] ?? '').toSorted();
  const [spoken, both, days, topic, none] = await Promise.all([
    listed('--speaker', 'actor-antony-blinken', '--kind', 'statement'),
    listed('--kind', 'meeting', '--actor', 'actor-antony-blinken', 'actor-sergey-lavrov'),
    listed(
      '--from',
      '2023-03-03',
      '--kind',
      'opinion',
      '--topic',
      'g20',
      '--speaker',
      'actor-the-chancery-sampler',
    ),
    listed('--topic', 'new-start'),
    listed('--from', '2030'),
  ]);
  const own = ['support', 'new-start', 'whelan-release', 'press-charter', 'press-concerns', 'press-outcomes'];
  expect(spoken.toSorted()).toEqual(keys(...own));
  expect(both).toEqual(keys('meeting'));
  expect(days).toEqual(keys('publisher-view'));
  expect(topic).toContain(archive.ids['new-start']);
  expect(none).toEqual(['(yet)']);
  const wrong = await archive.cli('timeline', '--kind', 'rumour');
  expect(wrong.code).toBe(2);
  expect(wrong.err).toContain('meeting, statement, opinion');
});

/** Reads the last entries file of a log with this size. */
async function stored(size: number): Promise<string[]> {
  const bytes = await readFile(join(archive.home, 'log', entriesPath(0, size)));
  return unpackEntries(bytes).map((entry) => Buffer.from(entry).toString());
}

test('replay prints each event with the exact bytes of the log', async () => {
  const { code, out } = await archive.cli('replay');
  expect(code).toBe(0);
  const entries = await stored(lines(out).length);
  expect(out).toBe(entries.map((entry, position) => `{"position":${position},"event":${entry}}\n`).join(''));
});

test('replay starts after a position, and filters by type and stream', async () => {
  const [all, after, typed, own] = await Promise.all([
    archive.cli('replay'),
    archive.cli('replay', '--after', '20'),
    archive.cli('replay', '--type', 'MeetingHeld', 'ArticleArchived'),
    archive.cli('replay', '--stream', archive.ids['meeting'] ?? ''),
  ]);
  expect(lines(after.out)).toEqual(lines(all.out).slice(21));
  const types = lines(typed.out).map((line) => (JSON.parse(line) as { event: { type: string } }).event.type);
  expect(new Set(types)).toEqual(new Set(['MeetingHeld', 'ArticleArchived']));
  expect(lines(own.out)).toEqual(
    lines(all.out).filter((line) => line.includes(`"subject":"${archive.ids['meeting']}"`)),
  );
  expect(lines(own.out)).toHaveLength(1);
  expect((await archive.cli('replay', '--type', 'MeetingDreamt')).code).toBe(1);
});
