// The demonstration, run as its user runs it, and its sample.
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

/** Serves the archive of the folder and returns the lines of its log. */
async function events(): Promise<string[]> {
  const archive = await serveArchive(home);
  try {
    const response = await fetch(`${archive.url}/events`, { headers: { Accept: 'application/x-ndjson' } });
    return (await response.text()).split('\n').slice(0, -1);
  } finally {
    await archive.stop();
  }
}

/** Joins the lines below a heading of the dossier into one text. */
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

const upToLastHeading = (out: string): string => out.slice(0, out.lastIndexOf('\n\n'));

const sample = (name: string): Promise<string> =>
  readFile(join(import.meta.dirname, '../../bin/demo', name), 'utf8');

describe('the demonstration', () => {
  test('the demonstration prints the dossier, a refused misquotation, a correction and the verified log', async () => {
    const { code, out, err } = await demo();
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('held by 3 March 2023, New Delhi, in-person, 10 minutes');
    expect(section(out, 'What each side said')).toMatch(
      /^Antony Blinken by 3 March 2023 · promised Sergey Lavrov: American help for Kyiv/,
    );
    expect(section(out, 'What is only guessed')).toMatch(
      /^guessed by Rajan Kumar .*speculated, according to/,
    );
    expect(section(out, 'What others made of it')).toMatch(
      /^Rajan Kumar .*“They bring the temperature down”/,
    );
    expect(section(out, 'Sources')).toMatch(/^\[1\] Ten minutes in New Delhi — The Chancery Sampler/);
    expect(section(out, 'A misquotation is refused: the source says “consensus”')).toMatch(
      /^REFUSED .*"compromise" where the source has "consensus"/,
    );
    expect(section(out, 'A correction changes nothing that was recorded: it is one more event')).toMatch(
      /^corrected .*statement-[0-9a-f-]+ act: asked → demanded$/,
    );
    const verified = section(out, 'The log is signed: every reader can verify it');
    expect(verified).toMatch(/^verified: .*: 28 events in 27 streams/);
    expect(verified).toContain('passages: 19 checked at their offsets');
    expect(out).toContain('One article gave 1 meeting, 9 statements, 7 opinions and 9 actors.');
    expect(out).toMatch(
      /“He also demanded that Moscow free Paul Whelan[^”]*”\s+\(characters\s+\d+\s+to\s+\d+\)/,
    );
    expect(out).toContain('28 events are recorded.');
  });

  test('the output of the demonstration fits on two screens of 45 lines and 80 columns', async () => {
    const lines = (await demo()).out.trimEnd().split('\n');
    const rows = lines.map((line) => Math.max(1, Math.ceil(line.length / 80)));
    expect(rows.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(90);
  });

  test('the demonstration changes nothing when it runs again', async () => {
    const first = await demo();
    const before = await events();
    expect(before).toHaveLength(28);
    const second = await demo();
    expect([second.code, second.err]).toEqual([0, '']);
    expect(second.out).toContain('Nothing changed by this run');
    expect(upToLastHeading(second.out)).toBe(upToLastHeading(first.out));
    expect(await events()).toEqual(before);
  });

  test('every command that the demonstration suggests works as printed', async () => {
    const { out } = await demo();
    const commands = Array.from(out.matchAll(/^  (CHANCERY_HOME='(.*)' )?npx chancery (.*)$/gm));
    expect(commands.map(([, , , words]) => words?.split(' ')[0])).toEqual([
      'serve',
      'show',
      'timeline',
      'diff',
      'verify',
    ]);
    expect(commands[0]?.[2]).toBe(home);
    const archive = await serveArchive(home);
    try {
      for (const [, , , words = ''] of commands.slice(1)) {
        const ran = await run('chancery.ts', words.split(' '), { CHANCERY_URL: archive.url });
        expect([words, ran.code, ran.err]).toEqual([words, 0, '']);
        expect(ran.out).toMatch(/Blinken|verified/);
      }
    } finally {
      await archive.stop();
    }
  });

  test('the demonstration says how to find a server whose port is not known before it starts', async () => {
    expect((await demo({ PORT: '0' })).out).toContain('pass it to the others with --url');
    expect((await demo({ PORT: '3456' })).out).not.toContain('--url');
  });

  test('a demonstration that finds its folder in use says what to do, and touches nothing', async () => {
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
  test('the sample has a meeting, at least six statements and six opinions, one of them the publisher’s', async () => {
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

  test('the sample says of itself where it comes from', async () => {
    const { byline, publisher } = JSON.parse(await sample('article.json')) as Record<string, string>;
    expect([publisher, byline]).toEqual(['The Chancery Sampler', expect.stringContaining('demonstration')]);
  });
});
