// Refusals of what is asynchronous, and that nothing is left of what was refused.
import { isDeepStrictEqual } from 'node:util';
import { Refusal } from '../../domain/errors.ts';
import type { Desk } from './archives/desk.ts';

/** The refusal that this comes to; anything else, or success, fails the test. */
export async function refusalFrom(outcome: Promise<unknown>): Promise<Refusal> {
  try {
    await outcome;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('this was not refused');
}

/** The refusal, which must leave nothing at all at the desk: not a commit, not a claim, not a hint. */
export async function refusedAt(at: Desk, act: () => Promise<unknown>): Promise<Refusal> {
  const before = structuredClone([at.all(), at.hints, at.writes]);
  const refusal = await refusalFrom(act());
  if (isDeepStrictEqual(structuredClone([at.all(), at.hints, at.writes]), before)) return refusal;
  throw new Error(`it was refused (${refusal.code}), but something is left of it`);
}
