// What the archive's thread and those that rebuild say to each other.
import type { Commit, StoredItem } from '../../domain/ports.ts';

/** What a thread is started with. */
export interface Start {
  readonly home: string;
  readonly runner: string;
  readonly graceMs: number;
}

export type ToWorker =
  /** `alone`: nothing was written beyond how far it is. */
  | { readonly tell: 'build'; readonly view: string; readonly id: number; readonly alone: boolean }
  /** Give this view back, for another to go on with. */
  | { readonly tell: 'leave'; readonly view: string }
  /** End after the step that is being taken. */
  | { readonly tell: 'stop' }
  | { readonly tell: 'answer'; readonly number: number; readonly value: unknown }
  | { readonly tell: 'failure'; readonly number: number; readonly error: Told };

/** `over`: nothing is left to fold, compare or switch; `waits`: for an event, or for what failed. */
export type Ended = 'over' | 'waits' | 'left';

export type FromWorker =
  | { readonly tell: 'ended'; readonly view: string; readonly how: Ended; readonly alone: boolean }
  | { readonly tell: 'alarm'; readonly what: string; readonly error?: Told }
  | { readonly tell: 'question'; readonly number: number; readonly question: Question };

/** What lies in files that the archive's thread holds alone. */
export type Question =
  | { readonly of: 'item'; readonly partition: string; readonly sort: string }
  | { readonly of: 'commit'; readonly stream: string; readonly revision: number };

export type Answer<Q extends Question> = Q extends { readonly of: 'item' }
  ? StoredItem | undefined
  : Commit | undefined;

/** An error as it comes through: its class stays behind. */
export interface Told {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
}

export function told(error: unknown): Told {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const { name, message, stack } = error;
  return { name, message, ...(stack === undefined ? {} : { stack }) };
}

export const retold = ({ message, ...others }: Told): Error => Object.assign(new Error(message), others);
