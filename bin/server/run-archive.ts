// Runs a whole archive in one process on any stores: the API, and a relay that sequences and projects.
import { setTimeout } from 'node:timers/promises';
import { ids, sha256 } from '../../adapters/node/ids.ts';
import { readConsistentHead } from '../../domain/log/checkpoint-publisher.ts';
import { publishKeys, type LogIdentity } from '../../domain/log/log-identity.ts';
import { retireUnsound } from '../../domain/projections/retire.ts';
import { openReadings } from '../../domain/queries/open-readings.ts';
import { historyOf } from '../../domain/recording/handle-command.ts';
import { articleTextReader } from '../../domain/recording/resolve-references.ts';
import type { Witness } from '../../domain/log/witnesses.ts';
import type { ApiContext } from '../../functions/api/api-context.ts';
import { createApi } from '../../functions/api/create-api.ts';
import { rememberedHistory, shortMemory } from '../../functions/api/support/short-cache.ts';
import type { App } from '../../functions/api/support/define-route.ts';
import type { Stores } from '../../functions/runtime/open-stores.ts';
import type { RebuildThread } from './rebuild-thread.ts';
import type { RebuildSettings } from './rebuild-worker.ts';
import { startRelay, type Relay } from './relay.ts';

export interface RunningArchive {
  readonly api: App;
  readonly stores: OpenedStores;
  readonly archive: ApiContext;
  readonly relay: Relay;
  readonly close: () => Promise<void>;
}

export interface ArchiveOptions {
  /** The `recordedby` of all events that this process records. */
  readonly subject: string;
  readonly alarm: (what: string, error?: unknown) => void;
  /** Milliseconds for which reads of articles, actors and near-duplicates are cached. Default: 0, no cache. */
  readonly memoryMs?: number;
  /** Witnesses that cosign each signed checkpoint of the log. */
  readonly witnesses?: readonly Witness[];
  /** Retention period of the previous generation after a promotion, in milliseconds. Default: a day. */
  readonly rollbackRetentionMs?: number;
  /** Milliseconds after which a write of another process can no longer arrive. Default: a minute. */
  readonly removalDelayMs?: number;
  /** Milliseconds between the starts of two scheduled rebuilds. Without it no rebuild is scheduled. */
  readonly schedule?: number;
  /** True if a scheduled rebuild writes a new generation even without drift. */
  readonly alwaysWrites?: boolean;
}

/** Thrown if an import into this archive is unfinished: new events would take the positions of imported ones. */
export class ImportUnfinished extends Error {
  override readonly name = 'ImportUnfinished';
}

const GRACE_MS = 86_400_000;
/** An upper bound on the duration of a request and of a round of the relay. */
const LATE_MS = 60_000;

export interface OpenedStores extends Stores {
  readonly identity: LogIdentity;
  /** Starts the thread that advances rebuilds. Without a thread, the relay advances them. */
  readonly rebuildThread?: (settings: RebuildSettings, alarm: ArchiveOptions['alarm']) => RebuildThread;
}

/**
 * Starts the archive. `closeStores` is called by `close`, after all work has ended.
 * @throws LogConflict if the head contradicts the published checkpoint
 * @throws ImportUnfinished if an import is unfinished
 */
export async function runArchive(
  stores: OpenedStores,
  options: ArchiveOptions,
  closeStores: () => void = () => {},
): Promise<RunningArchive> {
  const { subject, alarm, memoryMs = 0, witnesses = [] } = options;
  const {
    rollbackRetentionMs = GRACE_MS,
    removalDelayMs = LATE_MS,
    schedule,
    alwaysWrites = false,
  } = options;
  const { head } = await readConsistentHead(stores);
  if (head.importing)
    throw new ImportUnfinished(
      `the import is unfinished: ${head.published} events of the other archive are here; run chancery import again`,
    );
  await publishKeys(stores.log, stores.identity);
  // This must precede sequencing, because a restored log could otherwise reach these positions with other events.
  await retireUnsound({ ...stores, clock: Date.now, alarm });
  const settings = {
    rollbackRetentionMs,
    removalDelayMs,
    alwaysWrites,
    ...(schedule === undefined ? {} : { schedule }),
  };
  const thread = stores.rebuildThread?.(settings, alarm);
  const relay = startRelay({
    ...stores,
    ...settings,
    witnesses,
    alarm,
    clock: Date.now,
    ...(thread ? { thread } : {}),
  });
  const memory = shortMemory(Date.now, memoryMs);
  const archive: ApiContext = {
    ...stores,
    open: openReadings(stores),
    history: rememberedHistory(historyOf(stores.store), memory),
    remember: memory.remember,
    ids,
    sha256,
    source: articleTextReader({ articles: stores.articles, sha256 }),
    clock: Date.now,
    sleep: async (ms) => setTimeout(ms),
    folded: relay.folded,
    hint: (stream) => {
      memory.forget(stream);
      relay.hint(stream);
    },
    wake: relay.wake,
    unsequenced: relay.unsequenced,
    rollbackRetentionMs,
    identify: () => subject,
    streams: true,
    report: alarm,
  };
  const close = async () => {
    await relay.stop();
    closeStores();
  };
  return { api: createApi(archive), stores, archive, relay, close };
}
