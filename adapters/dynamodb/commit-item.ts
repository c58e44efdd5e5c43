// Converts a commit to one item: its events packed (`events`), or compressed if that saves a write unit (`zlib`), and its
// receipt. Decompression restores the exact bytes that are hashed into the log.
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { TooLarge, type Commit, type Receipt } from '../../domain/ports.ts';
import { packEvents, unpackEvents } from '../packing.ts';
import { compressed, decompressed } from './compression.ts';
import { itemBytes, MAX_ITEM_BYTES, unitsFor } from './item-size.ts';

export type Item = Record<string, AttributeValue>;

/** Converts a commit to an item. @throws TooLarge if DynamoDB would refuse the item */
export function itemOf({ stream, revision, events, receipt }: Commit): Item {
  const packed = packEvents(events);
  const bare: Item = {
    stream: { S: stream },
    revision: { N: String(revision) },
    ...(receipt && receiptAttributes(receipt)),
  };
  const plain = sized({ ...bare, events: { B: packed } });
  const { item, bytes } =
    plain.units === 1 ? plain : smaller(plain, sized({ ...bare, zlib: { B: compressed(packed, stream) } }));
  if (bytes > MAX_ITEM_BYTES) throw new TooLarge(`commit ${revision} of ${stream}`, bytes, MAX_ITEM_BYTES);
  return item;
}

interface SizedItem {
  readonly item: Item;
  readonly bytes: number;
  readonly units: number;
}

function sized(item: Item): SizedItem {
  const bytes = itemBytes(item);
  return { item, bytes, units: unitsFor(bytes) };
}

const smaller = (plain: SizedItem, other: SizedItem): SizedItem =>
  other.units < plain.units ? other : plain;

/** Converts an item to a commit. @throws Error if `itemOf` has not made the item */
export function commitOf(item: Item): Commit {
  const [stream, revision] = [item['stream']?.S, item['revision']?.N];
  const packed = stream === undefined ? undefined : packedIn(item, stream);
  if (stream === undefined || revision === undefined || packed === undefined)
    throw new TypeError(
      `the item of revision ${revision} of ${stream} is not a commit: an attribute is missing; restore it from a backup`,
    );
  const commit = { stream, revision: Number(revision), events: unpackEvents(packed) };
  const receipt = receiptOf(item);
  return receipt ? { ...commit, receipt } : commit;
}

const packedIn = ({ events, zlib }: Item, stream: string): Uint8Array | undefined =>
  zlib?.B === undefined ? events?.B : decompressed(zlib.B, stream);

/** Converts a receipt to attributes. A digest in hex is stored as bytes, because they are half as long. */
function receiptAttributes({ command, similar, notes }: Receipt): Item {
  return {
    command: /^(?:[0-9a-f]{2})+$/.test(command) ? { B: Buffer.from(command, 'hex') } : { S: command },
    ...(similar && { similar: listOf(similar) }),
    ...(notes && { notes: listOf(notes) }),
  };
}

function receiptOf({ command, similar, notes }: Item): Receipt | undefined {
  if (command === undefined) return undefined;
  return {
    command: command.B === undefined ? (command.S ?? '') : Buffer.from(command.B).toString('hex'),
    ...(similar?.L && { similar: stringsOf(similar.L) }),
    ...(notes?.L && { notes: stringsOf(notes.L) }),
  };
}

const listOf = (strings: readonly string[]): AttributeValue => ({ L: strings.map((S) => ({ S })) });
const stringsOf = (list: readonly AttributeValue[]): string[] => list.map(({ S = '' }) => S);
