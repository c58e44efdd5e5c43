// Signed notes, checkpoints and proofs: compatible with another implementation, and invalid ones are rejected.
import { describe, expect, test } from 'vitest';
import { toBase64 } from '../../../events/log/base64.ts';
import { formatCheckpoint, openCheckpoint, parseCheckpoint } from '../../../events/log/checkpoint.ts';
import { leafHash, EMPTY_ROOT } from '../../../events/log/merkle.ts';
import { COSIGNATURE, ED25519, InvalidNote, isKeyName, parseVkey, vkeyOf } from '../../../events/log/keys.ts';
import { cosign, formatNote, parseNote, signNote, verifyNote } from '../../../events/log/note.ts';
import { proveInclusion } from '../../../events/log/proof.ts';
import {
  formatTlogProof,
  InvalidProof,
  parseTlogProof,
  verifyTlogProof,
} from '../../../events/log/tlog-proof.ts';
import { seedSigner } from '../../support/logs/signers.ts';
import {
  cosigned,
  entriesIn,
  flipped,
  hashOf,
  hex,
  ofLog,
  tilesIn,
  vector,
  vectors,
} from '../../support/logs/tlog-vectors.ts';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
const bytes = (given: string): Uint8Array => Buffer.from(given);
const signer = seedSigner(vectors.log.name, vectors.log.seedHex);
const witness = seedSigner(vectors.witness.name, vectors.witness.seedHex);
const dirs = vectors.logs.map(({ dir, size, root }) => [dir, size, root] as const);

describe("another implementation's checkpoint", () => {
  test.each(dirs)('the checkpoint of %s is read and verified', (dir, size, root) => {
    const opened = openCheckpoint(vector(dir, 'checkpoint'), ofLog);
    expect(opened).toMatchObject({ origin: vectors.log.origin, size });
    expect(hex(opened.root)).toBe(hex(hashOf(root)));
    expect(opened.signatures).toEqual([
      { name: vectors.log.name, keyId: vectors.log.keyIdHex, type: ED25519 },
    ]);
  });
  test.each(dirs)(
    'a cosignature of %s is verified if its key is known, and ignored otherwise',
    (dir, size) => {
      const given = vector(dir, 'checkpoint.cosigned');
      expect(openCheckpoint(given, ofLog)).toMatchObject({ size, signatures: [{ type: ED25519 }] });
      expect(openCheckpoint(given, cosigned).signatures).toEqual([
        { name: vectors.log.name, keyId: vectors.log.keyIdHex, type: ED25519 },
        {
          name: vectors.witness.name,
          keyId: vectors.witness.keyIdHex,
          type: COSIGNATURE,
          time: Number(vectors.witness.time),
        },
      ]);
    },
  );
  test.each(dirs)(
    'the checkpoint of %s is signed and cosigned to the same bytes',
    async (dir, size, root) => {
      const body = formatCheckpoint({ origin: vectors.log.origin, size, root: hashOf(root) });
      const note = await signNote(body, [signer]);
      expect(text(formatNote(note))).toBe(text(vector(dir, 'checkpoint')));
      const signatures = [...note.signatures, await cosign(body, Number(vectors.witness.time), witness)];
      expect(text(formatNote({ text: body, signatures }))).toBe(text(vector(dir, 'checkpoint.cosigned')));
    },
  );
  test('a checkpoint with any flipped bit is rejected', () => {
    for (const other of flipped(vector('size-257', 'checkpoint')))
      expect(() => openCheckpoint(other, ofLog), text(other)).toThrow(InvalidNote);
  });
  test('a checkpoint with any flipped bit in a cosignature by a known key is rejected', () => {
    const given = text(vector('size-257', 'checkpoint.cosigned'));
    const at = given.lastIndexOf(' ') + 1;
    // The first four bytes identify the key; signatures by unknown keys are ignored.
    const [id, signature] = [given.slice(at, at + 8), given.slice(at + 8)];
    for (const other of flipped(bytes(signature)))
      expect(
        () => openCheckpoint(Buffer.concat([bytes(given.slice(0, at) + id), other]), cosigned),
        text(other),
      ).toThrow(InvalidNote);
  });
  test('a checkpoint of another origin or by another key is rejected', () => {
    const given = vector('size-257', 'checkpoint');
    expect(() => openCheckpoint(given, { ...ofLog, origin: 'archive.example/other' })).toThrow(InvalidNote);
    const other = parseVkey(vkeyOf(vectors.log.name, seedSigner('other').publicKey));
    expect(() => openCheckpoint(given, { ...ofLog, verifiers: [other] })).toThrow(InvalidNote);
  });
  test('a checkpoint that only a witness signed is rejected', async () => {
    const body = parseNote(vector('size-257', 'checkpoint')).text;
    const signatures = [await cosign(body, 1, witness)];
    expect(() => openCheckpoint(formatNote({ text: body, signatures }), cosigned)).toThrow(InvalidNote);
  });
});

