// What every aggregate is: a state folded from its stream's events, and a decision on the next ones.
import type { RecordedEvent } from '../../events/envelope.ts';
import type { EventType, NewEvent } from '../../events/vocabulary.ts';

export interface Aggregate<State, Command, T extends EventType> {
  readonly initial: State;
  readonly types: readonly T[];
  /** Total: history is never refused. */
  evolve(state: State, event: RecordedEvent<T>): State;
  /** Events that follow from the command, none where it is done already. Throws Refusal. */
  decide(state: State, command: Command): NewEvent<T>[];
}

/** Folds events of a stream onto a state. Throws if an event of another aggregate is among them. */
export const foldEvents = <S, C, T extends EventType>(
  aggregate: Aggregate<S, C, T>,
  events: readonly RecordedEvent[],
  before: S = aggregate.initial,
): S => events.reduce((state, event) => stateAfter(aggregate, state, event), before);

/** Returns the state after one event of a stream. Throws if it is an event of another aggregate. */
export function stateAfter<S, C, T extends EventType>(
  aggregate: Aggregate<S, C, T>,
  before: S,
  event: RecordedEvent,
): S {
  const types: readonly EventType[] = aggregate.types;
  if (!types.includes(event.type))
    throw new Error(`${event.id}: ${event.type} has no place in ${event.subject}`);
  return aggregate.evolve(before, event as RecordedEvent<T>);
}

/** Are two JSON values the same, whatever the order of their members? */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => Object.hasOwn(right, name) && same(left[name], right[name]))
  );
}

/** The fields after a change: null takes a field away (RFC 7396, one level). */
export function changed<F extends object>(fields: F, changes: object): F {
  const next = { ...fields } as Record<string, unknown>;
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) delete next[name];
    else next[name] = value;
  }
  return next as F;
}
