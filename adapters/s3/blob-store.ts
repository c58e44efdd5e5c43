// Objects in one bucket, made and replaced by S3's conditional writes alone. Each put carries a mark of its own, so
// that a refusal that comes of our own lost answer is told from one that comes of somebody else.
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

export interface S3Place {
  readonly bucket: string;
  /** Put before each key, as it is: `log/`, say. */
  readonly prefix?: string;
  /** What whoever serves the bucket says of an object, and how long it may be kept. */
  readonly servedAs?: (
    key: string,
  ) => { readonly contentType: string; readonly cacheControl: string } | undefined;
}

/** User metadata of each object: which put made it. */
const MARK = 'put';
/** Tries in a row that meet another write of the same key under way. */
const MAX_CONFLICTS = 8;

type Condition = { readonly IfNoneMatch: '*' } | { readonly IfMatch: string };

/**
 * Needs s3:GetObject, s3:PutObject, and s3:ListBucket: without the last, S3 answers 403 for what is absent. As with
 * `compareAndPut` of a table, a put whose answer was lost counts as refused once somebody else has replaced it.
 */
export function s3BlobStore(client: S3Client, { bucket, prefix = '', servedAs }: S3Place): BlobStore {
  const at = (key: string) => ({ Bucket: bucket, Key: `${prefix}${key}` });

  async function read(key: string): Promise<(StoredBlob & { mark: string | undefined }) | undefined> {
    try {
      const { Body, ETag, Metadata } = await client.send(new GetObjectCommand(at(key)));
      if (Body === undefined || ETag === undefined) throw new Error(`S3 gave no body or no ETag for ${key}`);
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

  /** Undefined: it is durable. Else the condition does not hold: the mark that this put would have left. */
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
      const standing = await read(key);
      return standing && { bytes: standing.bytes, etag: standing.etag };
    },

    async create(key, bytes) {
      for (let round = 0; ; round++) {
        const mark = await put(key, bytes, { IfNoneMatch: '*' });
        if (mark === undefined) return 'created';
        const standing = await read(key);
        if (standing?.mark === mark) return 'created';
        if (standing) return Buffer.from(bytes).equals(standing.bytes) ? 'same' : 'different';
        // It went between the two requests.
        if (round === MAX_CONFLICTS) throw new Error(`${key} is there when put and gone when read`);
        await backoff(round);
      }
    },

    async replace(key, bytes, etag) {
      const mark = await put(key, bytes, etag === undefined ? { IfNoneMatch: '*' } : { IfMatch: etag });
      return mark === undefined || (await markOf(key)) === mark;
    },
  };
}

/** 412; or, for an ETag of what is absent, 404. */
const isRefusal = (error: unknown): boolean =>
  error instanceof S3ServiceException && ['PreconditionFailed', 'NoSuchKey'].includes(error.name);

/** 409: another write of the key was under way; S3 asks to send this one again. */
const isConflict = (error: unknown): boolean =>
  error instanceof S3ServiceException && error.name === 'ConditionalRequestConflict';
