// The command writes to a served archive: output and exit codes of `archive` and `record`. Exit codes: 0 done,
// 1 the archive refused, 2 wrong usage, 3 the archive cannot be reached.
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../../support/servers/archive-process.ts';
import { openSampleArchive, sample, type SampleArchive } from '../../support/archives/sample-archive.ts';

let archive: SampleArchive;
beforeAll(async () => {
  archive = await openSampleArchive();
});
afterAll(() => archive.close());

const withoutStack = (err: string): void => expect(err).not.toMatch(/^\s+at /m);
const lines = (text: string): string[] => text.split('\n').filter(Boolean);

test('archive reads a text with metadata as options, and a repetition gives the same article', async () => {
  const path = await archive.file('news.txt', '\ufeffTalks went on.\r\nNobody left.\r\n');
  const options = [
    '--title',
    '[Talks]',
    '--publisher',
    'The Daily',
    '--published-on',
    '2023-03',
    '--language',
    'pt-BR',
    '--genre',
    'transcript',
  ];
  const first = await archive.cli('archive', path, ...options);
  expect([first.code, first.err]).toEqual([0, '']);
  const id = /^archived: (article-[0-9a-f]{64})\n$/.exec(first.out)?.[1] ?? '';
  const again = await archive.cli('archive', path, ...options);
  expect([again.code, again.out]).toEqual([0, `was archived already: ${id}\n`]);
  const other = await archive.cli(
    'archive',
    path,
    ...options,
    '--title',
    'Other',
    '--published-on',
    '2023-04',
  );
  expect(other.code).toBe(0);
  expect(other.out).toContain(`was archived already: ${id}\n`);
  expect(other.out).toContain('title: the archive has “[Talks]”, you sent “Other”');
  expect(other.out).toContain('publishedOn: the archive has March 2023, you sent April 2023');
  expect(other.out).toContain('corrections');
  const source = await fetch(`${archive.url}/articles/${id}/source`);
  expect(Buffer.from(await source.arrayBuffer())).toEqual(await readFile(path));
  const shown = JSON.parse((await archive.cli('show', id, '--json')).out) as object;
  expect(shown).toMatchObject({
    title: '[Talks]',
    publisher: 'The Daily',
    publishedOn: '2023-03',
    language: 'pt-BR',
    genre: 'transcript',
  });
  expect((await archive.cli('show', id)).out).toContain('Genre: transcript');
});

test('archive reads a JSON file with text and metadata, and says if the article was archived already', async () => {
  const { code, out } = await archive.cli('archive', sample('article.json'));
  expect([code, out]).toEqual([0, `was archived already: ${archive.article}\n`]);
});

test.each([
  ['a text that is not UTF-8', 'latin1.txt', Buffer.from('caf\xe9', 'latin1'), ['not UTF-8', 'iconv']],
  ['a file that is not valid JSON', 'broken.json', '{"text": ', ['broken.json is not JSON']],
  ['a text without a title', 'untitled.txt', 'Talks went on.', ['--title', '--publisher']],
])('archive refuses %s, and says what to do', async (_, name, content, hints) => {
  const { code, out, err } = await archive.cli('archive', await archive.file(name, content));
  expect([code, out]).toEqual([2, '']);
  for (const hint of hints) expect(err).toContain(hint);
  withoutStack(err);
});

test('archive refuses options together with a JSON file, and accepts a byte order mark in it', async () => {
  const path = await archive.file(
    'own.json',
    '\ufeff{"text":"Talks.","title":"Own","publisher":"The Daily","language":"en"}',
  );
  const refused = await archive.cli('archive', path, '--title', 'Other');
  expect([refused.code, refused.out]).toEqual([2, '']);
  expect(refused.err).toContain('leave the options out');
  expect((await archive.cli('archive', path)).out).toMatch(/^archived: article-/);
});

test('archive names the address if no archive answers, and the file if it is missing', async () => {
  const unreachable = await run(
    'chancery.ts',
    ['archive', sample('article.json'), '--url', 'http://127.0.0.1:9'],
    {},
  );
  expect([unreachable.code, unreachable.out]).toEqual([3, '']);
  expect(unreachable.err).toContain('no archive answers at http://127.0.0.1:9');
  withoutStack(unreachable.err);
  const absent = await archive.cli('archive', 'absent.txt');
  expect(absent.code).toBe(2);
  expect(absent.err).toContain('absent.txt');
  withoutStack(absent.err);
});

test("archive prints the archive's reason for a refusal", async () => {
  const path = await archive.file('blank.txt', ' \n');
  const { code, err } = await archive.cli('archive', path, '--title', 'Blank', '--publisher', 'The Daily');
  expect(code).toBe(1);
  expect(err).toContain('/text: is blank');
});

const opinion = (exact: string) =>
  JSON.stringify({
    kind: 'opinion',
    key: 'doubtful',
    body: {
      by: { actor: '@anna' },
      standing: 'expert',
      publishedOn: '2023-03',
      content: exact,
      form: 'indirect',
      language: 'en',
      certainty: 'asserted',
      evidence: [{ exact }],
    },
  });

