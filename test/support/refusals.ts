// Expects refusals of asynchronous calls, and that a refused call leaves nothing behind.
import { isDeepStrictEqual } from 'node:util';
import { Refusal } from '../../domain/errors.ts';
import type { Desk } from './archives/desk.ts';

/** Returns the refusal with which the promise rejects. @throws Error if it resolves, and any other error. */
export async function refusalFrom(outcome: Promise<unknown>): Promise<Refusal> {
  try {
    await outcome;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('the call was not refused');
}

/** Returns the refusal of a call. @throws Error if the call left a commit, a key claim or a hint. */
export async function refusalWithoutTrace(at: Desk, act: () => Promise<unknown>): Promise<Refusal> {
  const before = structuredClone([at.all(), at.hints, at.writes]);
  const refusal = await refusalFrom(act());
  if (isDeepStrictEqual(structuredClone([at.all(), at.hints, at.writes]), before)) return refusal;
  throw new Error(`the call was refused (${refusal.code}), but left a commit, a key claim or a hint`);
}
