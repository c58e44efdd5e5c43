// The AWS stores on emulators behind proxies whose requests fail by a plan, and the same stores as they are.
import { dynamodbClient } from '../../../adapters/dynamodb/dynamodb-client.ts';
import { dynamodbEventStore } from '../../../adapters/dynamodb/event-store.ts';
import { dynamodbTable } from '../../../adapters/dynamodb/table.ts';
import { s3BlobStore } from '../../../adapters/s3/blob-store.ts';
import { s3Client } from '../../../adapters/s3/s3-client.ts';
import type { BlobStore, EventStore, Table } from '../../../domain/ports.ts';
import { emulated, type Emulator } from '../servers/dynalite.ts';
import { startFaultProxy, type Fault, type ProxyCall } from '../servers/fault-proxy.ts';
import { startS3Server } from '../servers/s3-server.ts';

type Plan = (call: ProxyCall) => Fault | undefined;

export interface Stores {
  readonly store: EventStore;
  readonly table: Table;
  readonly blobs: BlobStore;
}

export interface FaultyStores {
  /** Sets the fate of each later request. */
  readonly plan: (plan: Plan) => void;
  /** Connects through the proxies with new clients, because a client that retried too often no longer retries. */
  readonly connect: () => Stores;
  readonly direct: Stores;
  /** All requests that clients gave up on have had their effect. */
  readonly settled: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Starts the emulators and their proxies. Clients wait `requestMs` milliseconds for an answer. */
export async function startFaultyStores(
  requestMs: number,
  startEmulator: () => Promise<Emulator>,
): Promise<FaultyStores> {
  let plan: Plan | undefined;
  const [dynamodb, s3] = await Promise.all([startEmulator(), startS3Server()]);
  const faulty = await startFaultProxy(dynamodb.endpoint, (call) => plan?.(call));
  const faultyS3 = await startFaultProxy(s3.endpoint, (call) => plan?.(call));
  const clients: { destroy(): void }[] = [];

  function storesAt(tables: string, objects: string, silentMs: number): Stores {
    const tableClient = dynamodbClient({ endpoint: tables, ...emulated }, silentMs);
    const objectClient = s3Client({ endpoint: objects, ...emulated }, silentMs);
    clients.push(tableClient, objectClient);
    return {
      store: dynamodbEventStore(tableClient, dynamodb.tables.events),
      table: dynamodbTable(tableClient, dynamodb.tables.state),
      blobs: s3BlobStore(objectClient, { bucket: 'archive' }),
    };
  }

  return {
    plan: (next) => {
      plan = next;
    },
    connect: () => storesAt(faulty.endpoint, faultyS3.endpoint, requestMs),
    // However slow the machine is, what is merely slow is waited for.
    direct: storesAt(dynamodb.endpoint, s3.endpoint, 60_000),
    settled: async () => {
      await Promise.all([faulty.settled(), faultyS3.settled()]);
    },
    close: async () => {
      for (const client of clients) client.destroy();
      for (const each of [faulty, faultyS3, dynamodb, s3]) await each.close();
    },
  };
}
