// Tests witnesses over HTTP, both client and server. The log requests cosignatures before it publishes, proves
// consistency with the witness's last size, and publishes with or without a cosignature.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { httpWitness } from '../../../adapters/http/http-witness.ts';
import { readHead } from '../../../domain/log/head.ts';
import { identityOf } from '../../../domain/log/log-identity.ts';
import { sequence } from '../../../domain/log/sequencer.ts';
import type { Witness } from '../../../domain/log/witnesses.ts';
import { openCheckpoint, type SignedCheckpoint } from '../../../events/log/checkpoint.ts';
import { COSIGNATURE, parseVkey, vkeyOf, type Verifier } from '../../../events/log/keys.ts';
import { cosign, signatureLine, type Verified } from '../../../events/log/note.ts';
import { openWitnesses } from '../../../functions/runtime/open-witnesses.ts';
import { extend, faultsIn, sequencerFixture, type SequencerFixture } from '../../support/logs/sequenced.ts';
import { seedSigner } from '../../support/logs/signers.ts';
import { startWitness, type Answer, type WitnessServer } from '../../support/servers/witness-server.ts';

const NAME = 'witness.example/w1';
const logs = new Map<string, readonly Verifier[]>();
let w1: WitnessServer;
let w2: WitnessServer;
beforeAll(async () => {
  [w1, w2] = await Promise.all([startWitness(NAME, logs), startWitness('w2.example', logs)]);
});
afterAll(() => Promise.all([w1.close(), w2.close()]));

let of: SequencerFixture;
let alarms: string[];
let turn = 0;
beforeEach(() => {
  // Witnesses keep state, so each test has its own log.
  const identity = identityOf([seedSigner(`archive.example/log/${++turn}`)]);
  logs.set(identity.origin, identity.verifiers);
  of = { ...sequencerFixture(), identity };
  alarms = [];
  for (const each of [w1, w2]) {
    each.instead();
    each.asked.length = 0;
  }
});

async function record(witnesses: readonly Witness[], counts: readonly number[]): Promise<void> {
  await extend(of, 'meeting-a', counts);
  const alarm = (what: string, error: unknown): void => void alarms.push(`${what}: ${String(error)}`);
  await sequence({ ...of, witnesses, alarm }, of.store.streams());
}

/** Returns the published checkpoint with its signatures, and expects a correct log. */
async function published(
  ...vkeys: string[]
): Promise<SignedCheckpoint & { signatures: readonly Verified[] }> {
  expect(await faultsIn(of)).toEqual([]);
  const verifiers = [...of.identity.verifiers, ...vkeys.map(parseVkey)];
  return openCheckpoint(of.log.bytes('checkpoint'), { origin: of.identity.origin, verifiers });
}
const witness = (server: WitnessServer, requestMs?: number): Witness =>
  httpWitness(server.vkey, server.url, requestMs);
const answers = (server: WitnessServer): number[] => server.asked.map(({ status }) => status);
const firstLines = (server: WitnessServer): string[] =>
  server.asked.map(({ body }) => body.split('\n')[0] ?? '');

