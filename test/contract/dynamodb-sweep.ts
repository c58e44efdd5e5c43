// The contract of the sweep on DynamoDB: it names every stream that is behind, in calls of a bounded cost.
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { dynamodbEventStore } from '../../adapters/dynamodb/event-store.ts';
import { dynamodbSweep } from '../../adapters/dynamodb/sweep.ts';
import { dynamodbTable } from '../../adapters/dynamodb/table.ts';
import { createTables, tableNames } from '../../adapters/dynamodb/tables.ts';
import type { EventStore, Sweep, Table } from '../../domain/ports.ts';
import { revisionKey } from '../../domain/log/positions.ts';
import type { Emulator } from '../support/servers/dynalite.ts';
import { segmentsCommit } from '../support/segments.ts';

export function dynamodbSweepContract(name: string, emulator: () => Emulator): void {
  describe(`the sweep on ${name}`, () => {
    const tables = tableNames(`sweep-${randomUUID()}-`);
    const streams = Array.from({ length: 30 }, (_, n) => `meeting-${n}`);
    let store: EventStore;
    let state: Table;
    beforeAll(async () => {
      const { client } = emulator();
      await createTables(client, tables);
      store = dynamodbEventStore(client, tables.events);
      state = dynamodbTable(client, tables.state);
    });

    const append = (stream: string, revision: number) =>
      store.append({ ...segmentsCommit(1, 1, 'about 1 KB'), stream, revision });
    const sequence = (stream: string, revision: number) =>
      state.batchPut([{ partition: `positions/${stream}`, sort: revisionKey(revision), body: {} }]);
    const sweepOf = (units: number): { sweep: Sweep; consumed: number[] } => {
      const consumed: number[] = [];
      const sweep = dynamodbSweep(emulator().client, tables, { units, consumed: (n) => consumed.push(n) });
      return { sweep, consumed };
    };

    test('a sweep of empty tables names no stream', async () => {
      expect(await sweepOf(200).sweep()).toEqual({ streams: [] });
    });

    test('a sweep rejects a limit of units that is too low for one item', () => {
      expect(() => sweepOf(1)).toThrow(RangeError);
    });

    test.each([1.5, 3, 20, 200])(
      'a sweep names exactly the streams that are behind, with at most %d read units per call',
      async (units) => {
        for (const stream of streams) for (const revision of [1, 2]) await append(stream, revision);
        for (const stream of streams.slice(5)) await sequence(stream, 2);
        await sequence('meeting-0', 1);
        const { sweep, consumed } = sweepOf(units);
        expect(await namedBy(sweep)).toEqual(streams.slice(0, 5).sort());
        expect(Math.max(...consumed)).toBeLessThanOrEqual(units);
        expect(consumed.length > 1).toBe(units < 60);
      },
    );

    test('another process resumes a sweep from its cursor, and names streams that moved meanwhile', async () => {
      const [first, second] = [sweepOf(6).sweep, sweepOf(200).sweep];
      const { streams: named, next } = await first();
      const { streams: others } = await second(next);
      expect([...new Set([...named, ...others])].sort()).toEqual(streams.slice(0, 5).sort());
      await append('meeting-7', 3);
      expect(await namedBy(second)).toEqual([...streams.slice(0, 5), 'meeting-7'].sort());
      await sequence('meeting-7', 3);
    });
  });
}

const namedBy = async (sweep: Sweep): Promise<string[]> => {
  const named = new Set<string>();
  for (let from: string | undefined; ;) {
    const { streams, next } = await sweep(from);
    for (const stream of streams) named.add(stream);
    if (next === undefined) return [...named].sort();
    from = next;
  }
};
