// Imports that are refused. They leave no files behind, neither in the target folder nor next to it.
import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DatabaseInUse } from '../../../../adapters/sqlite/database.ts';
import {
  importSource,
  importText,
  openImported,
  type ImportOptions,
} from '../../../../bin/cli/commands/import.ts';
import { importInto } from '../../../../bin/cli/input/import-target.ts';
import { progressBar } from '../../../../bin/cli/text/progress.ts';
import { openEmbedded, openEmbeddedArchive } from '../../../../bin/server/embedded.ts';
import { ImportRefused } from '../../../../domain/log/import-log.ts';
import { articleKey } from '../../../../domain/recording/stored-article.ts';
import { archived, entriesOf, idOf, made, piece } from '../../../support/logs/quoting-log.ts';
import { actorEvents, entryOf, logVkey, signedLog } from '../../../support/logs/signed-log.ts';

const TIME = Date.parse('2026-03-04T09:30:00.000Z');
const text = 'The two ministers met in Delhi.';
const quoting = entriesOf([
  [idOf(text), archived(text)],
  ['statement-a', made([piece(text, 'met in Delhi')])],
]);

let folder: string;
let home: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chancery-refusals-'));
  home = join(folder, 'home');
});
afterEach(() => rm(folder, { recursive: true }));

/** Writes an archive's log and articles into a folder, and returns its path. */
async function archiveOf(entries: readonly Uint8Array[], texts: readonly string[] = [text]): Promise<string> {
  const root = join(folder, 'source');
  const files = [...(await signedLog(entries))].map(([path, bytes]) => [`log/${path}`, bytes] as const);
  const articles = texts.map((each) => [`articles/${articleKey(idOf(each))}`, Buffer.from(each)] as const);
  await mkdir(join(root, 'articles'), { recursive: true });
  for (const [path, bytes] of [...files, ...articles]) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), bytes);
  }
  return root;
}

async function importFrom(path: string, options: ImportOptions = {}, now = TIME) {
  const source = await openImported(path);
  return importInto({ CHANCERY_HOME: home }, false, (stores) =>
    importSource(source, stores, options, { bar: () => progressBar(false), clock: () => now }),
  );
}

const beside = (): Promise<string[]> => readdir(folder);

async function expectNothingImported(
  path: string,
  { what, position }: { readonly what: RegExp; readonly position: number },
  now = TIME,
): Promise<void> {
  const { verdict, done } = await importFrom(path, {}, now);
  expect(done).toBeUndefined();
  expect(verdict.findings).toMatchObject([{ position, what: expect.stringMatching(what) }]);
  expect(await beside()).toEqual(['source']);
}

describe('events', () => {
  const raw = (change: (json: string) => string): Uint8Array =>
    Buffer.from(change(Buffer.from(actorEvents(1)[0] ?? []).toString()));

  test.each([
    [
      'an event of an unknown type',
      raw((json) => json.replaceAll('ActorIntroduced', 'ActorX')),
      /unknown type ActorX/,
    ],
    ['an event with invalid data', raw((json) => json.replace('"person"', '"planet"')), /cannot be read/],
    [
      'an event whose stream escapes its folder',
      raw((json) => json.replaceAll('actor-0', 'article-../../../etc/passwd')),
      /cannot be read: [^]*must be an id/,
    ],
    [
      'an event that quotes an article whose id escapes its folder',
      Buffer.from(
        Buffer.from(entryOf('statement-a', 1, made([piece(text, 'met')])))
          .toString()
          .replace(idOf(text), 'article-../../../etc/passwd'),
      ),
      /cannot be read: [^]*must be an id/,
    ],
  ])('%s is refused with its position, and nothing is imported', async (_, entry, what) => {
    await expectNothingImported(await archiveOf([...actorEvents(3).slice(1), entry]), { position: 2, what });
  });

  test('an event from more than five minutes ahead of the clock is refused, and nothing is imported', async () => {
    const root = await archiveOf(quoting);
    const now = TIME - 5 * 60_000 - 1;
    const { done, verdict } = await importFrom(root, {}, now);
    expect([done, verdict.faults]).toEqual([undefined, 2]);
    expect(verdict.findings[0]).toMatchObject({
      position: 0,
      what: expect.stringMatching(
        /is from the future: it was recorded at 2026-03-04T09:30:00.000Z, and the clock of this machine shows/,
      ),
    });
    expect(await beside()).toEqual(['source']);
    expect((await importFrom(root, {}, now + 1)).done).toBeDefined();
  });
});