test('a witness cosigns every checkpoint before it is published', async () => {
  for (const [round, size] of [3, 303, 304].entries()) {
    await record([witness(w1)], [size - (await readHead(of.state)).size]);
    expect(answers(w1)).toHaveLength(round + 1);
    const { signatures } = await published(w1.vkey);
    expect(signatures).toMatchObject([{ type: 1 }, { name: NAME, type: COSIGNATURE, time: 1_700_000_000 }]);
  }
  expect(answers(w1)).toEqual([200, 200, 200]);
  expect(firstLines(w1)).toEqual(['old 0', 'old 3', 'old 303']);
  expect(w1.latest(of.identity.origin)).toMatchObject({ size: 304 });
  expect(alarms).toEqual([]);
});
test('several witnesses are requested concurrently', async () => {
  await record([witness(w1), witness(w2)], [1, 1]);
  const { signatures } = await published(w1.vkey, w2.vkey);
  expect(signatures.map(({ name }) => name)).toEqual([of.identity.origin, NAME, 'w2.example']);
});
test('a witness that first sees a grown log answers 409, and gets the proof from its size', async () => {
  await record([], [5]);
  await record([witness(w1)], [2]);
  expect(answers(w1)).toEqual([409, 200]);
  expect(firstLines(w1)).toEqual(['old 5', 'old 0']);
  expect((await published(w1.vkey)).signatures).toHaveLength(2);
  // The witness is then absent for a while, and its 409 names its last size.
  await record([], [300]);
  w1.asked.length = 0;
  await record([witness(w1)], [1]);
  expect(answers(w1)).toEqual([409, 200]);
  expect(firstLines(w1)).toEqual(['old 307', 'old 7']);
  expect((await published(w1.vkey)).signatures).toHaveLength(2);
  expect(alarms).toEqual([]);
});
test('a witness that cosigned an unpublished checkpoint cosigns the same checkpoint again', async () => {
  await record([], [1]);
  await extend(of, 'meeting-a', [1]);
  const replace = async (): Promise<boolean> => {
    throw new Error('the answer was lost');
  };
  const lost = { ...of, log: { ...of.log, replace }, witnesses: [witness(w1)], alarm: () => {} };
  await expect(sequence(lost, of.store.streams())).rejects.toThrow('the answer was lost');
  expect(w1.latest(of.identity.origin)).toMatchObject({ size: 2 });
  w1.asked.length = 0;
  await record([witness(w1)], []);
  expect(answers(w1)).toEqual([409, 200]);
  expect(firstLines(w1)).toEqual(['old 1', 'old 2']);
  expect((await published(w1.vkey)).signatures).toHaveLength(2);
});
test('a witness that has cosigned more entries than the log has is reported, and the log is published', async () => {
  w1.instead(() => ({ status: 409, type: 'text/x.tlog.size', body: '12\n' }));
  await record([witness(w1)], [1]);
  expect((await published(w1.vkey)).signatures).toHaveLength(1);
  expect(alarms).toEqual([
    `witness ${NAME} has not cosigned the log at 1 entries: Error: the witness answers that it has cosigned 12 entries`,
  ]);
  expect(answers(w1)).toEqual([409]);
});

describe('a checkpoint is published without a failing witness', () => {
  const cosignature = async (text: string, name = NAME): Promise<string> =>
    signatureLine(await cosign(text, 1, seedSigner(name)));

  test.each<[string, () => Answer, RegExp]>([
    ['refuses', () => ({ status: 403, body: 'unknown key\n' }), /the witness answers 403: unknown key/],
    ['does not know the log', () => ({ status: 404 }), /the witness answers 404/],
    ['is broken', () => ({ status: 500, body: 'x'.repeat(1_000) }), /the witness answers 500: x{200}$/],
    ['says 409 without a size', () => ({ status: 409, body: '1\n' }), /the witness answers 409/],
    [
      'says 409 with an invalid number',
      () => ({ status: 409, type: 'text/x.tlog.size', body: '01\n' }),
      /the witness answers 409/,
    ],
    [
      'says 409 repeatedly',
      () => ({ status: 409, type: 'text/x.tlog.size', body: '0\n' }),
      /has cosigned 0 entries/,
    ],
    ['redirects the request', () => ({ status: 302 }), /the witness answers 302/],
    ['gives no signature', () => ({ status: 200, body: '' }), /has no signature/],
    ['gives something else', () => ({ status: 200, body: '<html>\n' }), /not a signature of a note/],
    [
      'sends too long an answer',
      () => ({ status: 200, body: '— a AAAAAAAA\n'.repeat(10_000) }),
      /exceeds 65536 bytes/,
    ],
  ])('a checkpoint is published without a witness that %s', async (_, answer, why) => {
    w1.instead(answer);
    await record([witness(w1), witness(w2)], [1]);
    expect((await published(w1.vkey, w2.vkey)).signatures.map(({ name }) => name)).toEqual([
      of.identity.origin,
      'w2.example',
    ]);
    expect(alarms).toEqual([
      expect.stringMatching(/^witness witness\.example\/w1 has not cosigned the log at 1 entries: /),
    ]);
    expect(alarms[0]).toMatch(why);
  });
  test('a checkpoint is published without a witness that never answers', async () => {
    w1.instead(() => undefined);
    await record([witness(w1, 50), witness(w2)], [1]);
    expect((await published(w1.vkey, w2.vkey)).signatures).toHaveLength(2);
    expect(alarms).toEqual([expect.stringContaining('TimeoutError')]);
  });
  test('a checkpoint is published without a witness that cannot be reached', async () => {
    await record([httpWitness(w1.vkey, 'http://127.0.0.1:1/w1'), witness(w2)], [1]);
    expect((await published(w1.vkey, w2.vkey)).signatures).toHaveLength(2);
    expect(alarms).toHaveLength(1);
  });
  test.each([
    ['by another witness', (text: string) => cosignature(text, 'other.example')],
    ['of another text', (text: string) => cosignature(`${text}more\n`)],
  ])('a checkpoint is published without a cosignature %s', async (_, made) => {
    const given: Witness = {
      ...witness(w1),
      addCheckpoint: async (request) => {
        const body = Buffer.from(request).toString();
        const note = body.slice(body.indexOf('\n\n') + 2);
        return { kind: 'cosigned', lines: await made(note.slice(0, note.indexOf('\n\n') + 1)) };
      },
    };
    await record([given], [1]);
    expect(Buffer.from(of.log.bytes('checkpoint')).toString().split('\n\n')[1]?.split('\n')).toHaveLength(2);
    expect(alarms).toEqual([expect.stringContaining('InvalidNote')]);
  });
});

