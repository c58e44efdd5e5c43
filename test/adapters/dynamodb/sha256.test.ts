// Tests that requests are signed as AWS specifies, with cached key objects.
import { createHash, createHmac } from 'node:crypto';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { dynamodbClient } from '../../../adapters/dynamodb/dynamodb-client.ts';
import { Sha256 } from '../../../adapters/dynamodb/sha256.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

interface Signed {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Returns the sent request, signed with this secret. */
async function signedWith(secretAccessKey: string, table: string): Promise<Signed> {
  let sent: Signed | undefined;
  const handle = async (request: Signed) => {
    sent = request;
    throw new Error('enough');
  };
  const credentials = { accessKeyId: 'AKIA', secretAccessKey, sessionToken: 'token' };
  const client = dynamodbClient({
    region: 'eu-central-1',
    credentials,
    requestHandler: { handle } as never,
    maxAttempts: 1,
  });
  await client.send(new GetItemCommand({ TableName: table, Key: {} })).catch(() => {});
  if (!sent) throw new Error('nothing was sent');
  return sent;
}

/** Computes a Signature Version 4 as AWS specifies it. */
function signatureOf({ method, path, headers, body }: Signed, secret: string, signed: string): string {
  const lines = signed.split(';').map((name) => `${name}:${headers[name]}\n`);
  const canonical = [method, path, '', lines.join(''), signed, digest(body)].join('\n');
  const day = headers['x-amz-date']?.slice(0, 8) ?? '';
  const scope = [day, 'eu-central-1', 'dynamodb', 'aws4_request'];
  const key = scope.reduce<string | Buffer>((by, part) => hmac(by, part), `AWS4${secret}`);
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope.join('/'), digest(canonical)].join('\n');
  return hmac(key, text).toString('hex');
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

test('requests are signed with the signature that AWS computes, with alternating secrets', async () => {
  for (const secret of ['a secret', 'another', 'a secret'])
    for (const table of ['events', 'state', 'events']) {
      const request = await signedWith(secret, table);
      const [, signed = '', signature] =
        /SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(request.headers['authorization'] ?? '') ?? [];
      expect(signed.split(';')).toEqual(expect.arrayContaining(['host', 'x-amz-date', 'x-amz-target']));
      expect(signature).toBe(signatureOf(request, secret, signed));
    }
});

test('a digest covers all updates and starts again after a reset', async () => {
  const sum = new Sha256();
  for (const part of ['a', '', 'bc']) sum.update(utf8(part));
  expect(hex(await sum.digest())).toBe(createHash('sha256').update('abc').digest('hex'));
  sum.reset();
  sum.update(utf8('d'));
  expect(hex(await sum.digest())).toBe(createHash('sha256').update('d').digest('hex'));
});

test.each([
  ['a text', 'clé'],
  ['bytes', utf8('clé')],
  ['a part of a buffer', new Uint8Array([0, ...utf8('clé'), 0]).subarray(1, 5)],
  ['a whole buffer', new Uint8Array(utf8('clé')).buffer],
])('an HMAC with %s as its secret is correct, also from the cache', async (_, secret) => {
  const right = createHmac('sha256', 'clé').update('message').digest('hex');
  for (let time = 0; time < 2; time++) {
    const sum = new Sha256(secret);
    sum.update(utf8('message'));
    expect(hex(await sum.digest())).toBe(right);
    sum.reset();
    sum.update(utf8('message'));
    expect(hex(await sum.digest())).toBe(right);
  }
});

test('more secrets than the cache keeps each have their own HMAC', async () => {
  const of = async (secret: string): Promise<string> => {
    const sum = new Sha256(secret);
    sum.update(utf8('message'));
    return hex(await sum.digest());
  };
  for (let n = 0; n < 120; n++) {
    const secret = `secret ${n % 60}`;
    expect(await of(secret)).toBe(createHmac('sha256', secret).update('message').digest('hex'));
  }
});