describe('an import reads regular files only', () => {
  /** Moves a file or folder elsewhere, and leaves a link to it. */
  async function link(path: string): Promise<void> {
    await rename(path, join(folder, 'elsewhere'));
    await symlink(join(folder, 'elsewhere'), path);
  }

  async function pipe(path: string): Promise<void> {
    await rm(path);
    execFileSync('mkfifo', [path]);
  }

  const article = `articles/${articleKey(idOf(text))}`;
  test.each([
    ['a linked log', link, 'log'],
    ['a linked checkpoint', link, 'log/checkpoint'],
    ['a linked folder of tiles', link, 'log/tile/0'],
    ['a linked bundle', link, 'log/tile/entries/000.p/2'],
    ['a linked folder of articles', link, 'articles'],
    ['a linked article', link, article],
    ['a pipe in place of a bundle', pipe, 'log/tile/entries/000.p/2'],
    ['a pipe in place of the keys', pipe, 'log/vkey'],
    ['a pipe in place of an article', pipe, article],
  ])('an import from an archive with %s names it, and leaves nothing behind', async (_, replaceBy, path) => {
    const root = await archiveOf(quoting);
    await replaceBy(join(root, path));
    const before = await beside();
    const refused = await importFrom(root).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ImportRefused);
    expect((refused as Error).message).toMatch(
      new RegExp(`^${join(root, path)} is (?:a symbolic link|not a regular file)`),
    );
    expect(await beside()).toEqual(before);
  });

  test('an import accepts a link as the path of the whole archive', async () => {
    const root = await archiveOf(quoting);
    await symlink(root, join(folder, 'link'));
    expect((await importFrom(join(folder, 'link'))).done?.size).toBe(2);
  });
});

describe('an import that fails', () => {
  test('an import that fails removes all that it created', async () => {
    await expect(importFrom(await archiveOf(quoting, []))).rejects.toThrow(
      'are missing from the imported archive',
    );
    expect(await beside()).toEqual(['source']);
  });

  test('an import that fails leaves the key of its folder, and the next import signs with it', async () => {
    (await openEmbeddedArchive(home)).close();
    const key = await readFile(join(home, 'log.key'), 'utf8');
    for (const name of await readdir(home))
      if (name !== 'log.key') await rm(join(home, name), { recursive: true });
    await expect(importFrom(await archiveOf(quoting, ['Forged.']))).rejects.toThrow(ImportRefused);
    expect([await beside(), await readdir(home)]).toEqual([['home', 'source'], ['log.key']]);
    const { done } = await importFrom(await archiveOf(quoting));
    expect(done?.size).toBe(2);
    expect([await beside(), await readFile(join(home, 'log.key'), 'utf8')]).toEqual([
      ['home', 'source'],
      key,
    ]);
  });

  test('an import does not touch the files of another import that is running', async () => {
    const other = await openEmbeddedArchive(`${home}.importing`);
    await expect(importFrom(await archiveOf(quoting))).rejects.toThrow(DatabaseInUse);
    expect(await beside()).toEqual(['home.importing', 'source']);
    other.close();
  });
});

describe('an import into a folder', () => {
  test('an import into a folder with other files is refused, and does not change them', async () => {
    await mkdir(home);
    await writeFile(join(home, 'notes.txt'), 'mine');
    await expect(importFrom(await archiveOf(quoting))).rejects.toThrow('holds other files (notes.txt)');
    expect([await beside(), await readdir(home)]).toEqual([['home', 'source'], ['notes.txt']]);
  });

  test('an import into a folder with parts of an archive is refused, and does not change them', async () => {
    const root = await archiveOf(quoting);
    await cp(join(root, 'log'), join(home, 'log'), { recursive: true });
    await expect(importFrom(root)).rejects.toThrow('holds parts of an archive (log) and no archive.db');
    expect([await beside(), await readdir(home)]).toEqual([['home', 'source'], ['log']]);
  });

  test('an import into an empty archive that is being served is refused', async () => {
    const served = await openEmbedded(home, { subject: 'tester', alarm: () => {} });
    await expect(importFrom(await archiveOf(quoting))).rejects.toThrow(DatabaseInUse);
    await served.close();
    expect(await beside()).toEqual(['home', 'source']);
  });

  test('an import uses the key of a folder whose replacement was interrupted', async () => {
    (await openEmbeddedArchive(home)).close();
    const key = await readFile(join(home, 'log.key'), 'utf8');
    await rename(home, `${home}.replaced`);
    expect((await importFrom(await archiveOf(quoting))).done?.size).toBe(2);
    expect([await beside(), await readFile(join(home, 'log.key'), 'utf8')]).toEqual([
      ['home', 'source'],
      key,
    ]);
  });

  test('an import starts again if an earlier one was finished but did not replace the folder', async () => {
    await importFrom(await archiveOf(actorEvents(5)));
    await rename(home, `${home}.importing`);
    await rm(join(folder, 'source'), { recursive: true });
    expect((await importFrom(await archiveOf(quoting))).done?.size).toBe(2);
    expect(await beside()).toEqual(['home', 'source']);
  });
});

describe('the trusted key', () => {
  test('an import says that it used the key next to the log', async () => {
    const { done } = await importFrom(await archiveOf(quoting));
    expect(done?.trusted).toEqual({
      keys: [expect.stringMatching(/^archive\.example\/history\+[0-9a-f]{8}$/)],
      given: false,
    });
    expect(done && importText(done)).toMatch(
      /^verified with the key next to the log: pass --vkey to authenticate its owner: archive\.example\/history\+/m,
    );
  });

  test('an import says that it used the key from --vkey', async () => {
    const { done } = await importFrom(await archiveOf(quoting), { vkey: [logVkey] });
    expect(done?.trusted.given).toBe(true);
    expect(done && importText(done)).toMatch(
      /^verified with the key that --vkey names: archive\.example\/history\+[0-9a-f]{8}$/m,
    );
  });
});