describe('texts of checkpoints', () => {
  const root = toBase64(EMPTY_ROOT);
  test('a checkpoint is read with and without extension lines', () => {
    expect(parseCheckpoint(`a.example/b\n0\n${root}\n`)).toEqual({
      origin: 'a.example/b',
      size: 0,
      root: new Uint8Array(EMPTY_ROOT),
    });
    expect(parseCheckpoint(`a.example/b\n12\n${root}\nmore\n`)).toMatchObject({ size: 12 });
  });
  test.each([
    ['a size with a leading zero', `a\n01\n${root}\n`],
    ['a size of two zeros', `a\n00\n${root}\n`],
    ['a size with a sign', `a\n+1\n${root}\n`],
    ['a negative size', `a\n-1\n${root}\n`],
    ['a size after a space', `a\n 1\n${root}\n`],
    ['a size before a space', `a\n1 \n${root}\n`],
    ['a size that is not a whole number', `a\n1.5\n${root}\n`],
    ['a size in hex', `a\n0x1\n${root}\n`],
    ['a size beyond the safe integers', `a\n9007199254740993\n${root}\n`],
    ['no size', `a\n\n${root}\n`],
    ['no origin', `\n1\n${root}\n`],
    ['no root', 'a\n1\n\n'],
    ['no third line', 'a\n1\n'],
    ['a root of 31 bytes', `a\n1\n${toBase64(new Uint8Array(31))}\n`],
    ['a root of 33 bytes', `a\n1\n${toBase64(new Uint8Array(33))}\n`],
    ['a root without padding', `a\n1\n${root.slice(0, -1)}\n`],
    ['a root whose last bits are not zero', `a\n1\n${root.slice(0, -2)}V=\n`],
    ['a root in base64url', `a\n1\n${'_'.repeat(43)}=\n`],
    ['a root and a space', `a\n1\n${root} \n`],
    ['a blank line after it', `a\n1\n${root}\n\n`],
    ['a blank line before more', `a\n1\n${root}\n\nmore\n`],
    ['no newline at its end', `a\n1\n${root}`],
    ['carriage returns', `a\r\n1\r\n${root}\r\n`],
  ])('parseCheckpoint rejects a text with %s', (_, given) => {
    expect(() => parseCheckpoint(given)).toThrow(InvalidNote);
  });
});

