// Links between the pages, and from them to files of the project.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const pages = globSync(['*.md', 'bench/*.md', 'docs/**/*.md']);

const withoutCode = (text: string): string => text.replaceAll(/```[\s\S]*?```/g, '');

/** The anchors that GitHub gives to the headings of a page. */
const anchorsOf = (page: string): string[] =>
  [...withoutCode(readFileSync(page, 'utf8')).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

test('every link between pages leads to a file, and to a heading of it', () => {
  expect(pages.length).toBeGreaterThan(25);
  const broken: string[] = [];
  let links = 0;
  for (const page of pages)
    for (const [, link = ''] of withoutCode(readFileSync(page, 'utf8')).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(link)) continue;
      links += 1;
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? page : join(dirname(page), path);
      const isThere = existsSync(target) && (anchor === undefined || anchorsOf(target).includes(anchor));
      if (!isThere) broken.push(`${page}: ${link}`);
    }
  expect(links).toBeGreaterThan(80);
  expect(broken).toEqual([]);
});

test('every file of the project that a page names exists', () => {
  const folders = 'adapters|bench|bin|docs|domain|events|functions|infra|test|tools';
  const broken: string[] = [];
  for (const page of pages.filter((name) => name !== 'CHANGELOG.md')) {
    const text = withoutCode(readFileSync(page, 'utf8'));
    for (const [, path = ''] of text.matchAll(new RegExp(`\`((?:${folders})/[\\w./-]+)\``, 'g')))
      if (!existsSync(path)) broken.push(`${page}: ${path}`);
  }
  // The page of the benches names their files without the folder.
  const bench = 'bench/README.md';
  for (const [, path = ''] of readFileSync(bench, 'utf8').matchAll(/`([\w/-]+\.ts)`/g))
    if (!existsSync(path) && !existsSync(join('bench', path))) broken.push(`${bench}: ${path}`);
  expect(broken).toEqual([]);
});
