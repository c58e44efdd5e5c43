// `chancery verify` on an archive with its articles, in its folder and over HTTP. It lists its checks, and names each
// altered article.
import { execFileSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run } from '../../../support/servers/archive-process.ts';
import { openSampleArchive, type SampleArchive } from '../../../support/archives/sample-archive.ts';

let archive: SampleArchive;
let folder: string;
let copy: string;
beforeAll(async () => {
  archive = await openSampleArchive();
  const text = await archive.file('gone.txt', 'A text that must go.');
  const { out } = await archive.cli('archive', text, '--title', 'Gone', '--publisher', 'Other', '--json');
  const { id } = JSON.parse(out) as { id: string };
  await fetch(`${archive.url}/articles/${id}/withdrawals`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Prefer: 'wait=30' },
    body: JSON.stringify({ reason: 'court order' }),
  });
  folder = await mkdtemp(join(tmpdir(), 'chancery-verify-articles-'));
  copy = join(folder, 'copy');
  for (const name of ['log', 'articles'])
    await cp(join(archive.home, name), join(copy, name), { recursive: true });
});
afterAll(async () => {
  await archive.close();
  await rm(folder, { recursive: true });
});

const verify = (...args: string[]) => run('chancery.ts', ['verify', ...args], {});

/** Changes one letter of the sample article. */
async function alter(home: string): Promise<string> {
  const file = join(home, 'articles', archive.article.slice('article-'.length));
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace('e', 'é'));
  return file;
}

const checked = [
  /^passages: \d\d checked at their offsets(?:; 0 not checked.*)?$/m,
  /^contents: \d+ checked within their passages$/m,
  /^records: \d+ checked against their sources(?:; \d+ not checked.*)?$/m,
];

test('an archive in a folder verifies with its articles, and withdrawn ones are counted apart', async () => {
  const { code, out, err } = await verify(copy);
  expect([code, err]).toEqual([0, '']);
  for (const line of [/^verified: /m, /^articles: 1 checked; 1 withdrawn$/m, ...checked])
    expect(out).toMatch(line);
});

test('an archive at a URL verifies with its articles, except for the bytes of withdrawn ones', async () => {
  const { code, out, err } = await verify(archive.url);
  expect([code, err]).toEqual([0, '']);
  expect(out).toMatch(/^articles: 1 checked; 1 withdrawn, 1 of them without bytes$/m);
  for (const line of checked) expect(out).toMatch(line);
});

test('a log without articles verifies, and the output says that articles were not checked', async () => {
  const bare = join(folder, 'bare');
  await cp(join(copy, 'log'), bare, { recursive: true });
  const { code, out } = await verify(bare);
  expect(code).toBe(0);
  expect(out).toMatch(/^articles not checked: no articles are next to the log/m);
  expect(out).toMatch(/^contents: \d+ checked within their passages$/m);
  const named = await verify(bare, '--articles', join(copy, 'articles'), '--json');
  expect(named.code).toBe(0);
  expect(JSON.parse(named.out)).toMatchObject({
    articlesAt: join(copy, 'articles'),
    evidence: {
      articles: { checked: 1, withdrawn: 1 },
      contents: { earlierRules: 0 },
      records: { earlierRules: 0, notChecked: 0 },
    },
  });
});

test('verify names an altered article and its event, and skips articles with --log-only', async () => {
  const bad = join(folder, 'bad');
  await cp(copy, bad, { recursive: true });
  await alter(bad);
  const { code, out } = await verify(bad);
  expect(code).toBe(1);
  expect(out).toMatch(
    new RegExp(
      `^position 0, articles/[0-9a-f]{64}: event ${archive.article}_.*: its bytes were altered`,
      'm',
    ),
  );
  expect(out).toMatch(/^NOT VERIFIED: /m);

  const skipped = await verify(bad, '--log-only');
  expect([skipped.code, skipped.err]).toEqual([0, '']);
  expect(skipped.out).toMatch(/^articles not checked: --log-only$/m);
  expect(skipped.out).not.toMatch(/^passages|^contents/m);
});

test('verify over HTTP fails if the archive reports a damaged article', async () => {
  const own = await openSampleArchive();
  await alter(own.home);
  const { code, out, err } = await verify(own.url);
  expect([code, err]).toEqual([1, '']);
  expect(out).toMatch(
    /^position 0, articles\/.*: the archive answers that the bytes of the article are damaged$/m,
  );
  await own.close();
});

test('verify names a pipe in place of an article instead of waiting for it', async () => {
  const bad = join(folder, 'pipe');
  await cp(copy, bad, { recursive: true });
  const name = archive.article.slice('article-'.length);
  await rm(join(bad, 'articles', name), { recursive: true });
  execFileSync('mkfifo', [join(bad, 'articles', name)]);
  const { code, err } = await verify(bad);
  expect(code).toBe(2);
  expect(err).toContain(`${join(bad, 'articles', name)} is not a regular file`);
});
