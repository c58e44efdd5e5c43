// Computes the size of an item as AWS does, from names and values. Limits and write units depend on it.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** The maximum size of an item. */
export const MAX_ITEM_BYTES = 409_600;

export const itemBytes = (item: Record<string, AttributeValue>): number =>
  Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value), 0);

/** Returns the write units for a number of bytes: one for each started KB. */
export const unitsFor = (bytes: number): number => Math.ceil(bytes / 1_024);

export const writeUnits = (item: Record<string, AttributeValue>): number => unitsFor(itemBytes(item));

function valueBytes(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return numberBytes(value.N);
  if (value.B !== undefined) return value.B.length;
  if (value.L !== undefined) return value.L.reduce((sum, each) => sum + 1 + valueBytes(each), 3);
  throw new TypeError(`items of the archive cannot have a value of type ${Object.keys(value).join()}`);
}

/** Returns the size of a number: a byte for two significant digits, one for the exponent, and one for a minus sign. */
function numberBytes(number: string): number {
  const digits = number.replace(/[-.]/g, '').replace(/^0+|0+$/g, '').length;
  return Math.ceil(digits / 2) + 1 + (number.startsWith('-') ? 1 : 0);
}
