// `CHANCERY_STORE=aws npm start` on DynamoDB Local and the S3 test server. The command prints the same text as it
// does on the embedded archive.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serveArchive } from '../../support/servers/archive-process.ts';
import { emulated, type Emulator } from '../../support/servers/dynalite.ts';
import { startDynamodbLocal, whyNoDynamodbLocal } from '../../support/servers/dynamodb-local.ts';
import { startS3Server, type S3Server } from '../../support/servers/s3-server.ts';
import { openSampleArchive, type SampleArchive } from '../../support/archives/sample-archive.ts';

const why = whyNoDynamodbLocal();
if (why !== undefined) console.warn(`One process on AWS's stores is not tested: ${why}`);

describe.skipIf(why !== undefined)("one process on AWS's stores", () => {
  let dynamodb: Emulator;
  let s3: S3Server;
  let onAws: SampleArchive;
  let embedded: SampleArchive;
  let env: Record<string, string>;

  beforeAll(async () => {
    [dynamodb, s3] = await Promise.all([startDynamodbLocal(), startS3Server()]);
    env = {
      CHANCERY_STORE: 'aws',
      AWS_REGION: emulated.region,
      AWS_ACCESS_KEY_ID: emulated.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: emulated.credentials.secretAccessKey,
      AWS_ENDPOINT_URL_DYNAMODB: dynamodb.endpoint,
      AWS_ENDPOINT_URL_S3: s3.endpoint,
    };
    [onAws, embedded] = await Promise.all([openSampleArchive(env), openSampleArchive()]);
  });
  afterAll(async () => {
    await Promise.all([onAws?.close(), embedded?.close()]);
    await Promise.all([dynamodb?.close(), s3?.close()]);
  });

  async function both(...args: string[]): Promise<[string, string]> {
    const [there, here] = await Promise.all([onAws.cli(...args), embedded.cli(...args)]);
    expect([there.code, there.err, here.code, here.err]).toEqual([0, '', 0, '']);
    return [there.out, here.out];
  }

  test("an archive on AWS's stores gives the same ids as the embedded archive", () => {
    expect(onAws.article).toBe(embedded.article);
    expect(onAws.ids).toEqual(embedded.ids);
  });

  test.each(['meeting', 'blinken'])(
    "an archive on AWS's stores shows the same dossier of %s",
    async (key) => {
      const [there, here] = await both('show', onAws.ids[key] ?? '');
      expect(there).toBe(here);
    },
  );

  test("an archive on AWS's stores shows the same article and timeline", async () => {
    for (const args of [
      ['show', onAws.article],
      ['timeline'],
      ['timeline', '--speaker', 'actor-antony-blinken', '--order', 'desc'],
    ]) {
      const [there, here] = await both(...args);
      expect(there).toBe(here);
    }
  });

  test("an archive on AWS's stores replays the same events, apart from their times", async () => {
    const [there, here] = await both('replay');
    // The article was archived without an idempotency key, so its event has a random id.
    const comparable = (out: string) =>
      out.replaceAll(/"time":"[^"]+"/g, '"time":""').replaceAll(/(article-[0-9a-f]{64})_[-0-9a-f]+/g, '$1');
    expect(comparable(there)).toBe(comparable(here));
    expect(there.trimEnd().split('\n')).toHaveLength(27);
  });

  test("the log of an archive on AWS's stores is verified from its files alone", async () => {
    for (const out of await both('verify')) expect(out).toMatch(/27 (?:events|entries)/);
  });

  test("an archive on AWS's stores lists the same changes", async () => {
    const [there, here] = await both('diff', '--from', '5', '--to', '26');
    expect(there).toBe(here);
  });

  describe('elsewhere than on this machine', () => {
    /** Returns another address of the same emulators, which does not look like a loopback address. */
    const elsewhere = (url = ''): string => url.replace('127.0.0.1', '[::ffff:127.0.0.1]');
    const remote = (): Record<string, string> => ({
      ...env,
      CHANCERY_STATE_TABLE: 'remote-state',
      CHANCERY_LOG_BUCKET: 'remote-log',
      AWS_ENDPOINT_URL_DYNAMODB: elsewhere(env['AWS_ENDPOINT_URL_DYNAMODB']),
    });

    test('tables and buckets on another machine are created only with --create', async () => {
      const home = await mkdtemp(join(tmpdir(), 'chancery-remote-'));
      await expect(serveArchive(home, remote())).rejects.toThrow(
        /^the archive ended with 2: at least one of the tables chancery-events, remote-state, .* does not exist/,
      );
      const made = await serveArchive(home, remote(), ['--create']);
      expect(await made.stop()).toBe(0);
      const again = await serveArchive(home, remote());
      expect((await fetch(`${again.url}/health`)).status).toBe(200);
      expect([await again.stop(), again.complaints()]).toEqual([0, '']);
      await rm(home, { recursive: true });
    });

    test('buckets of Amazon S3 have no default names, because other accounts may own them', async () => {
      const { AWS_ENDPOINT_URL_S3: _, ...onAws } = env;
      const log = { ...onAws, CHANCERY_LOG_BUCKET: 'our-log' };
      await expect(serveArchive('never-made', log)).rejects.toThrow(
        /^the archive ended with 2: set CHANCERY_ARTICLES_BUCKET: the buckets that the stack's outputs name/,
      );
    });
  });
});
