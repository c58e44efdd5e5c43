// Calculates the minimum size of a hundred events in separate items. It exceeds six read units, so no store can read
// such a stream with six.
import { brotliCompressSync, constants } from 'node:zlib';
import { itemBytes } from '../../adapters/dynamodb/item-size.ts';
import { LONG_STREAM } from '../workload.ts';
import { number } from '../markdown.ts';
import { receipt, statementsOf, streamName } from './segments.ts';

/** Bytes per read unit of a strongly consistent read. */
const UNIT = 4_096;
/** Incompressible bytes: the random part of an event's id, and the digest in the id of its article. */
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
  return `The keys and receipts of a hundred events in separate items take ${keys} KB. Their words, each compressed with Brotli 11, take ${said} KB. Their ids, which cannot be compressed, take ${ids} KB. These are ${number(units)} read units, without dates, speakers and match ranges. Six read units hold 24 KB.`;
}

const packed = (text: string): number =>
  brotliCompressSync(text, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
    },
  }).length;