describe('notes', () => {
  const keys = Array.from({ length: 16 }, (_, index) => seedSigner(`key-${index}.example`));
  const verifierOf = ({ name, publicKey }: { name: string; publicKey: Uint8Array }) =>
    parseVkey(vkeyOf(name, publicKey));
  const given = 'first line\n\n— not a signature AAAA\n\nlast line\n';

  test('the text of a note may contain blank lines and lines like signatures', async () => {
    const note = await signNote(given, keys.slice(0, 1));
    expect(parseNote(formatNote(note)).text).toBe(given);
    expect(text(formatNote(note)).startsWith(`${given}\n— key-0.example `)).toBe(true);
  });
  test('a note with sixteen signatures is verified by each key and by all keys', async () => {
    const note = parseNote(formatNote(await signNote(given, keys)));
    expect(verifyNote(note, keys.map(verifierOf)).map(({ name }) => name)).toEqual(
      keys.map(({ name }) => name),
    );
    for (const key of keys)
      expect(verifyNote(note, [verifierOf(key)]).map(({ name }) => name)).toEqual([key.name]);
  });
  test('a note may have signatures by two keys of the same name during a key rotation', async () => {
    const [old, fresh] = [seedSigner('a.example', '11'.repeat(32)), seedSigner('a.example', '22'.repeat(32))];
    const note = await signNote(given, [old, fresh]);
    for (const each of [old, fresh]) expect(verifyNote(note, [verifierOf(each)])).toHaveLength(1);
    expect(verifyNote(note, [old, fresh].map(verifierOf))).toHaveLength(2);
  });
  test('a note without a signature by a known key is rejected', async () => {
    const note = await signNote(given, keys.slice(0, 2));
    expect(() => verifyNote(note, keys.slice(2).map(verifierOf))).toThrow(InvalidNote);
    expect(() => verifyNote(note, [])).toThrow(InvalidNote);
  });
  test('a note with an invalid signature by a known key is rejected, even next to a valid one', async () => {
    const [first, second] = (await signNote(given, keys.slice(0, 2))).signatures;
    const [other] = (await signNote(`${given}more\n`, keys.slice(0, 1))).signatures;
    if (!first || !second || !other) throw new Error('three signatures');
    const known = keys.slice(0, 2).map(verifierOf);
    for (const signatures of [
      [first, second, other],
      [other, first],
      [other, second],
    ])
      expect(() => verifyNote({ text: given, signatures }, known)).toThrow(InvalidNote);
    // An invalid signature by an unknown key is ignored.
    expect(verifyNote({ text: given, signatures: [other, second] }, known.slice(1))).toHaveLength(1);
    const short = { ...first, signature: first.signature.subarray(0, 63) };
    expect(() => verifyNote({ text: given, signatures: [short, second] }, known)).toThrow(InvalidNote);
  });
  test('a cosignature contains its time and is not a valid Ed25519 signature of the log', async () => {
    const cosignature = await cosign(given, 1_679_315_147, witness);
    const known = parseVkey(vectors.witness.vkey);
    const note = parseNote(formatNote({ text: given, signatures: [cosignature] }));
    expect(verifyNote(note, [known])).toMatchObject([{ time: 1_679_315_147 }]);
    const later = cosignature.signature.with(7, 0);
    expect(() =>
      verifyNote({ text: given, signatures: [{ ...cosignature, signature: later }] }, [known]),
    ).toThrow(InvalidNote);
    expect(() => verifyNote(note, [verifierOf(witness)])).toThrow(InvalidNote);
  });
  const line = '— a.example AAAAAAAA\n';
  test.each([
    ['no blank line', 'text\n— a.example AAAAAAAA\n'],
    ['no signature', 'text\n\n'],
    ['a line that is not a signature', `text\n\n${line}more\n`],
    ['a hyphen instead of the dash', 'text\n\n- a.example AAAAAAAA\n'],
    ['two spaces', 'text\n\n—  a.example AAAAAAAA\n'],
    ['a tab', 'text\n\n—\ta.example AAAAAAAA\n'],
    ['a plus sign in the name', 'text\n\n— a+b AAAAAAAA\n'],
    ['a no-break space in the name', 'text\n\n— a\u{a0}b AAAAAAAA\n'],
    ['no name', 'text\n\n—  AAAAAAAA\n'],
    ['a signature of no bytes', 'text\n\n— a.example AAAAAA==\n'],
    ['a signature that is not canonical', 'text\n\n— a.example AAAAAAB=\n'],
    ['a signature without padding', 'text\n\n— a.example AAAAAAA\n'],
    ['more after the signature', 'text\n\n— a.example AAAAAAAA more\n'],
    ['no newline at its end', 'text\n\n— a.example AAAAAAAA'],
    ['a blank line at its end', `text\n\n${line}\n`],
    ['carriage returns', 'text\r\n\r\n— a.example AAAAAAAA\r\n'],
    ['a control character', `te\u{7}xt\n\n${line}`],
    ['a hundred and one signatures', `text\n\n${line.repeat(101)}`],
    ['nothing', ''],
  ])('parseNote rejects a note with %s', (_, note) => {
    expect(() => parseNote(bytes(note))).toThrow(InvalidNote);
  });
  test('a note that is not UTF-8, too long or without a final newline is rejected', () => {
    expect(() => parseNote(Buffer.concat([Buffer.of(0xff), bytes(`text\n\n${line}`)]))).toThrow(InvalidNote);
    expect(() => parseNote(bytes(`${'a'.repeat(1_000_000)}\n\n${line}`))).toThrow(InvalidNote);
    expect(() => formatNote({ text: 'no newline', signatures: [] })).toThrow(InvalidNote);
  });
});

describe('verifier keys', () => {
  test('verifier keys of a log and of a witness are read and written', () => {
    const raw = (name: 'log' | 'witness') => Buffer.from(vectors[name].publicKeyHex, 'hex');
    expect(vkeyOf(vectors.log.name, raw('log'))).toBe(vectors.log.vkey);
    expect(vkeyOf(vectors.witness.name, raw('witness'), COSIGNATURE)).toBe(vectors.witness.vkey);
    expect(`${vectors.log.vkey}\n`).toBe(text(vector('log.vkey')));
    expect(parseVkey(vectors.log.vkey)).toMatchObject({
      name: vectors.log.name,
      keyId: vectors.log.keyIdHex,
      type: ED25519,
    });
  });
  const [name = '', id = '', key = ''] = vectors.log.vkey.split(/\+(.{8})\+/);
  test.each([
    ['another key ID', `${name}+687c0262+${key}`],
    ['a key ID in capitals', `${name}+${id.toUpperCase()}+${key}`],
    ['another name', `${name}x+${id}+${key}`],
    ['no name', `+${id}+${key}`],
    ['a name with a space', `a b+${id}+${key}`],
    ['an unknown type', vkeyOf(name, seedSigner('a').publicKey, 2 as 1)],
    ['a key that is too short', vkeyOf(name, new Uint8Array(31))],
    ['a key that is not canonical base64', `${vectors.log.vkey}=`],
    ['nothing of it', 'a'],
  ])('parseVkey rejects a key with %s', (_, vkey) => {
    expect(() => parseVkey(vkey)).toThrow(InvalidNote);
  });
  test.each([
    ['archive.example/a', true],
    ['Ünïcode', true],
    ['', false],
    ['a b', false],
    ['a+b', false],
    ['a\u{2003}b', false],
    ['a\nb', false],
  ])('the validity of the key name %j is %s', (given, is) => {
    expect(isKeyName(given)).toBe(is);
  });
});

