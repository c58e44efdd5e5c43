// Stores objects in an S3 bucket with conditional writes. Each put has a unique mark, so that the store recognizes its
// own put if the answer was lost and a retry is refused.
import { randomUUID } from 'node:crypto';
import {
  GetObjectCommand,
  HeadObjectCommand,
  NoSuchKey,
  NotFound,
  PutObjectCommand,
  S3ServiceException,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { BlobStore, StoredBlob } from '../../domain/ports.ts';
import { backoff } from '../backoff.ts';

export interface S3Location {
  readonly bucket: string;
  /** The prefix of every key, such as `log/`. */
  readonly prefix?: string;
  /** Returns the headers with which the bucket serves an object. */
  readonly servedAs?: (
    key: string,
  ) => { readonly contentType: string; readonly cacheControl: string } | undefined;
}

/** The user metadata of an object that has the mark of its put. */
const MARK = 'put';
/** The maximum number of retries in a row after conflicts with concurrent writes of the key. */
const MAX_CONFLICTS = 8;

type Condition = { readonly IfNoneMatch: '*' } | { readonly IfMatch: string };

/**
 * Creates a blob store on S3. It needs s3:GetObject, s3:PutObject and s3:ListBucket; without the last, S3 answers 403 for
 * a missing object. A put whose answer was lost counts as refused if another writer has replaced the object since.
 */
export function s3BlobStore(client: S3Client, { bucket, prefix = '', servedAs }: S3Location): BlobStore {
  const at = (key: string) => ({ Bucket: bucket, Key: `${prefix}${key}` });

  async function read(key: string): Promise<(StoredBlob & { mark: string | undefined }) | undefined> {
    try {
      const { Body, ETag, Metadata } = await client.send(new GetObjectCommand(at(key)));
      if (Body === undefined || ETag === undefined)
        throw new Error(`S3 returned ${key} without body or ETag: try again`);
      return { bytes: await Body.transformToByteArray(), etag: ETag, mark: Metadata?.[MARK] };
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  }

  async function markOf(key: string): Promise<string | undefined> {
    try {
      return (await client.send(new HeadObjectCommand(at(key)))).Metadata?.[MARK];
    } catch (error) {
      if (error instanceof NotFound) return undefined;
      throw error;
    }
  }

  /** Puts an object, and returns undefined if it is durable. If the condition is false, returns the mark of the put. */
  async function put(key: string, bytes: Uint8Array, condition: Condition): Promise<string | undefined> {
    const mark = randomUUID();
    const served = servedAs?.(key);
    const command = {
      ...at(key),
      Body: bytes,
      Metadata: { [MARK]: mark },
      ...(served ? { ContentType: served.contentType, CacheControl: served.cacheControl } : {}),
      ...condition,
    };
    for (let round = 0; ; round++) {
      try {
        await client.send(new PutObjectCommand(command));
        return undefined;
      } catch (error) {
        if (isRefusal(error)) return mark;
        if (!isConflict(error) || round === MAX_CONFLICTS) throw error;
        await backoff(round);
      }
    }
  }

  return {
    async get(key) {
      const stored = await read(key);
      return stored && { bytes: stored.bytes, etag: stored.etag };
    },

    async create(key, bytes) {
      for (let round = 0; ; round++) {
        const mark = await put(key, bytes, { IfNoneMatch: '*' });
        if (mark === undefined) return 'created';
        const stored = await read(key);
        if (stored?.mark === mark) return 'created';
        if (stored) return Buffer.from(bytes).equals(stored.bytes) ? 'same' : 'different';
        // The object was deleted between the two requests.
        if (round === MAX_CONFLICTS)
          throw new Error(
            `${key} was deleted after each of ${round + 1} refused puts: stop the process that deletes it`,
          );
        await backoff(round);
      }
    },

    async replace(key, bytes, etag) {
      const mark = await put(key, bytes, etag === undefined ? { IfNoneMatch: '*' } : { IfMatch: etag });
      return mark === undefined || (await markOf(key)) === mark;
    },
  };
}

/** Returns true if the condition of a put is false: status 412, or 404 for the ETag of a missing object. */
const isRefusal = (error: unknown): boolean =>
  error instanceof S3ServiceException && ['PreconditionFailed', 'NoSuchKey'].includes(error.name);

/** Returns true for a conflict with a concurrent write of the key (409). S3 asks to repeat the put. */
const isConflict = (error: unknown): boolean =>
  error instanceof S3ServiceException && error.name === 'ConditionalRequestConflict';
