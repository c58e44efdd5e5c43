// Tests keys that are stored with their stream, because the client chose the stream's id. A stored key is refused for
// another id if the first command was persisted, and can be reused if it was not.
import { beforeEach, describe, expect, test } from 'vitest';
import { furnished, give, KEY, type Given } from '../../support/archives/desk-commands.ts';
import type { Desk } from '../../support/archives/desk.ts';
import { refusalFrom, refusalWithoutTrace } from '../../support/refusals.ts';

let at: Desk;
beforeEach(async () => {
  ({ at } = await furnished());
});

const actor = (id: string, name = id): Given => ['actor', undefined, id, { kind: 'person', name }];
const introduce = (given: Given) => give(at, given, { ...KEY, claims: true });

test('a key is stored before the actor that it names is introduced', async () => {
  const before = at.writes.length;
  await introduce(actor('actor-x'));
  expect(at.writes.slice(before)).toEqual(['claim', 'append actor-x 1']);
});

test('a repeated key returns the first result of introducing an actor', async () => {
  const first = await introduce(actor('actor-x'));
  expect(await introduce(actor('actor-x'))).toEqual({ ...first, replayed: true });
  expect(at.commits('actor-x')).toHaveLength(1);
});

test('the key of one actor is refused for another actor', async () => {
  await introduce(actor('actor-x'));
  const refusal = await refusalWithoutTrace(at, () => introduce(actor('actor-y')));
  expect(refusal.code).toBe('idempotency-key-reused');
});

test('the key of one actor is refused for another actor even if the first answer was lost', async () => {
  at.befall('answer lost');
  await introduce(actor('actor-x')).catch(() => undefined);
  expect((await refusalWithoutTrace(at, () => introduce(actor('actor-y')))).code).toBe(
    'idempotency-key-reused',
  );
});

test('the key of an actor is refused for the same actor with another name', async () => {
  await introduce(actor('actor-x'));
  const refusal = await refusalWithoutTrace(at, () => introduce(actor('actor-x', 'Somebody else')));
  expect(refusal.code).toBe('idempotency-key-reused');
});

describe('a key whose first command was not persisted', () => {
  beforeEach(async () => {
    at.befall('not persisted');
    await introduce(actor('actor-x')).catch(() => undefined);
  });

  test('a command that was not persisted leaves nothing but its stored key', () => {
    expect(at.commits('actor-x')).toEqual([]);
    expect(at.writes.at(-1)).toBe('claim');
  });

  test('the key of a command that was not persisted can be used again for the same actor', async () => {
    expect(await introduce(actor('actor-x'))).toMatchObject({ stream: 'actor-x', revision: 1 });
    expect((await refusalWithoutTrace(at, () => introduce(actor('actor-y')))).code).toBe(
      'idempotency-key-reused',
    );
  });

  test('another actor can take the key of a command that was not persisted, and the first actor cannot use it afterwards', async () => {
    const other = await introduce(actor('actor-y'));
    expect(other).toMatchObject({ stream: 'actor-y', revision: 1 });
    expect(await introduce(actor('actor-y'))).toEqual({ ...other, replayed: true });
    expect((await refusalWithoutTrace(at, () => introduce(actor('actor-x')))).code).toBe(
      'idempotency-key-reused',
    );
    expect(at.commits('actor-x')).toEqual([]);
  });
});

test('a key is not stored for a command that is refused or that changes nothing', async () => {
  const claims = () => at.writes.filter((write) => write === 'claim').length;
  expect((await refusalWithoutTrace(at, () => introduce(actor('actor-a', 'Another A')))).code).toBe(
    'already-exists',
  );
  expect(await introduce(actor('actor-a'))).toMatchObject({ revision: 1, events: [] });
  expect(claims()).toBe(0);
  expect(await introduce(actor('actor-y'))).toMatchObject({ stream: 'actor-y', revision: 1 });
});

test('of two actors that are introduced concurrently with one key, one is introduced', async () => {
  const outcomes = await Promise.allSettled([introduce(actor('actor-x')), introduce(actor('actor-y'))]);
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect([...at.commits('actor-x'), ...at.commits('actor-y')]).toHaveLength(1);
  const late = await refusalFrom(
    introduce(actor(at.commits('actor-x').length === 0 ? 'actor-x' : 'actor-y')),
  );
  expect(late.code).toBe('idempotency-key-reused');
});
