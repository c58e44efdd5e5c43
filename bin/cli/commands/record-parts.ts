// Splits the records of a file into calls within the archive's limits. A dry run keeps nothing between calls, so each
// call also sends the earlier records on which its own depend.
import { mapReferences } from '../../../domain/recording/references.ts';
import type { Line } from '../../../functions/api/support/record-line.ts';

export interface Limits {
  readonly records: number;
  /** Bytes of the records as JSON. */
  readonly bytes: number;
}

export interface Part {
  /** Indexes of the records to send, ascending. */
  readonly sent: readonly number[];
  /** Indexes whose results count. The other records are sent because these depend on them. */
  readonly own: ReadonlySet<number>;
}

/** Thrown if a record, together with those on which it depends, exceeds the limits of a call. */
export class TooMuch extends Error {
  override readonly name = 'TooMuch';
  readonly index: number;
  constructor(index: number, message: string) {
    super(message);
    this.index = index;
  }
}

/** @throws TooMuch */
export function partsOf(records: readonly Line[], limits: Limits, isDryRun: boolean): Part[] {
  const direct = isDryRun ? dependencies(records) : [];
  const bytes = records.map((record) => Buffer.byteLength(JSON.stringify(record)) + 1);
  const parts: Part[] = [];
  let [sent, own, size] = [new Set<number>(), new Set<number>(), 0];
  const close = (): void => {
    if (own.size > 0) parts.push({ sent: [...sent].toSorted((a, b) => a - b), own });
    [sent, own, size] = [new Set(), new Set(), 0];
  };
  for (const index of records.keys()) {
    const needed = [index, ...transitive(direct, index)];
    const sizeOf = (indexes: readonly number[]) => indexes.reduce((sum, each) => sum + (bytes[each] ?? 0), 0);
    let added = needed.filter((each) => !sent.has(each));
    if (sent.size + added.length > limits.records || size + sizeOf(added) > limits.bytes) {
      close();
      added = needed;
    }
    if (added.length > limits.records || sizeOf(added) > limits.bytes)
      throw tooMuch(index, needed.length - 1, sizeOf(added), limits);
    for (const each of added) sent.add(each);
    own.add(index);
    size += sizeOf(added);
  }
  close();
  return parts;
}

function tooMuch(index: number, others: number, bytes: number, limits: Limits): TooMuch {
  return new TooMuch(
    index,
    others === 0
      ? `has ${bytes} bytes, and a record has at most ${limits.bytes}: shorten it`
      : `depends on ${others} earlier lines (${bytes} bytes), and a dry run takes ${limits.records} lines of ${limits.bytes} bytes together: record the lines before it, then try the rest`,
  );
}

/** Returns every "@key" and id that a record names. */
export function namesIn({ of, body }: Line): Set<string> {
  const names = new Set(of === undefined ? [] : [of]);
  mapReferences(body, (name) => {
    names.add(name);
    return name;
  });
  return names;
}

/** Merges of all actors share one stream. */
const MERGES = new Set(['merge', 'unmerge']);

/** Returns, for each record, the earlier records that create or change what it names. */
function dependencies(records: readonly Line[]): number[][] {
  const changes = new Map<string, number[]>();
  const aliases = new Map<string, string>();
  return records.map((record, index) => {
    const { kind, key, of, body } = record;
    const resourceOf = (name: string): string => aliases.get(name) ?? name;
    const resources = new Set([...namesIn(record)].map(resourceOf));
    if (MERGES.has(kind)) resources.add('merges');
    const found = new Set([...resources].flatMap((resource) => changes.get(resource) ?? []));
    const changed = [of === undefined ? `@${key}` : resourceOf(of), ...(MERGES.has(kind) ? ['merges'] : [])];
    if (of === undefined && typeof body['id'] === 'string') aliases.set(body['id'], `@${key}`);
    for (const resource of changed) changes.set(resource, [...(changes.get(resource) ?? []), index]);
    return [...found];
  });
}

function transitive(direct: readonly (readonly number[])[], index: number): number[] {
  const found = new Set<number>();
  const waiting = [...(direct[index] ?? [])];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    waiting.push(...(direct[next] ?? []));
  }
  return [...found];
}
