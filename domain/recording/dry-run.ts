// A dry run decides commands one after another without writing to any store.
import type { Commit, EventStore, Table } from '../ports.ts';
import { historyOf, type CommandContext } from './handle-command.ts';

/** Returns a copy of a context that keeps appended commits in memory. Reads through the copy include them. */
export function dryRunContext<C extends CommandContext>(context: C): C {
  const store = overlay(context.store);
  return { ...context, store, history: historyOf(store), state: readOnly(context.state), hint: () => {} };
}

function overlay(store: EventStore): EventStore {
  const appended = new Map<string, Commit[]>();
  return {
    get: async (stream, revision) =>
      (await store.get(stream, revision)) ??
      appended.get(stream)?.find((commit) => commit.revision === revision),
    async *read(stream, after = 0) {
      yield* store.read(stream, after);
      yield* (appended.get(stream) ?? []).filter(({ revision }) => revision > after);
    },
    async append(commit) {
      const commits = appended.get(commit.stream) ?? [];
      appended.set(commit.stream, [...commits, commit]);
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
