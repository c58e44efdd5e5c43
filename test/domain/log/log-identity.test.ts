// Tests the identity of a log: one origin, keys of that origin, and their published verifier keys.
import { describe, expect, test } from 'vitest';
import { identityOf, originOf, publishKeys, vkeysOf } from '../../../domain/log/log-identity.ts';
import { memoryBlobs } from '../../support/stores/memory-blobs.ts';
import { seedSigner } from '../../support/logs/signers.ts';

const [old, fresh, third] = ['11', '22', '33'].map((seed) =>
  seedSigner('archive.example/log', seed.repeat(32)),
);
if (!old || !fresh || !third) throw new Error('three keys');

test('the origin of a log is the name of its keys', () => {
  expect(identityOf([old, fresh])).toMatchObject({ origin: 'archive.example/log', signers: [old, fresh] });
});
test.each([
  ['no key', []],
  ['keys of two names', [old, seedSigner('archive.example/other')]],
  ['a name with a space', [seedSigner('archive example')]],
])('the identity of a log is refused if it has %s', (_, signers) => {
  expect(() => identityOf(signers)).toThrow(RangeError);
});

describe('the published verifier keys', () => {
  const standing = (log: ReturnType<typeof memoryBlobs>): string[] =>
    Buffer.from(log.bytes('vkey')).toString().trimEnd().split('\n');
  test('the published verifier keys contain the current and the earlier keys', async () => {
    const log = memoryBlobs();
    for (const signers of [[old], [old], [old, fresh], [fresh]]) await publishKeys(log, { signers });
    expect(standing(log)).toEqual(vkeysOf([old, fresh]));
  });
  test('the published verifier keys contain the origin', async () => {
    const log = memoryBlobs();
    expect(await originOf(log)).toBeUndefined();
    await publishKeys(log, { signers: [old, fresh] });
    expect(await originOf(log)).toBe('archive.example/log');
  });
  test('the published verifier keys are complete if several writers publish concurrently', async () => {
    const log = memoryBlobs();
    await Promise.all([old, fresh, third].map((signer) => publishKeys(log, { signers: [signer] })));
    expect(standing(log).toSorted()).toEqual(vkeysOf([old, fresh, third]).toSorted());
  });
});
