// JSON as fewer bytes: what costs write units is the started KB.
import { promisify } from 'node:util';
import { brotliCompress, brotliDecompressSync, constants } from 'node:zlib';

/** Beyond 5 the time grows tenfold for a twentieth of the bytes. */
const QUALITY = 5;
/** A window of 256 KB: larger ones cost more to set up than a commit takes to compress. */
const WINDOW = 18;
const brotli = promisify(brotliCompress);

/** Brotli (RFC 7932). */
export const compressed = (text: Uint8Array): Promise<Uint8Array> =>
  brotli(text, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: QUALITY,
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_LGWIN]: WINDOW,
      [constants.BROTLI_PARAM_SIZE_HINT]: text.length,
    },
  });

/** Throws where the bytes are no Brotli. */
export const decompressed = (bytes: Uint8Array): Uint8Array => brotliDecompressSync(bytes);
