// The folder of the log's files. It deletes partial files after the full file exists, as C2SP tlog-tiles allows.
// Otherwise an archive that records single events would store each event a hundred times.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BlobStore } from '../../domain/ports.ts';
import { openBlobs } from './blob-store.ts';

/** Opens or creates the folder for one process. The partial files of `tile/0/000` are in `tile/0/000.p/`. */
export async function openLogFolder(root: string): Promise<BlobStore> {
  const blobs = await openBlobs(root);
  return {
    ...blobs,
    create: async (key, bytes) => {
      const stored = await blobs.create(key, bytes);
      // A crash before this leaves partial files, which do no harm.
      if (stored !== 'different') await rm(join(root, `${key}.p`), { recursive: true, force: true });
      return stored;
    },
  };
}
