// Who a log is: one origin, keys of that name, and their verifier keys beside the checkpoint.
import { describe, expect, test } from 'vitest';
import { identityOf, originOf, publishKeys, vkeysOf } from '../../../domain/log/log-identity.ts';
import { memoryBlobs } from '../../support/stores/memory-blobs.ts';
import { seedSigner } from '../../support/logs/signers.ts';

const [old, fresh, third] = ['11', '22', '33'].map((seed) =>
  seedSigner('archive.example/log', seed.repeat(32)),
);
if (!old || !fresh || !third) throw new Error('three keys');

describe('an identity', () => {
  test('has the origin that its keys are named by', () => {
    expect(identityOf([old, fresh])).toMatchObject({ origin: 'archive.example/log', signers: [old, fresh] });
  });
  test.each([
    ['no key', []],
    ['keys of two names', [old, seedSigner('archive.example/other')]],
    ['a name with a space', [seedSigner('archive example')]],
  ])('has not %s', (_, signers) => {
    expect(() => identityOf(signers)).toThrow(RangeError);
  });
});

describe('the verifier keys beside the log', () => {
  const standing = (log: ReturnType<typeof memoryBlobs>): string[] =>
    Buffer.from(log.bytes('vkey')).toString().trimEnd().split('\n');
  test('are those that sign, and those that signed before', async () => {
    const log = memoryBlobs();
    for (const signers of [[old], [old], [old, fresh], [fresh]]) await publishKeys(log, { signers });
    expect(standing(log)).toEqual(vkeysOf([old, fresh]));
  });
  test('tell the origin, once they are there', async () => {
    const log = memoryBlobs();
    expect(await originOf(log)).toBeUndefined();
    await publishKeys(log, { signers: [old, fresh] });
    expect(await originOf(log)).toBe('archive.example/log');
  });
  test('are all there whoever writes them at once', async () => {
    const log = memoryBlobs();
    await Promise.all([old, fresh, third].map((signer) => publishKeys(log, { signers: [signer] })));
    expect(standing(log).toSorted()).toEqual(vkeysOf([old, fresh, third]).toSorted());
  });
});
