// The bundled projector and rebuild function under faults: throttled writes of rows, or a process that is frozen during
// its requests. The rows always equal those of an undisturbed fold in memory.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WINDOW_POSITIONS, windowEnd } from '../../domain/projections/rows/sums.ts';
import type { Output } from '../../functions/rebuild.ts';
import { deploy, ROWS_PREFIX, type Deployed } from '../support/archives/deployed.ts';
import { deployedHistory, type DeployedHistory } from '../support/archives/deployed-history.ts';
import type { Invoked } from '../support/bundles.ts';
import { whyNoDynamodbLocal } from '../support/servers/dynamodb-local.ts';
import type { ProxyCall } from '../support/servers/fault-proxy.ts';
import { freezable, type Freezable } from '../support/stores/freezing.ts';
import { seeded } from '../support/seeded.ts';

/** `CHANCERY_TEST_ROUNDS=50` freezes fifty projectors: ten in each of five archives. */
const ROUNDS = Number(process.env['CHANCERY_TEST_ROUNDS'] ?? 2);
const ROUNDS_OF_AN_ARCHIVE = 10;
/** Events of a round before a process fails or is frozen, and during that time. */
const BEFORE = 60;
const MEANWHILE = 20;
/** The first round of each group of this size is at the end of a window. */
const ROUNDS_OF_A_WINDOW = 5;

const isRowsWrite = ({ operation, body }: ProxyCall): boolean =>
  operation === 'BatchWriteItem' && body.includes(ROWS_PREFIX);
/** No other partition name begins with the name of the group of these snapshots. */
const isSnapshotWrite = (call: ProxyCall): boolean =>
  isRowsWrite(call) && call.body.includes('{"S":"actor-counts"}');
const isCatalogWrite = ({ operation, body }: ProxyCall): boolean =>
  operation === 'PutItem' && body.includes('read-models');

/** The requests of a frozen process take effect when it is thawed, or after the other process ended. */
const ORDERS = ['first', 'last'] as const;

/** Returns a predicate that is true for the n-th request of a kind. */
const nth = (n: number, isOfKind: (call: ProxyCall) => boolean) => {
  let seen = 0;
  return (call: ProxyCall): boolean => isOfKind(call) && ++seen === n;
};

const why = whyNoDynamodbLocal();
if (why !== undefined) console.warn(`The deployed functions are not tested under faults: ${why}`);

/** Number, first round and last round of each archive. */
const archives = Array.from({ length: Math.ceil(ROUNDS / ROUNDS_OF_AN_ARCHIVE) }, (_, index) => {
  const before = index * ROUNDS_OF_AN_ARCHIVE;
  return [index + 1, before + 1, Math.min(ROUNDS, before + ROUNDS_OF_AN_ARCHIVE)] as const;
});

