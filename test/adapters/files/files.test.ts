// Tests the embedded blob store: the contract, and its files and folders.
import { execFileSync } from 'node:child_process';
import { link, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openBlobs } from '../../../adapters/files/blob-store.ts';
import { openLogFolder } from '../../../adapters/files/log-folder.ts';
import { blobStoreContract } from '../../contract/blob-store.ts';
import { writeAndKill } from '../killed.ts';
import { contentOf, keyOf } from '../writer.ts';

const freshFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'chancery-files-'));

blobStoreContract('the folder of files', async () => {
  const root = await freshFolder();
  return { blobs: await openBlobs(root), close: () => rm(root, { recursive: true }) };
});

blobStoreContract('the folder of the log', async () => {
  const root = await freshFolder();
  return { blobs: await openLogFolder(root), close: () => rm(root, { recursive: true }) };
});

let folder: string;
let root: string;
beforeEach(async () => {
  folder = await freshFolder();
  root = join(folder, 'home', 'blobs');
});
afterEach(() => rm(folder, { recursive: true }));

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test('an object is stored at the path that is its key, and no other file is left', async () => {
  const blobs = await openBlobs(root);
  await blobs.create('tile/entries/x001/067.p/17', bytes('partial'));
  await blobs.create('tile/entries/x001/067', bytes('full'));
  await blobs.create('tile/entries/x001/067', bytes('other'));
  await blobs.replace('checkpoint', bytes('signed'), undefined);
  const blob = await blobs.get('checkpoint');
  await blobs.replace('checkpoint', bytes('signed again'), blob?.etag);
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  expect(files.map((file) => file.slice(root.length + 1)).sort()).toEqual([
    'checkpoint',
    'tile/entries/x001/067',
    'tile/entries/x001/067.p/17',
  ]);
  expect(await readFile(join(root, 'checkpoint'), 'utf8')).toBe('signed again');
});

test('the log keeps partial files until the full file exists, even after a crash between the two', async () => {
  const log = await openLogFolder(root);
  for (const width of [1, 17, 255]) await log.create(`tile/entries/x001/067.p/${width}`, bytes(`${width}`));
  await log.create('tile/entries/x001/068.p/1', bytes('next'));
  await (await openBlobs(root)).create('tile/entries/x001/067', bytes('whole'));
  expect(await log.get('tile/entries/x001/067.p/17')).toBeDefined();
  expect(await log.create('tile/entries/x001/067', bytes('other'))).toBe('different');
  expect(await log.get('tile/entries/x001/067.p/17')).toBeDefined();
  expect(await log.create('tile/entries/x001/067', bytes('whole'))).toBe('same');
  expect((await readdir(join(root, 'tile/entries/x001'))).sort()).toEqual(['067', '068.p']);
});

test('an etag is strong and depends only on the content', async () => {
  const blobs = await openBlobs(root);
  await blobs.create('a', new Uint8Array());
  const blob = await blobs.get('a');
  expect(blob?.etag).toBe('"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"');
});

test.each([
  '',
  '/',
  '/etc/passwd',
  '..',
  '../a',
  'a/../../b',
  'a/..',
  '.',
  './a',
  'a/./b',
  'a//b',
  'a/',
  'a\\b',
  '..\\a',
  'a\0b',
  '.unfinished/a',
  '.unfinished',
])('the key %j is refused in every call', async (key) => {
  const blobs = await openBlobs(root);
  await expect(blobs.get(key)).rejects.toThrow(RangeError);
  await expect(blobs.create(key, bytes('a'))).rejects.toThrow(RangeError);
  await expect(blobs.replace(key, bytes('a'), undefined)).rejects.toThrow(RangeError);
  await expect(blobs.replace(key, bytes('a'), '"b"')).rejects.toThrow(RangeError);
  expect(await readdir(folder)).toEqual(['home']);
});

