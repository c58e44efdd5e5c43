// The aggregate of an actor (a person, state, organization or group), and the aggregate of all merges of actors.
import { z } from 'zod';
import { actorEvents, actorFields } from '../../events/actor-events.ts';
import type { RecordedEvent } from '../../events/envelope.ts';
import { MAX } from '../../events/shared-pieces.ts';
import type { DataOf, NewEvent } from '../../events/vocabulary.ts';
import { withChanges, isSameJson, type Aggregate } from './aggregate.ts';
import { Refusal } from '../errors.ts';

const fieldsSchema = z.strictObject(actorFields);
export type ActorFields = z.output<typeof fieldsSchema>;
type Alias = ActorFields['aliases'][number];
type MergeType = 'ActorsMerged' | 'ActorsUnmerged';
type Type = Exclude<keyof typeof actorEvents, MergeType>;

export type ActorState =
  | { readonly status: 'none' }
  | {
      readonly status: 'introduced';
      readonly fields: ActorFields;
      readonly corrections: number;
      /** The correction in the latest event. Absent if the latest event is of another type. */
      readonly latest?: DataOf<'ActorCorrected'>;
    };

export type ActorCommand =
  | { readonly type: 'introduce'; readonly actor: DataOf<'ActorIntroduced'> }
  | { readonly type: 'add-aliases'; readonly aliases: readonly Alias[] }
  | { readonly type: 'correct'; readonly correction: DataOf<'ActorCorrected'> };

function evolve(state: ActorState, event: RecordedEvent<Type>): ActorState {
  if (event.type === 'ActorIntroduced') {
    const { id: _, ...fields } = event.data;
    return { status: 'introduced', fields, corrections: 0 };
  }
  if (state.status === 'none') throw new Error(`${event.id}: ${event.type} precedes ActorIntroduced`);
  switch (event.type) {
    case 'ActorAliased':
      return {
        status: 'introduced',
        fields: { ...state.fields, aliases: [...state.fields.aliases, ...event.data.aliases] },
        corrections: state.corrections,
      };
    case 'ActorCorrected':
      return {
        status: 'introduced',
        fields: correctedActor(state.fields, event.data),
        corrections: state.corrections + 1,
        latest: event.data,
      };
    default:
      return event satisfies never;
  }
}

function decide(state: ActorState, command: ActorCommand): NewEvent<Type>[] {
  if (command.type === 'introduce') {
    const { id, ...fields } = command.actor;
    if (state.status === 'none') return [{ type: 'ActorIntroduced', data: command.actor }];
    if (isSameJson(state.fields, fields)) return [];
    throw new Refusal(
      'already-exists',
      `${id} already exists with other fields: correct it, add an alias, or choose another id`,
    );
  }
  if (state.status === 'none')
    throw new Refusal('not-found', 'no such actor: check the id, or introduce the actor first');
  switch (command.type) {
    case 'add-aliases': {
      const current = state.fields.aliases;
      const aliases = command.aliases.filter(
        (alias, index) =>
          ![...current, ...command.aliases.slice(0, index)].some((other) => isSameJson(other, alias)),
      );
      if (aliases.length === 0) return [];
      if (current.length + aliases.length > MAX.aliases) {
        throw new Refusal(
          'invalid',
          `an actor has at most ${MAX.aliases} aliases; this one has ${current.length}, and ${aliases.length} more were sent: send fewer, or replace aliases with a correction`,
        );
      }
      return [{ type: 'ActorAliased', data: { aliases } }];
    }
    case 'correct':
      // A retry without a key must not apply twice: the second time would drop the alias that the first time kept.
      return isSameJson(state.latest, command.correction) ? [] : correct(state.fields, command.correction);
    default:
      return command satisfies never;
  }
}

function correct(fields: ActorFields, correction: DataOf<'ActorCorrected'>): NewEvent<Type>[] {
  if (correction.nameWasWrong && correction.changes.name === undefined)
    throw new Refusal(
      'invalid',
      'nameWasWrong says that the old name was wrong: give the right name in changes.name',
    );
  const after = correctedActor(fields, correction);
  if (isSameJson(after, fields)) return [];
  if (after.aliases.length > MAX.aliases) {
    throw new Refusal(
      'invalid',
      `the old name becomes an alias, but an actor has at most ${MAX.aliases} aliases: send fewer in changes.aliases, or send "nameWasWrong": true if no source used the old name`,
    );
  }
  return [{ type: 'ActorCorrected', data: correction }];
}

