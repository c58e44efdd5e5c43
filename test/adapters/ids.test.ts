// Tests ids and digests: their versions, uniqueness and determinism.
import { createHash } from 'node:crypto';
import { validate, version } from 'uuid';
import { expect, test } from 'vitest';
import { ids, sha256 } from '../../adapters/node/ids.ts';

test('a fresh id is a UUIDv7 of the current time, and many fresh ids are distinct', () => {
  const before = Date.now();
  const many = Array.from({ length: 20_000 }, () => ids.fresh());
  const after = Date.now();
  expect(new Set(many).size).toBe(many.length);
  for (const id of many) {
    expect(version(id)).toBe(7);
    const made = Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);
    expect(made).toBeGreaterThanOrEqual(before);
    expect(made).toBeLessThanOrEqual(after);
  }
  // Their random parts are not used twice either.
  expect(new Set(many.map((id) => id.slice(-12))).size).toBe(many.length);
});

test('a derived id is a UUIDv8 of the digest of its name', () => {
  const id = ids.derived('desk\nPOST\n/meetings\nkey\n1');
  expect([validate(id), version(id)]).toEqual([true, 8]);
  expect(ids.derived('desk\nPOST\n/meetings\nkey\n1')).toBe(id);
  expect(ids.derived('desk\nPOST\n/meetings\nkey\n2')).not.toBe(id);
  const digest = createHash('sha256').update('Ünï').digest('hex').slice(0, 32);
  const bare = ids.derived('Ünï').replaceAll('-', '');
  expect(bare).toBe(`${digest.slice(0, 12)}8${digest.slice(13, 16)}${bare[16]}${digest.slice(17)}`);
});

test('a digest is SHA-256 in lower-case hex', () => {
  expect(sha256(new TextEncoder().encode('abc'))).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
});
