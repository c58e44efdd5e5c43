// A read model: a name, a fold version, and its rows as a pure function of the state of one stream.
import type { Row } from '../rows/row.ts';
import type { StreamState } from '../state/stream-state.ts';

export interface ReadModel {
  readonly name: string;
  /** Fold version. Raise it whenever `rowsOf` returns other rows than before. */
  readonly version: number;
  /** First parts, up to a slash, of the names of its partitions except sums. No other read model has them. */
  readonly lists?: readonly string[];
  /** Groups of its sums. No other read model has them. */
  readonly sums?: readonly string[];
  /**
   * Returns the rows of a stream. No key occurs twice. Rows of other streams have other keys, except sums and entries.
   */
  rowsOf(state: StreamState): readonly Row[];
}