/** Applies a correction. The old name becomes an alias, unless the correction says that the name was wrong. */
export function correctedActor<
  F extends { readonly name: string; readonly aliases: readonly Readonly<Alias>[] },
>(fields: F, { changes, nameWasWrong }: DataOf<'ActorCorrected'>): F {
  const after = withChanges(fields, changes);
  if (after.name === fields.name) return after;
  const keep = nameWasWrong ? [] : [{ name: fields.name }];
  // The new name is dropped from the aliases, unless that alias states a language.
  const others = after.aliases.filter(({ name, language }) => name !== after.name || language !== undefined);
  const isAlias = others.some(({ name }) => name === fields.name);
  return { ...after, aliases: isAlias ? others : [...others, ...keep] };
}

export const actor: Aggregate<ActorState, ActorCommand, Type> = {
  initial: { status: 'none' },
  types: ['ActorIntroduced', 'ActorAliased', 'ActorCorrected'],
  evolve,
  decide,
};

/** A linked list of all merges and unmerges, newest first, so that a stream of any length folds in linear time. */
export type MergesState =
  | { readonly last: RecordedEvent<MergeType>; readonly before: MergesState }
  | undefined;

export type MergesCommand =
  | { readonly type: 'merge'; readonly actor: string; readonly into: string; readonly reason: string }
  | { readonly type: 'unmerge'; readonly actor: string; readonly reason: string };

/** Returns the merge target of each merged actor, and the actors whose merge was undone. */
export function mergesOf(state: MergesState): {
  into: ReadonlyMap<string, string>;
  unmerged: ReadonlySet<string>;
} {
  const into = new Map<string, string>();
  const unmerged = new Set<string>();
  for (let rest = state; rest; rest = rest.before) {
    const { last } = rest;
    if (into.has(last.data.actor) || unmerged.has(last.data.actor)) continue;
    switch (last.type) {
      case 'ActorsMerged':
        into.set(last.data.actor, last.data.into);
        break;
      case 'ActorsUnmerged':
        unmerged.add(last.data.actor);
        break;
      default:
        last satisfies never;
    }
  }
  return { into, unmerged };
}

/** Returns the end of an actor's chain of merges: the actor that read models show in its place. */
export function mergeTargetOf(into: ReadonlyMap<string, string>, actor: string): string {
  let target = actor;
  for (let next = into.get(target); next !== undefined; next = into.get(target)) target = next;
  return target;
}

function decideMerges(state: MergesState, command: MergesCommand): NewEvent<MergeType>[] {
  const { actor, reason } = command;
  const { into: merged, unmerged } = mergesOf(state);
  const current = merged.get(actor);
  switch (command.type) {
    case 'merge': {
      const { into } = command;
      if (current === into) return [];
      if (current !== undefined) {
        throw new Refusal('not-possible-now', `${actor} is merged into ${current}: unmerge it first`, {
          into: current,
        });
      }
      if (mergeTargetOf(merged, into) === actor) {
        const why =
          actor === into
            ? `${actor} cannot be merged into itself: name another actor in "into"`
            : `${into} is itself merged into ${actor}: unmerge ${into} first, or merge in one direction only`;
        throw new Refusal('loop', why);
      }
      return [{ type: 'ActorsMerged', data: { actor, into, reason } }];
    }
    case 'unmerge':
      if (current !== undefined) return [{ type: 'ActorsUnmerged', data: { actor, from: current, reason } }];
      if (unmerged.has(actor)) return [];
      throw new Refusal('not-possible-now', `${actor} is not merged into another actor: nothing to unmerge`);
    default:
      return command satisfies never;
  }
}

export const actorMerges: Aggregate<MergesState, MergesCommand, MergeType> = {
  initial: undefined,
  types: ['ActorsMerged', 'ActorsUnmerged'],
  evolve: (before, last) => ({ last, before }),
  decide: decideMerges,
};
