// Converts the body of an item: JSON as a string, or compressed bytes if that saves a write unit.
import { TooLarge } from '../../domain/ports.ts';
import type { Item } from './commit-item.ts';
import { compressed, decompressed } from './compression.ts';
import { writeUnits } from './item-size.ts';

const MAX_BODY_BYTES = 350 * 1_024;

/**
 * Returns the item with a value as its body. Errors contain `name`.
 * @throws TypeError if the value is not JSON
 * @throws TooLarge if its JSON exceeds 350 KB
 */
export function withBody(item: Item, value: unknown, name: string): Item {
  const json = JSON.stringify(value) as string | undefined;
  if (json === undefined) throw new TypeError(`the body of item ${name} is not JSON: give a JSON value`);
  const bytes = Buffer.byteLength(json);
  if (bytes > MAX_BODY_BYTES) throw new TooLarge(`item ${name}`, bytes, MAX_BODY_BYTES);
  const plain: Item = { ...item, body: { S: json } };
  const units = writeUnits(plain);
  if (units === 1) return plain;
  const smaller: Item = { ...item, body: { B: compressed(Buffer.from(json)) } };
  return writeUnits(smaller) < units ? smaller : plain;
}

/** Returns the JSON text of an item's body, or undefined if the item has no body. */
export const bodyText = ({ body }: Item): string | undefined =>
  body?.B === undefined ? body?.S : Buffer.from(decompressed(body.B)).toString();