describe.skipIf(why !== undefined).each(archives)(
  'in archive %i, rounds %i to %i',
  (archive, first, last) => {
    const rounds = last - first + 1;
    // One more round with throttled writes, and one for the rebuild.
    const events =
      (rounds + 2) * (BEFORE + MEANWHILE) + Math.ceil(rounds / ROUNDS_OF_A_WINDOW) * WINDOW_POSITIONS;
    const random = seeded(archive);
    let deployed: Deployed;
    let history: DeployedHistory;
    const started: Freezable[] = [];
    const start = async (...process: Parameters<typeof freezable>): Promise<Freezable> => {
      const freezing = await freezable(...process);
      started.push(freezing);
      return freezing;
    };
    let [projector, other]: Freezable[] = [];
    beforeAll(async () => {
      deployed = await deploy();
      history = await deployedHistory(deployed, archive, events);
      projector = await start(deployed, 'projector');
      other = await start(deployed, 'projector');
    }, 600_000);
    afterAll(async () => {
      history?.close();
      await Promise.all(started.map((each) => each.stop()));
      await deployed?.close();
    });

    const fold = (invoked: Invoked) => invoked.invoke({ Records: [] });
    const catchUp = () => other && fold(other);

    async function expectNoDrift(round: string): Promise<void> {
      const { rows, extra, missing } = await history.drift();
      console.log(`${round}: ${rows} row versions, ${extra.length} extra, ${missing.length} missing`);
      expect(rows, round).toBeGreaterThan(history.size());
      expect({ extra: extra.slice(0, 3), missing: missing.slice(0, 3) }, round).toEqual({
        extra: [],
        missing: [],
      });
    }

    test('a projector whose writes of rows are throttled leaves the rows of an undisturbed fold when it is invoked again', async () => {
      await history.publish(BEFORE);
      const throttled = Promise.withResolvers<void>();
      const from = 1 + random.below(8);
      let writes = 0;
      deployed.faults.set('projector', (call) => {
        if (!isRowsWrite(call) || ++writes < from) return undefined;
        throttled.resolve();
        return 'throttle';
      });
      const failing = deployed.projector.invoke({ Records: [] });
      failing.catch(() => {});
      await throttled.promise;
      // The next invocation folds other batches than the failing one.
      await history.publish(MEANWHILE);
      await expect(failing).rejects.toThrow('ProvisionedThroughputExceededException');
      deployed.faults.delete('projector');
      await deployed.projector.invoke({ Records: [] });
      await expectNoDrift(`throttled from write ${from} of rows on`);
    }, 120_000);

    test(
      `a projector that is frozen while another one folds leaves the rows of an undisturbed fold after it is thawed, in rounds ${first} to ${last}`,
      async () => {
        for (let round = first; round <= last; round++) {
          const isWindow = (round - first) % ROUNDS_OF_A_WINDOW === 0;
          if (isWindow) {
            const { size } = history;
            // Half of the events are before the end of the window.
            await history.publish(windowEnd(size()) + 1 - BEFORE / 2 - size());
            await catchUp();
          }
          await history.publish(BEFORE);
          const [kind, moment] = momentOf(isWindow, random);
          const frozen = await projector?.frozen(fold, moment);
          await history.publish(MEANWHILE);
          await catchUp();
          const held = frozen?.held();
          const order = random.pick(ORDERS);
          await frozen?.thaw(order);
          await expectNoDrift(`round ${round}, frozen at ${kind}, ${held} requests held and sent ${order}`);
        }
      },
      rounds * 120_000,
    );

    test('a rebuild that is frozen while another process finishes it leaves the rows of an undisturbed fold after it is thawed', async () => {
      // Without a retention period, a replaced generation is not folded further.
      const hours = { CHANCERY_GRACE_HOURS: '0' };
      const [rebuild, second] = [
        await start(deployed, 'rebuild', hours),
        await start(deployed, 'rebuild', hours),
      ];
      await history.publish(BEFORE);
      await catchUp();
      const before = await history.live();
      const { statusCode } = await deployed.call('POST', '/projections/timeline/rebuilds');
      expect(statusCode).toBe(202);
      // A write has 25 row versions, and an event writes more than four.
      const [kind, isOfKind, most] = random.pick([
        ['rows', isRowsWrite, Math.floor(history.size() / 8)],
        ['snapshots', isSnapshotWrite, 1],
        ['record', isCatalogWrite, 5],
      ] as const);
      const n = 1 + random.below(most);
      const frozen = await rebuild.frozen(untilDone, nth(n, isOfKind));
      await untilDone(second);
      expect(await history.live()).toBe(before + 1);
      await history.publish(MEANWHILE);
      await catchUp();
      const held = frozen.held();
      const order = random.pick(ORDERS);
      await frozen.thaw(order);
      expect(await history.live()).toBe(before + 1);
      await expectNoDrift(`rebuild, frozen at ${kind} ${n}, ${held} requests held and sent ${order}`);
    }, 600_000);
  },
);

/** Returns a random request of a projector at which it is frozen. */
function momentOf(isWindow: boolean, random: ReturnType<typeof seeded>) {
  const kinds = [
    ['rows', isRowsWrite, 6],
    ['any request', () => true, 6],
    ['checkpoints', isCatalogWrite, 1],
    ['snapshots', isSnapshotWrite, 1],
  ] as const;
  const [name, isOfKind, most] = isWindow && random.chance(0.7) ? kinds[3] : random.pick(kinds.slice(0, 3));
  const n = 1 + random.below(most);
  return [`${name} ${n}`, nth(n, isOfKind)] as const;
}

/** Invokes the function as the state machine does. */
async function untilDone(rebuild: Invoked): Promise<void> {
  let output: Output | undefined;
  do output = await rebuild.invoke<Output>(output ?? {});
  while (output.more);
}
