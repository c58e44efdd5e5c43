// What a made-up archive has recorded so far, in a few bytes for each thing: a history of any length fits in memory.
// A thing is known by the position of its first event.
import type { Evidence } from '../../../events/shared-pieces.ts';
import type { DataOf, NewEvent } from '../../../events/vocabulary.ts';
import type { Seeded } from '../seeded.ts';
import { recent } from './chance.ts';
import { idOf, type Kind } from './ids.ts';

export type RecordKind = Exclude<Kind, 'article'>;

/** Positions of the first events of all things of one kind, in order. */
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
  /** The position of the event that is being made. */
  position: number;
  readonly firsts: Readonly<Record<Kind, Firsts>>;
  /** 1 where the thing that was first recorded at this position is retracted, or the article withdrawn. */
  readonly gone: Uint8Array;
  /** Actors in the order of their introduction. */
  readonly actors: { readonly id: string; readonly first: number }[];
  /** The position of the first merge. */
  firstMerge?: number;
  /** Who is merged into whom, both by the order of their introduction. */
  readonly merged: Map<number, number>;
  /** The latest meetings that were announced and neither held nor called off since. */
  readonly announced: { readonly first: number; readonly meeting: DataOf<'MeetingAnnounced'> }[];
  /** The latest passages that were added to something, and can be withdrawn. */
  readonly added: { readonly thing: Thing; readonly piece: Evidence }[];
  /** The latest things that were retracted. */
  readonly retracted: Thing[];
}

const MAX_KEPT = 500;

export function emptyPast(seed: number, random: Seeded, length: number): Past {
  const none = (): Firsts => ({ count: 0, at: new Uint32Array(length) });
  return {
    seed,
    random,
    position: 0,
    firsts: { article: none(), meeting: none(), statement: none(), opinion: none() },
    gone: new Uint8Array(length),
    actors: [],
    merged: new Map(),
    announced: [],
    added: [],
    retracted: [],
  };
}

/** The event that is being made is the first of a thing: gives the thing's id. */
export function begin({ seed, firsts, position }: Past, kind: Kind): string {
  const known = firsts[kind];
  known.at[known.count++] = position;
  return idOf(seed, kind, position);
}

/** The position of the first event of a thing of this kind that is not gone, rather a recent one; undefined where none is found. */
export function pickFirst({ random, firsts, gone }: Past, kind: Kind): number | undefined {
  const { count, at } = firsts[kind];
  if (count === 0) return undefined;
  for (let tries = 0; tries < 10; tries++) {
    const first = at[recent(random, count)] ?? 0;
    if (gone[first] === 0) return first;
  }
  return undefined;
}

/** Keeps the latest few hundred. */
export function keep<T>(pool: T[], one: T): void {
  pool.push(one);
  if (pool.length > MAX_KEPT) pool.shift();
}

/** Takes one of a pool; undefined where it is empty. */
export function take<T>(random: Seeded, pool: T[]): T | undefined {
  return pool.length === 0 ? undefined : pool.splice(random.below(pool.length), 1)[0];
}
