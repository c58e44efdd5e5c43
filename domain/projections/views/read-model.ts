// What a read model is: a name, a version, and its rows as a function of the state of one stream.
import type { Row } from '../rows/row.ts';
import type { StreamState } from '../state/stream-state.ts';

export interface ReadModel {
  readonly name: string;
  /** Raised whenever `rowsOf` returns other rows than before. */
  readonly version: number;
  /** What the names of its partitions begin with, up to a slash; without its sums. No other read model has these. */
  readonly lists?: readonly string[];
  /** The groups of its sums, likewise. */
  readonly sums?: readonly string[];
  /** Pure. No key occurs twice; the rows of other streams have other keys, except for sums and entries. */
  rowsOf(state: StreamState): readonly Row[];
}
