// One process that is a whole archive on any stores: the API, and a relay that sequences and projects.
import { setTimeout } from 'node:timers/promises';
import { ids, sha256 } from '../../adapters/node/ids.ts';
import { readSoundHead } from '../../domain/log/checkpoint-publisher.ts';
import { publishKeys, type LogIdentity } from '../../domain/log/log-identity.ts';
import { retireUnsound } from '../../domain/projections/retire.ts';
import { openReadings } from '../../domain/queries/open-readings.ts';
import { historyOf } from '../../domain/recording/handle-command.ts';
import { sourceReader } from '../../domain/recording/resolve-references.ts';
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
  readonly places: OpenedStores;
  readonly archive: ApiContext;
  readonly relay: Relay;
  readonly close: () => Promise<void>;
}

export interface ArchiveOptions {
  /** Kept as `recordedby` of what is recorded through this process. */
  readonly subject: string;
  readonly alarm: (what: string, error?: unknown) => void;
  /** Reads of articles, actors and near-duplicates are remembered for so long; 0, and they never are, without it. */
  readonly memoryMs?: number;
  /** Asked to cosign each checkpoint of the log. */
  readonly witnesses?: readonly Witness[];
  /** How long readers may go back after a rebuild has switched: a day without it. */
  readonly graceMs?: number;
  /** Longer than anybody else's run on these stores takes: a minute without it. */
  readonly lateMs?: number;
  /** Milliseconds from the start of one scheduled rebuild to that of the next; none without it. */
  readonly schedule?: number;
  /** Scheduled rebuilds always write a new generation. */
  readonly alwaysWrites?: boolean;
}

/** An import into the archive was begun: until it is done, the archive would put events where others belong. */
export class ImportUnfinished extends Error {
  override readonly name = 'ImportUnfinished';
}

const GRACE_MS = 86_400_000;
/** No request and no round of the relay takes so long. */
const LATE_MS = 60_000;

export interface OpenedStores extends Stores {
  readonly identity: LogIdentity;
  /** Starts the thread that takes the steps of rebuilds; without it the process takes them between its other work. */
  readonly rebuildThread?: (settings: RebuildSettings, alarm: ArchiveOptions['alarm']) => RebuildThread;
}

/**
 * `closeStores` gives the stores back, once nothing runs on them any more. Throws, and runs nothing: LogConflict where
 * the log's head and what was published of it contradict, ImportUnfinished where a log is being imported.
 */
export async function runArchive(
  stores: OpenedStores,
  options: ArchiveOptions,
  closeStores: () => void = () => {},
): Promise<RunningArchive> {
  const { subject, alarm, memoryMs = 0, witnesses = [] } = options;
  const { graceMs = GRACE_MS, lateMs = LATE_MS, schedule, alwaysWrites = false } = options;
  const { head } = await readSoundHead(stores);
  if (head.importing)
    throw new ImportUnfinished(
      `${head.published} events of another archive have been imported, and not all: run chancery import again`,
    );
  await publishKeys(stores.log, stores.identity);
  // Before anything is sequenced: then the log may be as long as these generations, with other events.
  await retireUnsound({ ...stores, clock: Date.now, alarm });
  const settings = { graceMs, lateMs, alwaysWrites, ...(schedule === undefined ? {} : { schedule }) };
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
    source: sourceReader({ articles: stores.articles, sha256 }),
    clock: Date.now,
    sleep: async (ms) => setTimeout(ms),
    folded: relay.folded,
    hint: (stream) => {
      memory.forget(stream);
      relay.hint(stream);
    },
    wake: relay.wake,
    unsequenced: relay.unsequenced,
    graceMs,
    identify: () => subject,
    streams: true,
    report: alarm,
  };
  const close = async () => {
    await relay.stop();
    closeStores();
  };
  return { api: createApi(archive), places: stores, archive, relay, close };
}
