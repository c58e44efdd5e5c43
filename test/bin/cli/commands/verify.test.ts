// `chancery verify` on a log folder, on an archive folder, and over HTTP. It names each fault with its position, and
// sets the exit code.
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { vkeyOf } from '../../../../events/log/keys.ts';
import { entriesPath, tilePath } from '../../../../events/log/paths.ts';
import { run } from '../../../support/servers/archive-process.ts';
import { checkpointOf, actorEvents, logVkey, ORIGIN, signedLog } from '../../../support/logs/signed-log.ts';
import { seedSigner } from '../../../support/logs/signers.ts';

const entries = actorEvents(996);
let files: Map<string, Uint8Array>;
let folder: string;
let server: Server;
let url: string;
beforeAll(async () => {
  files = await signedLog(entries);
  folder = await mkdtemp(join(tmpdir(), 'chancery-verify-'));
  await write('whole/log', files);
  server = createServer((request, response) => {
    const file = files.get((request.url ?? '').replace(/^\/(?:bucket|archive\/log)\//, ''));
    response.writeHead(file ? 200 : 404).end(file);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

async function write(name: string, of: ReadonlyMap<string, Uint8Array>): Promise<string> {
  for (const [path, bytes] of of) {
    const file = join(folder, name, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, bytes);
  }
  return join(folder, name);
}

/** Returns the files of the log with one file replaced, or removed if `bytes` is undefined. */
const changed = (path: string, bytes?: Uint8Array): Map<string, Uint8Array> => {
  const others = new Map(files);
  if (bytes) others.set(path, bytes);
  else others.delete(path);
  return others;
};

const verify = (...args: string[]) => run('chancery.ts', ['verify', ...args], {});

describe('a log that is whole', () => {
  test('verify accepts a valid log in a folder, an archive folder, a bucket and a served archive', async () => {
    const addresses = [join(folder, 'whole/log'), join(folder, 'whole'), `${url}/bucket`, `${url}/archive/`];
    for (const address of addresses) {
      const { code, out, err } = await verify(address, '--vkey', logVkey);
      expect({ address, code, err }).toEqual({ address, code: 0, err: '' });
      expect(out).toMatch(
        /^verified: .*: 996 events in \d+ streams\norigin archive\.example\/history, root /,
      );
      expect(out).toContain(`signed by ${ORIGIN}+`);
      expect(out).not.toContain('--vkey');
    }
  });

  test('verify without --vkey uses the key next to the log, and says so', async () => {
    const { code, out } = await verify(join(folder, 'whole'));
    expect(code).toBe(0);
    expect(out).toContain('verified with the key next to the log: pass --vkey to authenticate its owner');
  });

  test('verify prints JSON with --json, and reads the keys for --vkey from a file', async () => {
    const { code, out } = await verify(
      join(folder, 'whole'),
      '--json',
      '--vkey',
      join(folder, 'whole/log/vkey'),
    );
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      checkpoint: { origin: ORIGIN, size: 996 },
      signatures: [{ name: ORIGIN }],
      findings: [],
      faults: 0,
      trusted: true,
    });
  });

  test('verify accepts a log that extends the signed checkpoint of --since', async () => {
    const since = join(folder, 'since');
    await writeFile(since, await checkpointOf(entries.slice(0, 300)));
    const { code, err } = await verify(join(folder, 'whole'), '--vkey', logVkey, '--since', since);
    expect([code, err]).toEqual([0, '']);
  });
});

describe('faults of a log', () => {
  test.each([
    [
      'an entry that was altered',
      () => {
        const path = entriesPath(1);
        const text = Buffer.from(files.get(path) ?? []).toString('latin1');
        return changed(path, Buffer.from(text.replace('"tester"', '"forger"'), 'latin1'));
      },
      /^position 256, tile\/entries\/001: the entry was altered/m,
    ],
    [
      'a tile that was removed',
      () => changed(tilePath({ level: 0, index: 2, width: 256 })),
      /^position 512, tile\/0\/002: is missing/m,
    ],
    [
      'a bundle that was removed',
      () => changed(entriesPath(0)),
      /^position 0, tile\/entries\/000: is missing/m,
    ],
  ])('verify names %s, and exits with 1', async (name, bad, expected) => {
    const { code, out } = await verify(await write(name, bad()), '--vkey', logVkey);
    expect(code).toBe(1);
    expect(out).toMatch(expected);
    expect(out).toMatch(/^NOT VERIFIED: .*: 1 fault; docs\/log\.md says what to do$/m);
  });

  test('verify refuses a checkpoint that another key signed, and exits with 1', async () => {
    const other = seedSigner(ORIGIN, '01'.repeat(32));
    const place = join(folder, 'whole');
    const { code, out } = await verify(place, '--vkey', vkeyOf(ORIGIN, other.publicKey));
    expect(code).toBe(1);
    expect(out).toMatch(/^checkpoint: the note has no signature of archive\.example\/history\+/m);
  });

  test('verify refuses a log that is shorter than the checkpoint of --remember or --since, and exits with 1', async () => {
    const remember = join(folder, 'remembered');
    const short = await write('short', await signedLog(entries.slice(0, 600)));
    expect((await verify(short, '--vkey', logVkey, '--remember', remember)).code).toBe(0);
    expect((await verify(join(folder, 'whole'), '--vkey', logVkey, '--remember', remember)).code).toBe(0);
    expect(await readFile(remember)).toEqual(Buffer.from(await checkpointOf(entries)));
    for (const how of ['--remember', '--since']) {
      const { code, out } = await verify(short, '--vkey', logVkey, how, remember);
      expect(code).toBe(1);
      expect(out).toMatch(/^position 600, checkpoint: the log was rolled back: .* has 996 entries/m);
    }
    expect(await readFile(remember)).toEqual(Buffer.from(await checkpointOf(entries)));
  });

  test('verify refuses an earlier checkpoint that another key signed, and exits with 1', async () => {
    const since = join(folder, 'other-key');
    await writeFile(since, await checkpointOf(entries.slice(0, 300), [seedSigner(ORIGIN, '02'.repeat(32))]));
    const { code, out } = await verify(join(folder, 'whole'), '--vkey', logVkey, '--since', since);
    expect(code).toBe(1);
    expect(out).toMatch(/other-key: the note has no signature of/);
  });
});

describe('wrong arguments', () => {
  test.each([
    ['a path that does not exist', ['nowhere'], 2, /neither a folder nor a URL/],
    ['a folder without a log', ['.'], 2, /no log at .*: neither .* exists/],
    [
      'an invalid key',
      ['whole', '--vkey', 'x'],
      2,
      /x is neither a verifier key .* nor a file with verifier keys: pass one with --vkey/,
    ],
    ['a missing file', ['whole', '--since', 'nowhere'], 2, /the file .*nowhere does not exist/],
    [
      'a URL without a server',
      ['http://127.0.0.1:9'],
      3,
      /no server answers at http:\/\/127\.0\.0\.1:9\S+: start it, or name another URL or a folder/,
    ],
  ])('verify names %s (%j), and exits with %i', async (_, args, code, complaint) => {
    const paths = args.map((each) => (['whole', 'nowhere', '.'].includes(each) ? join(folder, each) : each));
    const ran = await verify(...paths);
    expect([ran.code, ran.out]).toEqual([code, '']);
    expect(ran.err).toMatch(complaint);
    expect(ran.err).not.toMatch(/^\s+at /m);
  });
});