test('files that a crash left unfinished are removed, and objects stay', async () => {
  await (await openBlobs(root)).create('a/b', bytes('whole'));
  await writeFile(join(root, '.unfinished', 'half'), 'hal');
  // A crash between link and unlink: the object has its name and the temporary one.
  await link(join(root, 'a', 'b'), join(root, '.unfinished', 'named'));
  // A crash between creating folders and linking.
  await mkdir(join(root, 'c', 'd'), { recursive: true });
  const blobs = await openBlobs(root);
  expect(await readdir(join(root, '.unfinished'))).toEqual([]);
  expect((await blobs.get('a/b'))?.bytes).toEqual(bytes('whole'));
  expect(await blobs.get('c/d')).toBeUndefined();
  expect(await blobs.create('c/d/e', bytes('new'))).toBe('created');
});

test('a concurrent creation and replacement are both applied', async () => {
  const blobs = await openBlobs(root);
  for (let round = 0; round < 20; round++) {
    const key = `round/${round}`;
    const [created, replaced] = await Promise.all([
      blobs.create(key, bytes('created')),
      blobs.replace(key, bytes('replaced'), undefined),
    ]);
    expect(created === 'created').toBe(!replaced);
    expect((await blobs.get(key))?.bytes).toEqual(bytes(replaced ? 'replaced' : 'created'));
  }
});

test('a failed replacement does not block the next one', async () => {
  const blobs = await openBlobs(root);
  await blobs.create('a', bytes('one'));
  const blob = await blobs.get('a');
  await rm(join(root, '.unfinished'), { recursive: true });
  await expect(blobs.replace('a', bytes('two'), blob?.etag)).rejects.toThrow('ENOENT');
  await mkdir(join(root, '.unfinished'));
  expect(await blobs.replace('a', bytes('two'), blob?.etag)).toBe(true);
});

test.each([1, 2, 3])(
  'after a kill, all acknowledged objects are stored and complete (seed %i)',
  async (seed) => {
    const run = String(seed);
    const acknowledged = await writeAndKill('blobs', root, run, 1 + ((seed * 7_919) % 397));
    const blobs = await openBlobs(root);
    const contentAt = async (worker: number, revision: number) => {
      const blob = await blobs.get(keyOf(run, worker, revision));
      if (blob === undefined) return 'absent';
      return Buffer.from(contentOf(run, worker, revision)).equals(blob.bytes) ? 'whole' : 'broken';
    };
    for (const { worker, revision } of acknowledged) expect(await contentAt(worker, revision)).toBe('whole');
    const furthest = Math.max(...acknowledged.map(({ revision }) => revision));
    // An unacknowledged object exists completely or not at all.
    for (let worker = 0; worker < 16; worker++) {
      for (let revision = 1; revision <= furthest + 2; revision++) {
        expect(await contentAt(worker, revision)).not.toBe('broken');
      }
    }
  },
);

// A limit of the shell on the size of files stands for a full disk, on which a test cannot write.
test('a write that the disk refuses names the file, and stores no object', async () => {
  const script = `
    import { openBlobs } from ${JSON.stringify(new URL('../../../adapters/files/blob-store.ts', import.meta.url).href)};
    const blobs = await openBlobs(process.argv[1]);
    const error = await blobs.create('large', new Uint8Array(1_000_000)).catch((error) => error);
    console.log(JSON.stringify({ code: error.code, path: error.path, message: error.message }));`;
  const run = 'ulimit -f 64; exec "$0" --input-type=module -e "$1" "$2"';
  const output = execFileSync('sh', ['-c', run, process.execPath, script, root], { encoding: 'utf8' });
  const { code, path, message } = JSON.parse(output) as Record<string, string>;
  expect(code).toBe('EFBIG');
  expect(path?.startsWith(root)).toBe(true);
  expect(message).toContain(`'${path}'`);
  expect(await (await openBlobs(root)).get('large')).toBeUndefined();
});