describe('record', () => {
  const actor =
    '{"kind":"actor","key":"anna","body":{"id":"actor-anna-beck","kind":"person","name":"Anna Beck"}}';
  test('record --dry-run records nothing, and prints each refusal with its candidate passages', async () => {
    const path = await archive.file('dry.ndjson', `${actor}\n\n${opinion('India')}\n`);
    const { code, out } = await archive.cli('record', path, '--article', archive.article, '--dry-run');
    expect(code).toBe(1);
    expect(out).toMatch(/^would record +anna +actor-anna-beck$/m);
    expect(out).toMatch(/^REFUSED +doubtful/m);
    expect(out.match(/^ +at \d+: .*⟦India⟧/gm)?.length).toBeGreaterThan(1);
    expect(lines(out).at(-1)).toBe('1 would be recorded, 0 already there, 1 refused');
    expect((await archive.cli('show', 'actor-anna-beck')).code).toBe(1);
  });

  test('record appends the valid records of a file, and prints the nearest passage for each refused one', async () => {
    const path = await archive.file(
      'partly.ndjson',
      `${actor}\n${opinion('Ten minutes, he adds, are to few for questions')}\n`,
    );
    const first = await archive.cli('record', path, '--article', archive.article);
    expect(first.code).toBe(1);
    expect(first.out).toMatch(/^recorded +anna/m);
    expect(first.out).toMatch(/nearest, at \d+: “Ten minutes, he adds, are too few/);
    expect(lines(first.out).at(-1)).toBe('1 recorded, 0 already there, 1 refused');
    const again = await archive.cli('record', path, '--article', archive.article);
    expect(lines(again.out).at(-1)).toBe('0 recorded, 1 already there, 1 refused');
  });

  test('record prints a note if indirect speech is inside quotation marks in the article', async () => {
    const path = await archive.file('noted.ndjson', `${actor}\n${opinion('must be praised')}\n`);
    const { code, out } = await archive.cli('record', path, '--article', archive.article, '--dry-run');
    expect(code).toBe(0);
    expect(out.replaceAll(/\s+/g, ' ')).toContain(
      'note: all of this content is inside quotation marks in the article',
    );
  });

  test('record reads the article id from the evidence, and asks for --article if no evidence names one', async () => {
    const named = opinion('Neither moved from the line he came with').replace(
      '{"exact"',
      `{"articleId":"${archive.article}","exact"`,
    );
    const found = await archive.cli(
      'record',
      await archive.file('named.ndjson', `${actor}\n${named}`),
      '--dry-run',
    );
    expect([found.code, lines(found.out).at(-1)]).toEqual([
      0,
      '1 would be recorded, 1 already there, 0 refused',
    ]);
    const { code, err } = await archive.cli('record', await archive.file('nameless.ndjson', actor));
    expect(code).toBe(2);
    expect(err).toContain('--article');
  });

  test('record accepts a file with a byte order mark, CRLF line breaks and blank lines', async () => {
    const path = await archive.file(
      'windows.ndjson',
      `\ufeff${actor}\r\n\r\n \t\r\n${actor.replaceAll('anna', 'hanna')}\r\n`,
    );
    const { code, out } = await archive.cli('record', path, '--article', archive.article);
    expect([code, lines(out).at(-1)]).toEqual([0, '1 recorded, 1 already there, 0 refused']);
  });

  test('record prints all faults of a record, each passage with the nearest one in the article', async () => {
    const faulty = JSON.parse(opinion('Neither moved from the lane he came with')) as {
      body: { evidence: object[] };
    };
    faulty.body.evidence.push({ exact: 'India’s diplomats must be blamed' });
    const path = await archive.file(
      'faulty.ndjson',
      `{"kind":"actor","key":"nobody","body":{"kind":"god"}}\n${actor}\n${JSON.stringify(faulty)}`,
    );
    const { code, out } = await archive.cli('record', path, '--article', archive.article, '--dry-run');
    expect(code).toBe(1);
    const said = out.replaceAll(/\s+/g, ' ');
    expect(said).toMatch(
      /REFUSED nobody \/kind: must be one of .*"group", and is the string "god" \/name: is missing: send a string was there anna/,
    );
    expect(said).toMatch(
      /\/evidence\/0: .*"lane" where the source has "line" nearest, at \d+: “Neither moved from the line/,
    );
    expect(said).toMatch(/\/evidence\/1: .*nearest, at \d+: “India's diplomats “must be praised”/);
  });

  test('record names each wrong line of a file, and refuses a file without records', async () => {
    const path = await archive.file('keyless.ndjson', `\n${actor}\n{"kind":"actor","kye":"b","body":{}}\n`);
    const { code, out, err } = await archive.cli('record', path, '--article', archive.article);
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain('keyless.ndjson:3 /key: is missing');
    expect(err).toContain('keyless.ndjson:3: unknown field "kye"');
    for (const [name, content] of [
      ['empty.ndjson', ''],
      ['blank.ndjson', '\n \r\n'],
    ] as const) {
      const empty = await archive.cli(
        'record',
        await archive.file(name, content),
        '--article',
        archive.article,
      );
      expect([empty.code, empty.out]).toEqual([2, '']);
      expect(empty.err).toContain(`${name} has no records`);
    }
  });

  test('record names the line that is not JSON', async () => {
    const { code, err } = await archive.cli(
      'record',
      await archive.file('line.ndjson', `${actor}\n{oops}\n`),
      '--article',
      archive.article,
    );
    expect(code).toBe(2);
    expect(err).toContain('line.ndjson:2 is not JSON');
    withoutStack(err);
  });
});
