// Prints each place in comments, messages and docs that is not plain English. Exits with 1 if there is one.
// Usage: node tools/plain-english.ts [path …]. Without paths it checks all files that Git does not ignore.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { check, isChecked } from './plain-english/check.ts';

const git = (...args: string[]): string =>
  execFileSync('git', args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });

const paths = process.argv.slice(2);
const root = git('rev-parse', '--show-toplevel').trim();
const where = paths.length === 0 ? [root] : paths;
const files = git('ls-files', '-z', '-co', '--exclude-standard', '--full-name', '--', ...where)
  .split('\0')
  .filter((file) => isChecked(file) && existsSync(join(root, file)));
if (files.length === 0) {
  console.error(
    `No TypeScript or Markdown file to check in ${where.join(' ')}. Give paths of this repository.`,
  );
  process.exit(2);
}

let count = 0;
for (const file of new Set(files)) {
  for (const { line, message } of check(file, readFileSync(join(root, file), 'utf8'))) {
    count += 1;
    console.log(`${file}:${line}: ${message}`);
  }
}
if (count > 0) {
  console.error(`Findings: ${count}. The words and limits are in tools/plain-english/words-to-avoid.ts.`);
  process.exitCode = 1;
}
