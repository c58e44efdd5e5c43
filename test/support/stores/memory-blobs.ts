// A blob store in memory, for tests: it keeps the port's contract, and hands out copies only.
import type { BlobStore, StoredBlob } from '../../../domain/ports.ts';

export interface MemoryBlobs extends BlobStore {
  readonly keys: () => string[];
  /** Returns the bytes under a key. @throws if the key does not exist. */
  readonly bytes: (key: string) => Uint8Array;
  /** Takes an object away, as no call of the port can. */
  readonly remove: (key: string) => void;
}

export function memoryBlobs(): MemoryBlobs {
  const blobs = new Map<string, StoredBlob>();
  let writes = 0;

  const put = (key: string, bytes: Uint8Array): true => {
    blobs.set(key, { bytes: bytes.slice(), etag: `"${++writes}"` });
    return true;
  };
  return {
    get: async (key) => {
      const blob = blobs.get(key);
      return blob && { bytes: blob.bytes.slice(), etag: blob.etag };
    },
    create: async (key, bytes) => {
      const standing = blobs.get(key);
      if (standing) return Buffer.compare(standing.bytes, bytes) === 0 ? 'same' : 'different';
      put(key, bytes);
      return 'created';
    },
    replace: async (key, bytes, etag) => blobs.get(key)?.etag === etag && put(key, bytes),
    keys: () => [...blobs.keys()],
    bytes: (key) => {
      const blob = blobs.get(key);
      if (!blob) throw new RangeError(`there is no ${key}`);
      return blob.bytes.slice();
    },
    remove: (key) => {
      if (!blobs.delete(key)) throw new RangeError(`there is no ${key}`);
    },
  };
}
