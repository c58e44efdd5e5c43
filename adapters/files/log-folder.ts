// The folder of the log's files. Once a file is whole, the partial ones that led to it go: an archive that records one
// event at a time would else keep each event a hundred times. C2SP tlog-tiles allows it, and readers know.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BlobStore } from '../../domain/ports.ts';
import { openBlobs } from './blob-store.ts';

/** Opens or makes the folder, for one process at a time. Partial files of `tile/0/000` lie in `tile/0/000.p/`. */
export async function openLogFolder(root: string): Promise<BlobStore> {
  const blobs = await openBlobs(root);
  return {
    ...blobs,
    create: async (key, bytes) => {
      const stored = await blobs.create(key, bytes);
      // A crash before this leaves them there, and they do no harm.
      if (stored !== 'different') await rm(join(root, `${key}.p`), { recursive: true, force: true });
      return stored;
    },
  };
}
