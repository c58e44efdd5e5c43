// A log of any length whose bundles are made when they are read. It counts reads. Its API has a simulated clock, so
// that tests of waiting take no time.
import { setImmediate } from 'node:timers/promises';
import { packEntries } from '../../../events/log/entries.ts';
import { bundlesOf, entriesPath, TILE_WIDTH } from '../../../events/log/paths.ts';
import type { ApiContext } from '../../../functions/api/api-context.ts';
import { createApi } from '../../../functions/api/create-api.ts';
import type { App } from '../../../functions/api/support/define-route.ts';

export interface LongLog {
  readonly api: App;
  /** Keys of the objects read so far. */
  readonly reads: string[];
  /** Events published. */
  size: number;
  /** Is called after each wait of the API with the total waited milliseconds of the simulated clock. */
  onWait: (waited: number) => void;
  /** Errors that the API reported. */
  readonly reported: unknown[];
  readonly now: () => number;
  readonly bytesOf: (position: number) => Uint8Array;
  /** Files that replace those of the log, by key; undefined for a missing file. */
  readonly planted: Map<string, Uint8Array | undefined>;
}

/** Returns a log in which each third event is ActorIntroduced and others are MeetingHeld, of meeting-0 to meeting-9. */
export function longLog(size: number, { bytes = 1_000, streams = true } = {}): LongLog {
  const [reads, reported, planted] = [[] as string[], [] as unknown[], new Map<string, Uint8Array>()];
  let [now, waited] = [0, 0];
  const bytesOf = (position: number): Uint8Array =>
    Buffer.from(
      JSON.stringify({
        type: position % 3 === 0 ? 'ActorIntroduced' : 'MeetingHeld',
        subject: `meeting-${position % 10}`,
        time: '2023-03-03T12:00:00.000Z',
        revision: 1,
        n: 1,
        of: 1,
        position,
        padding: '',
      }).replace('""', (empty) => `"${'x'.repeat(Math.max(0, bytes - 100))}${empty.slice(1)}`),
    );
  const widthOf = (bundle: number): number => Math.min(TILE_WIDTH, log.size - bundle * TILE_WIDTH);
  const bundleAt = (key: string): Uint8Array | undefined => {
    const number = Number(/entries\/([x\d/]+)/.exec(key)?.[1]?.replaceAll(/[x/]/g, ''));
    const [, partial] = /\.p\/(\d+)$/.exec(key) ?? [];
    const width = Number(partial ?? TILE_WIDTH);
    // The only partial bundle is the last one.
    if (widthOf(number) !== width || entriesPath(number, width) !== key) return undefined;
    return packEntries(Array.from({ length: width }, (_, n) => bytesOf(number * TILE_WIDTH + n)));
  };
  const archive = {
    streams,
    state: {
      get: async () => ({
        partition: 'log',
        sort: 'head',
        body: { size: log.size, published: log.size },
        version: 1,
      }),
    },
    log: {
      get: async (key: string) => {
        reads.push(key);
        await setImmediate();
        const found = planted.has(key) ? planted.get(key) : bundleAt(key);
        return found && { bytes: found, etag: '"1"' };
      },
    },
    clock: () => now,
    sleep: async (ms: number) => {
      now += ms;
      waited += ms;
      await setImmediate();
      log.onWait(waited);
    },
    identify: () => 'tester',
    report: (_: string, error: unknown) => reported.push(error),
  };
  const log: LongLog = {
    api: createApi(archive as unknown as ApiContext),
    reads,
    reported,
    planted,
    size,
    onWait: () => {},
    now: () => now,
    bytesOf,
  };
  return log;
}

/** Returns the number of objects with the events from `from` up to, but without, `to`. */
export const objectsOf = (from: number, to: number): number =>
  [...bundlesOf(to, Math.floor(from / TILE_WIDTH))].length;
