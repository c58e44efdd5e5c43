// What no store can leave out of the items of a stream, beside what six read units hold: why a stream of a hundred items
// is not read for six.
import { brotliCompressSync, constants } from 'node:zlib';
import { itemBytes } from '../../adapters/dynamodb/item-size.ts';
import { LONG_STREAM } from '../workload.ts';
import { number } from '../markdown.ts';
import { receipt, statementsOf, streamName } from './segments.ts';

/** What a read unit holds, read strongly consistent. */
const UNIT = 4_096;
/** The random part of an event's id, and the digest that is the id of its article. */
const IDS = 16 + 32;

export function leastOfHundred(): string {
  const key = itemBytes({
    stream: { S: streamName('b1') },
    revision: { N: '50' },
    command: { B: Buffer.from(receipt.command, 'hex') },
    zlib: { B: new Uint8Array() },
  });
  const words = statementsOf(1, LONG_STREAM).reduce((sum, { content = '' }) => sum + packed(content), 0);
  const parts = [LONG_STREAM * key, words, LONG_STREAM * IDS];
  const units = parts.reduce((sum, part) => sum + part, 0) / UNIT;
  const [keys, said, ids] = parts.map((part) => number(part / 1_024));
  return `Of a hundred events in items of their own, keys and receipts have ${keys} KB, the words alone, each packed with Brotli 11, ${said} KB, and ids that nothing makes smaller ${ids} KB: ${number(units)} read units before there is a date, a speaker or a place in the source. Six hold 24 KB.`;
}

const packed = (text: string): number =>
  brotliCompressSync(text, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
    },
  }).length;
