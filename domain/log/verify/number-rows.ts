// A growing list of rows of 32-bit numbers in one typed array. All rows have the same length.

export interface Rows {
  /** Appends a row and returns its index. Missing numbers are 0. */
  readonly add: (row: ArrayLike<number>) => number;
  readonly get: (index: number, column: number) => number;
  readonly set: (index: number, column: number, value: number) => void;
  readonly size: () => number;
}

export function rows(width: number): Rows {
  let [numbers, size] = [new Uint32Array(width * 1_024), 0];
  return {
    add: (row) => {
      if (numbers.length === size * width) {
        const larger = new Uint32Array(2 * numbers.length);
        larger.set(numbers);
        numbers = larger;
      }
      numbers.set(row, size * width);
      return size++;
    },
    get: (index, column) => numbers[index * width + column] ?? 0,
    set: (index, column, value) => {
      numbers[index * width + column] = value;
    },
    size: () => size,
  };
}
