// A key remembers its stream where the stream's id does not come from the key: an actor that was given its own id.
// The same key for another id is refused once the first landed, and is free where the first never did.
import { beforeEach, describe, expect, test } from 'vitest';
import { furnished, give, KEY, type Given } from '../../support/archives/desk-commands.ts';
import type { Desk } from '../../support/archives/desk.ts';
import { refusalFrom, refusedAt } from '../../support/refusals.ts';

let at: Desk;
beforeEach(async () => {
  ({ at } = await furnished());
});

const actor = (id: string, name = id): Given => ['actor', undefined, id, { kind: 'person', name }];
const introduce = (given: Given) => give(at, given, { ...KEY, claims: true });

describe('a key that named an actor', () => {
  test('is claimed before the actor is introduced', async () => {
    const before = at.writes.length;
    await introduce(actor('actor-x'));
    expect(at.writes.slice(before)).toEqual(['claim', 'append actor-x 1']);
  });

  test('gives the same answer again', async () => {
    const first = await introduce(actor('actor-x'));
    expect(await introduce(actor('actor-x'))).toEqual({ ...first, replayed: true });
    expect(at.commits('actor-x')).toHaveLength(1);
  });

  test('is refused for another one', async () => {
    await introduce(actor('actor-x'));
    const refusal = await refusedAt(at, () => introduce(actor('actor-y')));
    expect(refusal.code).toBe('idempotency-key-reused');
  });

  test('is refused for another one also where the answer was lost', async () => {
    at.befall('answer lost');
    await introduce(actor('actor-x')).catch(() => undefined);
    expect((await refusedAt(at, () => introduce(actor('actor-y')))).code).toBe('idempotency-key-reused');
  });

  test('is refused for the same one with another name', async () => {
    await introduce(actor('actor-x'));
    const refusal = await refusedAt(at, () => introduce(actor('actor-x', 'Somebody else')));
    expect(refusal.code).toBe('idempotency-key-reused');
  });
});

describe('a key whose first command never landed', () => {
  beforeEach(async () => {
    at.befall('not persisted');
    await introduce(actor('actor-x')).catch(() => undefined);
  });

  test('left nothing but its claim', () => {
    expect(at.commits('actor-x')).toEqual([]);
    expect(at.writes.at(-1)).toBe('claim');
  });

  test('goes on with the same one', async () => {
    expect(await introduce(actor('actor-x'))).toMatchObject({ stream: 'actor-x', revision: 1 });
    expect((await refusedAt(at, () => introduce(actor('actor-y')))).code).toBe('idempotency-key-reused');
  });

  test('is taken over by another one, and then it is too late for the first', async () => {
    const other = await introduce(actor('actor-y'));
    expect(other).toMatchObject({ stream: 'actor-y', revision: 1 });
    expect(await introduce(actor('actor-y'))).toEqual({ ...other, replayed: true });
    expect((await refusedAt(at, () => introduce(actor('actor-x')))).code).toBe('idempotency-key-reused');
    expect(at.commits('actor-x')).toEqual([]);
  });
});

test('a key is not claimed by a command that is refused, nor by one that is done already', async () => {
  const claims = () => at.writes.filter((write) => write === 'claim').length;
  expect((await refusedAt(at, () => introduce(actor('actor-a', 'Another A')))).code).toBe('already-exists');
  expect(await introduce(actor('actor-a'))).toMatchObject({ revision: 1, events: [] });
  expect(claims()).toBe(0);
  expect(await introduce(actor('actor-y'))).toMatchObject({ stream: 'actor-y', revision: 1 });
});

test('of two actors at once under one key, one is introduced', async () => {
  const outcomes = await Promise.allSettled([introduce(actor('actor-x')), introduce(actor('actor-y'))]);
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect([...at.commits('actor-x'), ...at.commits('actor-y')]).toHaveLength(1);
  const late = await refusalFrom(
    introduce(actor(at.commits('actor-x').length === 0 ? 'actor-x' : 'actor-y')),
  );
  expect(late.code).toBe('idempotency-key-reused');
});
