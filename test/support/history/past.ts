// The state of an invented history, in a few bytes per record, so that a long history fits in memory. A record is
// identified by the position of its first event.
import type { Evidence } from '../../../events/shared-pieces.ts';
import type { DataOf, NewEvent } from '../../../events/vocabulary.ts';
import type { Seeded } from '../seeded.ts';
import { recent } from './chance.ts';
import { idOf, type Kind } from './ids.ts';

export type RecordKind = Exclude<Kind, 'article'>;

/** Positions of the first events of all resources of one kind, in order. */
export interface Firsts {
  count: number;
  readonly at: Uint32Array;
}

/** A meeting, a statement or an opinion. */
export interface Thing {
  readonly kind: RecordKind;
  readonly first: number;
}

/** An event of a stream that begins with the event at position `first`. */
export interface Happening {
  readonly stream: string;
  readonly first: number;
  readonly event: NewEvent;
}

export interface Past {
  readonly seed: number;
  readonly random: Seeded;
  /** Position of the current event. */
  position: number;
  readonly firsts: Readonly<Record<Kind, Firsts>>;
  /** By position of the first event: 1 if the record is retracted, or the article withdrawn. */
  readonly gone: Uint8Array;
  /** Actors in the order of their introduction. */
  readonly actors: { readonly id: string; readonly first: number }[];
  /** The position of the first merge. */
  firstMerge?: number;
  /** Merged actors and their targets, by the order of introduction. */
  readonly merged: Map<number, number>;
  /** The latest announced meetings that are neither held nor cancelled. */
  readonly announced: { readonly first: number; readonly meeting: DataOf<'MeetingAnnounced'> }[];
  /** The latest passages that were added to a record, and can be withdrawn. */
  readonly added: { readonly thing: Thing; readonly piece: Evidence }[];
  /** The latest retracted records. */
  readonly retracted: Thing[];
}

const MAX_KEPT = 500;

export function emptyPast(seed: number, random: Seeded, length: number): Past {
  const noFirsts = (): Firsts => ({ count: 0, at: new Uint32Array(length) });
  return {
    seed,
    random,
    position: 0,
    firsts: { article: noFirsts(), meeting: noFirsts(), statement: noFirsts(), opinion: noFirsts() },
    gone: new Uint8Array(length),
    actors: [],
    merged: new Map(),
    announced: [],
    added: [],
    retracted: [],
  };
}

/** Registers the current event as the first of a resource. Returns the id of the resource. */
export function begin({ seed, firsts, position }: Past, kind: Kind): string {
  const known = firsts[kind];
  known.at[known.count++] = position;
  return idOf(seed, kind, position);
}

/** Picks a resource of this kind that is not gone, preferably a recent one. Returns its first position, if any. */
export function pickFirst({ random, firsts, gone }: Past, kind: Kind): number | undefined {
  const { count, at } = firsts[kind];
  if (count === 0) return undefined;
  for (let tries = 0; tries < 10; tries++) {
    const first = at[recent(random, count)] ?? 0;
    if (gone[first] === 0) return first;
  }
  return undefined;
}

/** Adds one to a pool, which keeps the latest `MAX_KEPT`. */
export function keep<T>(pool: T[], one: T): void {
  pool.push(one);
  if (pool.length > MAX_KEPT) pool.shift();
}

/** Removes one from a pool and returns it; undefined if the pool is empty. */
export function take<T>(random: Seeded, pool: T[]): T | undefined {
  return pool.length === 0 ? undefined : pool.splice(random.below(pool.length), 1)[0];
}