describe('offline proofs', () => {
  const [index, size] = [300, 1_000];
  const entries = entriesIn('size-1000', size);
  const [entry = new Uint8Array()] = entries.slice(index);
  const checkpoint = vector('size-1000', 'checkpoint.cosigned');
  const made = async (extra?: Uint8Array): Promise<Uint8Array> =>
    formatTlogProof({
      index,
      hashes: await proveInclusion(tilesIn('size-1000'), index, size),
      checkpoint,
      ...(extra ? { extra } : {}),
    });

  test('a proof has the layout of its specification', async () => {
    const lines = text(await made()).split('\n');
    expect(lines.slice(0, 2)).toEqual(['c2sp.org/tlog-proof@v1', 'index 300']);
    expect(lines.slice(2, 12).every((line) => /^[A-Za-z0-9+/]{43}=$/.test(line))).toBe(true);
    expect(lines.slice(12).join('\n')).toBe(`\n${text(checkpoint)}`);
    expect(text(await made(bytes('more'))).split('\n')[1]).toBe('extra bW9yZQ==');
  });
  test('a proof with extra data and a cosignature is verified offline', async () => {
    const proof = await made(bytes('more'));
    expect(verifyTlogProof(proof, entry, cosigned)).toMatchObject({
      index,
      size,
      signatures: [{ type: ED25519 }, { type: COSIGNATURE }],
    });
    expect(text(parseTlogProof(proof).extra ?? new Uint8Array())).toBe('more');
  });
  test('the proof of the only entry has no hashes', () => {
    const proof = formatTlogProof({ index: 0, hashes: [], checkpoint: vector('size-1', 'checkpoint') });
    const [only = new Uint8Array()] = entriesIn('size-1', 1);
    expect(verifyTlogProof(proof, only, ofLog)).toMatchObject({ index: 0, size: 1 });
    expect(hex(leafHash(only))).toBe(hex(openCheckpoint(vector('size-1', 'checkpoint'), ofLog).root));
  });
  test('a proof of another entry or with any flipped bit is rejected', async () => {
    const proof = await made();
    expect(() => verifyTlogProof(proof, entries[index + 1] ?? entry, ofLog)).toThrow(InvalidProof);
    const before = proof.length - checkpoint.length;
    for (const other of flipped(proof.subarray(0, before)))
      expect(() => verifyTlogProof(Buffer.concat([other, checkpoint]), entry, ofLog), text(other)).toThrow(
        /./,
      );
  });
  test.each([
    ['another first line', (given: string) => given.replace('@v1', '@v2')],
    ['no index', (given: string) => given.replace(/index 300\n/, '')],
    ['an index with a leading zero', (given: string) => given.replace('index 300', 'index 0300')],
    ['an index beyond the tree', (given: string) => given.replace('index 300', 'index 1300')],
    ['a hash less', (given: string) => given.replace(/(index 300\n).*\n/, '$1')],
    ['a short hash', (given: string) => given.replace(/(index 300\n).*\n/, '$1AAAA\n')],
    ['a hash that is not base64', (given: string) => given.replace(/(index 300\n).*\n/, '$1%%%%\n')],
    ['extra data that is not base64', (given: string) => given.replace('index', 'extra %\nindex')],
    [
      'extra data in the wrong place',
      (given: string) => given.replace('index 300\n', 'index 300\nextra AAAA\n'),
    ],
    ['no blank line', (given: string) => given.replaceAll('\n\n', '\n')],
    [
      'another checkpoint',
      (given: string) => `${given.split('\n\n')[0]}\n\n${text(vector('size-257', 'checkpoint'))}`,
    ],
    ['no checkpoint', (given: string) => `${given.split('\n\n')[0]}\n\n`],
  ])('verifyTlogProof rejects a proof with %s', async (_, change) => {
    const given = text(await made());
    const changed = change(given);
    expect(changed).not.toBe(given);
    expect(() => verifyTlogProof(bytes(changed), entry, cosigned)).toThrow(/./);
  });
});
