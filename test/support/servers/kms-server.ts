// A KMS server with one key. It returns the public key, and signs.
import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

export interface KmsServer {
  readonly endpoint: string;
  readonly close: () => Promise<void>;
}

export async function startKmsServer(keyId: string): Promise<KmsServer> {
  const { privateKey } = generateKeyPairSync('ed25519');
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });

  async function answer(request: IncomingMessage): Promise<object> {
    const body = (await json(request)) as { KeyId: string; Message?: string; SigningAlgorithm?: string };
    if (body.KeyId !== keyId) throw new Error(`there is no key ${body.KeyId}`);
    const operation = String(request.headers['x-amz-target']);
    switch (operation) {
      case 'TrentService.GetPublicKey':
        return { PublicKey: spki.toString('base64') };
      case 'TrentService.Sign':
        if (body.SigningAlgorithm !== 'ED25519_SHA_512') throw new Error(`not with ${body.SigningAlgorithm}`);
        return {
          Signature: sign(null, Buffer.from(body.Message ?? '', 'base64'), privateKey).toString('base64'),
        };
      default:
        throw new Error(`this KMS does not know ${operation}`);
    }
  }

  const server = createServer((request, response) => {
    response.setHeader('Content-Type', 'application/x-amz-json-1.1');
    answer(request).then(
      (body) => response.end(JSON.stringify(body)),
      (error: Error) => {
        response.writeHead(400);
        response.end(JSON.stringify({ __type: 'NotFoundException', message: error.message }));
      },
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