describe('the bundled witness server', () => {
  const ask = async (body: string): Promise<number> =>
    (await fetch(`${w1.url}/add-checkpoint`, { method: 'POST', body })).status;
  const checkpoint = (): string => Buffer.from(of.log.bytes('checkpoint')).toString();

  test('the bundled witness refuses what its specification refuses', async () => {
    await record([witness(w1)], [3]);
    await record([], [3]);
    const signed = checkpoint();
    expect(await ask('nothing')).toBe(400);
    expect(await ask(`old 03\n\n${signed}`)).toBe(400);
    expect(await ask(`old 7\n\n${signed}`)).toBe(400);
    expect(await ask(`old 2\n\n${signed}`)).toBe(409);
    expect(await ask(`old 3\n\n${signed}`)).toBe(422);
    logs.set(of.identity.origin, [parseVkey(vkeyOf(of.identity.origin, seedSigner('other').publicKey))]);
    expect(await ask(`old 3\n\n${signed}`)).toBe(403);
    logs.delete(of.identity.origin);
    expect(await ask(`old 3\n\n${signed}`)).toBe(404);
    expect(w1.latest(of.identity.origin)).toMatchObject({ size: 3 });
  });
  test('the bundled witness never cosigns two contradicting logs of one origin', async () => {
    await record([witness(w1)], [1, 1]);
    of = { ...sequencerFixture(), identity: of.identity };
    await extend(of, 'statement-b', [2]);
    await record([witness(w1)], []);
    expect(answers(w1).at(-1)).toBe(409);
    expect(alarms).toHaveLength(1);
    await record([witness(w1)], [5]);
    expect(answers(w1).at(-1)).toBe(422);
    expect((await published(w1.vkey)).signatures).toHaveLength(1);
  });
});

describe('the configuration of witnesses', () => {
  const key = vkeyOf(NAME, seedSigner(NAME).publicKey, COSIGNATURE);
  const named = (variable?: string) =>
    openWitnesses({ CHANCERY_WITNESSES: variable }).map(({ verifier }) => verifier.name);
  test('the variable for witnesses has a key and a URL for each, separated by commas, or is absent', () => {
    expect(named()).toEqual([]);
    expect(named(' ')).toEqual([]);
    expect(named(`${key} https://w.example/, ${key}  https://w2.example`)).toEqual([NAME, NAME]);
  });
  test.each([
    ['no URL', key, /for each witness/],
    ['more than a URL', `${key} https://w.example more`, /for each witness/],
    ['no key', 'witness https://w.example', /is not a verifier key/],
    ["a log's key", `${vkeyOf(NAME, seedSigner(NAME).publicKey)} https://w.example`, /give a key of type 04/],
    ['an invalid URL', `${key} w.example`, /Invalid URL/],
  ])('the variable for witnesses is refused with %s', (_, variable, why) => {
    expect(() => named(variable)).toThrow(RangeError);
    expect(() => named(variable)).toThrow(why);
  });
});
