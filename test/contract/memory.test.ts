// The in-memory stores that other tests use fulfil the same contracts as the real ones.
import { memoryBlobs } from '../support/stores/memory-blobs.ts';
import { memoryRowStore, memoryRowStores } from '../support/stores/memory-row-store.ts';
import { memoryStore } from '../support/stores/memory-store.ts';
import { memoryTable } from '../support/stores/memory-table.ts';
import { blobStoreContract } from './blob-store.ts';
import { eventStoreContract } from './event-store.ts';
import { rowStoreContract } from './row-store.ts';
import { rowStoresContract } from './row-stores.ts';
import { tableContract } from './table.ts';

const close = async (): Promise<void> => {};

tableContract('the table in memory', async () => ({ table: memoryTable(), close }));
blobStoreContract('the blob store in memory', async () => ({ blobs: memoryBlobs(), close }));
eventStoreContract('the event store in memory', async () => ({ store: memoryStore(), close }));
rowStoreContract('the row store in memory', async () => ({ rows: memoryRowStore(), close }));
rowStoresContract('the row stores in memory', async () => {
  const stores = memoryRowStores();
  return { stores, reopen: async () => stores, close };
});
