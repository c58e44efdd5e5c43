// A dry run: commands are decided as they would be, on top of each other, and nothing is written.
import type { Commit, EventStore, Table } from '../ports.ts';
import { historyOf, type CommandContext } from './handle-command.ts';

/** The same world, whose writes stay in memory and are seen by its own reads. */
export function dryRunContext<W extends CommandContext>(world: W): W {
  const store = overlay(world.store);
  return { ...world, store, history: historyOf(store), state: readOnly(world.state), hint: () => {} };
}

function overlay(store: EventStore): EventStore {
  const rehearsed = new Map<string, Commit[]>();
  return {
    get: async (stream, revision) =>
      (await store.get(stream, revision)) ??
      rehearsed.get(stream)?.find((commit) => commit.revision === revision),
    async *read(stream, after = 0) {
      yield* store.read(stream, after);
      yield* (rehearsed.get(stream) ?? []).filter(({ revision }) => revision > after);
    },
    async append(commit) {
      const commits = rehearsed.get(commit.stream) ?? [];
      rehearsed.set(commit.stream, [...commits, commit]);
      return undefined;
    },
  };
}

const readOnly = (table: Table): Table => ({
  get: (partition, sort) => table.get(partition, sort),
  range: (partition, range) => table.range(partition, range),
  compareAndPut: async () => true,
  batchPut: async () => {},
  batchDelete: async () => {},
});
