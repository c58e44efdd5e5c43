// A commit as one item: its events packed, compressed where that saves a write unit, and the receipt beside them.
// What is decompressed are the very bytes that are hashed into the log.
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { TooLarge, type Commit, type Receipt } from '../../domain/ports.ts';
import { packEvents, unpackEvents } from '../packing.ts';
import { compressed, decompressed } from './compression.ts';
import { itemBytes, MAX_ITEM_BYTES, writeUnits } from './item-size.ts';

export type Item = Record<string, AttributeValue>;

const BROTLI = 'br';

/** Throws TooLarge where DynamoDB would refuse it. */
export async function itemOf({ stream, revision, events, receipt }: Commit): Promise<Item> {
  const packed = packEvents(events);
  const plain: Item = {
    stream: { S: stream },
    revision: { N: String(revision) },
    ...(receipt && receiptAttributes(receipt)),
    events: { B: packed },
  };
  const item = writeUnits(plain) === 1 ? plain : await smaller(plain, packed);
  const bytes = itemBytes(item);
  if (bytes > MAX_ITEM_BYTES) throw new TooLarge(`commit ${revision} of ${stream}`, bytes, MAX_ITEM_BYTES);
  return item;
}

async function smaller(plain: Item, packed: Uint8Array): Promise<Item> {
  const item: Item = { ...plain, encoding: { S: BROTLI }, events: { B: await compressed(packed) } };
  return writeUnits(item) < writeUnits(plain) ? item : plain;
}

/** Throws where it is none that `itemOf` made. */
export function commitOf(item: Item): Commit {
  const { stream, revision, events, encoding } = item;
  if (stream?.S === undefined || revision?.N === undefined || events?.B === undefined)
    throw new TypeError(`${stream?.S} ${revision?.N} is not a commit: an attribute is missing`);
  if (encoding !== undefined && encoding.S !== BROTLI)
    throw new TypeError(`${stream.S} ${revision.N} has the unknown encoding ${encoding.S}`);
  const packed = encoding ? decompressed(events.B) : events.B;
  const commit = { stream: stream.S, revision: Number(revision.N), events: unpackEvents(packed) };
  const receipt = receiptOf(item);
  return receipt ? { ...commit, receipt } : commit;
}

/** A digest in hex is kept as its bytes, which are half as many. */
function receiptAttributes({ command, similar }: Receipt): Item {
  return {
    command: /^(?:[0-9a-f]{2})+$/.test(command) ? { B: Buffer.from(command, 'hex') } : { S: command },
    ...(similar && { similar: { L: similar.map((id) => ({ S: id })) } }),
  };
}

function receiptOf({ command, similar }: Item): Receipt | undefined {
  if (command === undefined) return undefined;
  const digest = command.B === undefined ? (command.S ?? '') : Buffer.from(command.B).toString('hex');
  if (similar?.L === undefined) return { command: digest };
  return { command: digest, similar: similar.L.map(({ S = '' }) => S) };
}
