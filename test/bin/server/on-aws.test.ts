// `CHANCERY_STORE=aws npm start` on DynamoDB Local and the S3 test server: the CLI prints what it prints on the
// embedded archive, word for word.
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

  test('archives and records the same', () => {
    expect(onAws.article).toBe(embedded.article);
    expect(onAws.ids).toEqual(embedded.ids);
  });

  test.each(['meeting', 'blinken'])('shows the same (%s)', async (key) => {
    const [there, here] = await both('show', onAws.ids[key] ?? '');
    expect(there).toBe(here);
  });

  test('shows the same article and timeline', async () => {
    for (const args of [
      ['show', onAws.article],
      ['timeline'],
      ['timeline', '--speaker', 'actor-antony-blinken', '--order', 'desc'],
    ]) {
      const [there, here] = await both(...args);
      expect(there).toBe(here);
    }
  });

  test('replays the same history, but for when it was recorded', async () => {
    const [there, here] = await both('replay');
    // The article was archived without a key, so its event's id is fresh.
    const comparable = (out: string) =>
      out.replaceAll(/"time":"[^"]+"/g, '"time":""').replaceAll(/(article-[0-9a-f]{64})_[-0-9a-f]+/g, '$1');
    expect(comparable(there)).toBe(comparable(here));
    expect(there.trimEnd().split('\n')).toHaveLength(27);
  });

  test('keeps a log that is verified from its files alone', async () => {
    for (const out of await both('verify')) expect(out).toMatch(/27 (?:events|entries)/);
  });

  test('tells the same of what changed', async () => {
    const [there, here] = await both('diff', '--from', '5', '--to', '26');
    expect(there).toBe(here);
  });

  describe('elsewhere than on this machine', () => {
    /** The same emulators by an address that does not look like this machine's. */
    const elsewhere = (url = ''): string => url.replace('127.0.0.1', '[::ffff:127.0.0.1]');
    const remote = (): Record<string, string> => ({
      ...env,
      CHANCERY_STATE_TABLE: 'remote-state',
      CHANCERY_LOG_BUCKET: 'remote-log',
      AWS_ENDPOINT_URL_DYNAMODB: elsewhere(env['AWS_ENDPOINT_URL_DYNAMODB']),
    });

    test('nothing is made unless it is asked for', async () => {
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

    test("buckets must be named: a name by default would be anybody's", async () => {
      const { AWS_ENDPOINT_URL_S3: _, ...onAws } = env;
      const log = { ...onAws, CHANCERY_LOG_BUCKET: 'our-log' };
      await expect(serveArchive('never-made', log)).rejects.toThrow(
        /^the archive ended with 2: set CHANCERY_ARTICLES_BUCKET: the buckets that the stack's outputs name/,
      );
    });
  });
});
