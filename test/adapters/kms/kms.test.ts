// Tests keys in KMS with a stubbed client that signs with its own key: the requests, and the refused keys.
import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { GetPublicKeyCommand, KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test } from 'vitest';
import { kmsClient, kmsSigner } from '../../../adapters/kms/signer.ts';
import { identityOf } from '../../../domain/log/log-identity.ts';
import { formatNote, parseNote, signNote, verifyNote } from '../../../events/log/note.ts';

const kms = mockClient(KMSClient);
const { privateKey } = generateKeyPairSync('ed25519');
const spki = (key: ReturnType<typeof createPublicKey>): Uint8Array =>
  key.export({ format: 'der', type: 'spki' });
const KEY = 'arn:aws:kms:eu-central-1:111122223333:key/log';
const open = () => kmsSigner(kmsClient(), KEY, 'archive.example/log');

beforeEach(() => {
  kms.reset();
  kms.on(GetPublicKeyCommand).resolves({ PublicKey: spki(createPublicKey(privateKey)) });
  kms.on(SignCommand).callsFake(({ Message }: { Message: Uint8Array }) => ({
    Signature: sign(null, Message, privateKey),
  }));
});

describe('a key in KMS', () => {
  test('a key in KMS signs what its verifier key verifies', async () => {
    const identity = identityOf([await open()]);
    const note = parseNote(formatNote(await signNote('text\n', identity.signers)));
    expect(verifyNote(note, identity.verifiers)).toMatchObject([{ name: 'archive.example/log' }]);
  });
  test('KMS is asked to sign the message itself with Ed25519', async () => {
    await (await open()).sign(Buffer.from('text\n'));
    expect(kms.commandCalls(GetPublicKeyCommand).map(({ args }) => args[0].input)).toEqual([{ KeyId: KEY }]);
    expect(kms.commandCalls(SignCommand).map(({ args }) => args[0].input)).toEqual([
      {
        KeyId: KEY,
        Message: Buffer.from('text\n'),
        MessageType: 'RAW',
        SigningAlgorithm: 'ED25519_SHA_512',
      },
    ]);
  });
  test.each([
    [
      'of another curve',
      spki(createPublicKey(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey)),
    ],
    ['of another algorithm of this curve', spki(createPublicKey(generateKeyPairSync('x25519').privateKey))],
    ['without a public key', new Uint8Array()],
  ])('a key in KMS %s is refused with the right key spec', async (_, der) => {
    kms.on(GetPublicKeyCommand).resolves({ PublicKey: der });
    await expect(open()).rejects.toThrow(/create a key of key spec ECC_NIST_EDWARDS25519/);
  });
  test.each([[undefined], [new Uint8Array(63)]])(
    'an answer of KMS without a signature of 64 bytes is refused',
    async (signature) => {
      const signer = await open();
      kms.on(SignCommand).resolves(signature === undefined ? {} : { Signature: signature });
      await expect(signer.sign(new Uint8Array())).rejects.toThrow(TypeError);
    },
  );
  test('an error of KMS is passed on', async () => {
    const denied = Object.assign(new Error('denied'), { name: 'AccessDeniedException' });
    kms.on(GetPublicKeyCommand).rejects(denied);
    await expect(open()).rejects.toThrow('denied');
  });
});
