// What an item weighs as AWS counts it: names in UTF-8 and values. Limits and write units go by this.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** The most that one item may weigh. */
export const MAX_ITEM_BYTES = 409_600;

export const itemBytes = (item: Record<string, AttributeValue>): number =>
  Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value), 0);

/** Write units of so many bytes: one for each KB that they start. */
export const unitsFor = (bytes: number): number => Math.ceil(bytes / 1_024);

export const writeUnits = (item: Record<string, AttributeValue>): number => unitsFor(itemBytes(item));

function valueBytes(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return numberBytes(value.N);
  if (value.B !== undefined) return value.B.length;
  if (value.L !== undefined) return value.L.reduce((sum, each) => sum + 1 + valueBytes(each), 3);
  throw new TypeError(`no item of the archive has a value of type ${Object.keys(value).join()}`);
}

/** A byte for two significant digits, one for the exponent, and one for a minus. */
function numberBytes(number: string): number {
  const digits = number.replace(/[-.]/g, '').replace(/^0+|0+$/g, '').length;
  return Math.ceil(digits / 2) + 1 + (number.startsWith('-') ? 1 : 0);
}
