// The demonstration, run twice as a visitor would: the first run records and prints the dossier, the second changes
// nothing and says so. And the sample itself: original, and rich enough to show what the archive is for.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run, serveArchive, type Ran } from '../support/servers/archive-process.ts';

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'chancery-demo-'));
});
afterAll(() => rm(home, { recursive: true }));

const demo = (more: Record<string, string> = {}): Promise<Ran> =>
  run('chancery.ts', ['demo'], { CHANCERY_HOME: home, ...more });

/** The log, as a served archive of that folder gives it. */
async function events(): Promise<string[]> {
  const archive = await serveArchive(home);
  try {
    const response = await fetch(`${archive.url}/events`, { headers: { Accept: 'application/x-ndjson' } });
    return (await response.text()).split('\n').slice(0, -1);
  } finally {
    await archive.stop();
  }
}

/** The lines below a heading of the dossier, as one text. */
function section(out: string, heading: string): string {
  const lines = out.split('\n');
  const from = lines.indexOf(heading);
  expect(from, `the heading ${heading}`).toBeGreaterThan(-1);
  const to = lines.indexOf('', from);
  return lines
    .slice(from + 2, to)
    .map((line) => line.trim())
    .join(' ');
}

const dossier = (out: string): string => out.slice(out.indexOf('\n\nAntony Blinken and Sergey Lavrov'));

const sample = (name: string): Promise<string> =>
  readFile(join(import.meta.dirname, '../../bin/demo', name), 'utf8');

describe('the demonstration', () => {
  test('records the sample and prints its dossier; once more it changes nothing', async () => {
    const first = await demo();
    expect(first.err).toBe('');
    expect(first.code).toBe(0);
    expect(first.out).toContain('27 events recorded.');
    expect(first.out).toContain('held by 3 March 2023, New Delhi, in-person, 10 minutes');

    const said = section(first.out, 'What each side said');
    expect(said).toMatch(/^Antony Blinken by 3 March 2023 · promised Sergey Lavrov: American help for Kyiv/);
    expect(said).toContain('according to American officials, briefing the press');
    expect(said).toContain('said to a journalist: “very concrete outcomes that reflect that consensus” [1]');
    expect(said).not.toContain('speculated');

    const guessed = section(first.out, 'What is only guessed');
    expect(guessed).toMatch(/^guessed by Rajan Kumar/);
    expect(guessed.match(/speculated, according to Rajan Kumar/g)).toHaveLength(3);
    expect(guessed).toContain(
      'Sergey Lavrov demanded of Antony Blinken: He must have urged Washington to end its arms',
    );

    const opinions = section(first.out, 'What others made of it');
    expect(opinions).toMatch(/^Rajan Kumar \(professor at the School of International Studies/);
    expect(opinions).toMatch(
      /The Chancery Sampler 3 March 2023 · the encounter is a feather .*the publisher’s opinion/,
    );
    expect(section(first.out, 'Sources')).toMatch(/^\[1\] Ten minutes in New Delhi — The Chancery Sampler/);

    const before = await events();
    expect(before).toHaveLength(27);
    const second = await demo();
    expect([second.code, second.err]).toEqual([0, '']);
    expect(second.out).toContain('Nothing changed: all of it was recorded by an earlier run.');
    expect(second.out).not.toMatch(/^recorded /m);
    expect(dossier(second.out)).toBe(dossier(first.out));
    expect(await events()).toEqual(before);
  });

  test('names the address of a server only if its port is known before it starts', async () => {
    expect((await demo({ PORT: '3456' })).out).toContain('serves it at http://127.0.0.1:3456; then,');
    expect((await demo({ PORT: '0' })).out).toContain('serves it; then,');
  });

  test('that finds its folder in use says what to do, and touches nothing', async () => {
    const archive = await serveArchive(home);
    try {
      const { code, out, err } = await demo();
      expect([code, out]).toEqual([2, '']);
      expect(err).toContain('in use by another process');
      expect(err).toContain('CHANCERY_HOME');
      expect(err).not.toMatch(/^\s+at /m);
    } finally {
      await archive.stop();
    }
  });
});

describe('the sample', () => {
  test('has a meeting, at least six statements and six opinions, one of them the publisher’s', async () => {
    const records = (await sample('records.ndjson'))
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as { kind: string; body: { standing?: string; certainty?: string } });
    const of = (kind: string) => records.filter((record) => record.kind === kind);
    expect(of('meeting')).toHaveLength(1);
    expect(of('statement').length).toBeGreaterThanOrEqual(6);
    expect(of('opinion').length).toBeGreaterThanOrEqual(6);
    expect(of('opinion').filter(({ body }) => body.standing === 'publisher')).toHaveLength(1);
    expect(of('statement').some(({ body }) => body.certainty === 'speculated')).toBe(true);
  });

  test('says of itself where it comes from', async () => {
    const { byline, publisher } = JSON.parse(await sample('article.json')) as Record<string, string>;
    expect([publisher, byline]).toEqual(['The Chancery Sampler', expect.stringContaining('demonstration')]);
  });
});
