// A blob store in memory, for tests: it keeps the port's contract, and hands out copies only.
import type { BlobStore, StoredBlob } from '../../domain/ports.ts';

export interface MemoryBlobs extends BlobStore {
  readonly keys: () => string[];
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
  };
}
