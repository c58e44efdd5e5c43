// What a read model is: a name, a version, and its rows as a function of the state of one stream.
import type { Row } from './row.ts';
import type { StreamState } from './stream.ts';

export interface ReadModel {
  readonly name: string;
  /** Raised whenever `rowsOf` returns other rows than before. */
  readonly version: number;
  /** Pure. No key occurs twice; the rows of other streams have other keys, except for marks and sums. */
  rowsOf(state: StreamState): readonly Row[];
}
