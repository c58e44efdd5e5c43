// Tests the S3 blob store on the test server: the contract, and what is specific to S3.
import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { s3BlobStore } from '../../../adapters/s3/blob-store.ts';
import { s3Client } from '../../../adapters/s3/s3-client.ts';
import { servedAs } from '../../../events/log/served.ts';
import { blobStoreContract } from '../../contract/blob-store.ts';
import { emulated } from '../../support/servers/dynalite.ts';
import { startS3Server, type S3Server } from '../../support/servers/s3-server.ts';

blobStoreContract('the blob store on an S3 server', async () => {
  const server = await startS3Server();
  const client = s3Client({ endpoint: server.endpoint, ...emulated });
  return {
    blobs: s3BlobStore(client, { bucket: 'archive' }),
    close: async () => {
      client.destroy();
      await server.close();
    },
  };
});

let server: S3Server;
let client: S3Client;
beforeAll(async () => {
  server = await startS3Server();
  client = s3Client({ endpoint: server.endpoint, ...emulated });
});
afterAll(async () => {
  client.destroy();
  await server.close();
});

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('the S3 blob store', () => {
  test('the S3 blob store puts its prefix before each key and sees no object outside of it', async () => {
    const log = s3BlobStore(client, { bucket: 'prefixed', prefix: 'log/' });
    const all = s3BlobStore(client, { bucket: 'prefixed' });
    await log.create('checkpoint', bytes('signed'));
    expect(server.keys()).toContain('/prefixed/log/checkpoint');
    expect(await all.get('checkpoint')).toBeUndefined();
    expect((await all.get('log/checkpoint'))?.bytes).toEqual(bytes('signed'));
  });

  test('the S3 blob store stores with each object how it is served', async () => {
    const log = s3BlobStore(client, { bucket: 'public', servedAs });
    await log.create('tile/0/000.p/1', bytes('x'.repeat(32)));
    await log.replace('checkpoint', bytes('signed'), undefined);
    await log.create('other', bytes('other'));
    const served = async (key: string) => {
      const { headers } = await fetch(`${server.endpoint}/public/${key}`);
      return [headers.get('content-type'), headers.get('cache-control')];
    };
    expect(await served('tile/0/000.p/1')).toEqual([
      'application/octet-stream',
      'public, max-age=31536000, immutable',
    ]);
    expect(await served('checkpoint')).toEqual(['text/plain; charset=utf-8', 'public, max-age=5']);
    expect((await served('other'))[1]).toBeNull();
  });

  test('the S3 blob store keeps buckets separate', async () => {
    await s3BlobStore(client, { bucket: 'one' }).create('a', bytes('one'));
    expect(await s3BlobStore(client, { bucket: 'other' }).get('a')).toBeUndefined();
  });

  test('the etag in the S3 blob store is that of S3, the MD5 of the bytes', async () => {
    const blobs = s3BlobStore(client, { bucket: 'etags' });
    await blobs.create('empty', new Uint8Array());
    expect((await blobs.get('empty'))?.etag).toBe('"d41d8cd98f00b204e9800998ecf8427e"');
  });

  test('the S3 blob store rejects if it gets no answer, and does not report a missing object', async () => {
    const nobody = await startS3Server();
    await nobody.close();
    const lost = s3Client({ endpoint: nobody.endpoint, ...emulated, maxAttempts: 2 });
    const blobs = s3BlobStore(lost, { bucket: 'archive' });
    await expect(blobs.get('a')).rejects.toThrow('ECONNREFUSED');
    await expect(blobs.create('a', bytes('a'))).rejects.toThrow('ECONNREFUSED');
    lost.destroy();
  });
});

test('the S3 client reads its endpoint, region and credentials from the standard variables', async () => {
  vi.stubEnv('AWS_ENDPOINT_URL_S3', server.endpoint);
  vi.stubEnv('AWS_REGION', 'local');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  try {
    const standard = s3Client();
    const blobs = s3BlobStore(standard, { bucket: 'standard' });
    expect(await blobs.create('a', bytes('a'))).toBe('created');
    expect(server.keys()).toContain('/standard/a');
    standard.destroy();
  } finally {
    vi.unstubAllEnvs();
  }
});

describe('the S3 test server', () => {
  test('the S3 test server stores chunked uploads of the SDK and checks their trailing checksum', async () => {
    const Body = Readable.from(['a', 'bc', 'def'].map((each) => bytes(each.repeat(30_000))));
    await client.send(new PutObjectCommand({ ...at('streamed'), Body, ContentLength: 180_000 }));
    const { Body: read } = await client.send(new GetObjectCommand(at('streamed')));
    expect(await read?.transformToString()).toBe(
      'a'.repeat(30_000) + 'bc'.repeat(30_000) + 'def'.repeat(30_000),
    );
  });

  test('the S3 test server refuses bytes that do not match the checksum', async () => {
    const put = new PutObjectCommand({ ...at('broken'), Body: 'broken', ChecksumCRC32: 'AAAAAA==' });
    await expect(client.send(put)).rejects.toMatchObject({ name: 'BadDigest' });
    await expect(client.send(new HeadObjectCommand(at('broken')))).rejects.toMatchObject({
      name: 'NotFound',
    });
  });

  test('the S3 test server answers 412 for a false condition, and 404 for the ETag of a missing object', async () => {
    const { ETag } = await client.send(new PutObjectCommand({ ...at('a'), Body: 'one' }));
    const refused = (condition: { IfMatch?: string; IfNoneMatch?: string }, key = 'a') =>
      client
        .send(new PutObjectCommand({ ...at(key), Body: 'two', ...condition }))
        .catch((error: { $metadata?: { httpStatusCode?: number } }) => error.$metadata?.httpStatusCode);
    expect(await refused({ IfNoneMatch: '*' })).toBe(412);
    expect(await refused({ IfMatch: '"other"' })).toBe(412);
    expect(await refused({ IfMatch: ETag ?? '' }, 'absent')).toBe(404);
    expect(await refused({ IfMatch: ETag ?? '' })).toMatchObject({ ETag: expect.any(String) as string });
  });

  test('the S3 test server lists by prefix, keeps metadata and content type, and deletes', async () => {
    const Metadata = { by: 'desk' };
    for (const key of ['list/b&c', 'list/a', 'other'])
      await client.send(new PutObjectCommand({ ...at(key), Body: key, Metadata, ContentType: 'text/plain' }));
    const list = () => client.send(new ListObjectsV2Command({ Bucket: 'server', Prefix: 'list/' }));
    expect((await list()).Contents?.map(({ Key }) => Key)).toEqual(['list/a', 'list/b&c']);
    expect(await client.send(new HeadObjectCommand(at('list/a')))).toMatchObject({
      Metadata,
      ContentType: 'text/plain',
      ContentLength: 6,
    });
    await client.send(new DeleteObjectCommand(at('list/a')));
    expect((await list()).Contents?.map(({ Key }) => Key)).toEqual(['list/b&c']);
  });
});

const at = (Key: string) => ({ Bucket: 'server', Key });
