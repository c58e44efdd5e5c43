// Maps normalized units to indexes of the original text. Stores one entry for each change of the offset between the two, so
// memory stays small.

export class Runs {
  /** Pairs of the first unit of a run and its UTF-16 index in the text. Grows on demand. */
  private entries = new Uint32Array(256);
  private used = 0;
  /** Offset of the last run: index in the text minus index of the unit. */
  private shift = 0;

  /** Maps `unit` to `index`. Adds an entry only if the offset changes. */
  add(unit: number, index: number): void {
    if (index - unit === this.shift) return;
    if (this.used === this.entries.length) {
      const larger = new Uint32Array(2 * this.used);
      larger.set(this.entries);
      this.entries = larger;
    }
    this.entries[this.used] = unit;
    this.entries[this.used + 1] = index;
    this.used += 2;
    this.shift = index - unit;
  }

  /** Removes the runs that begin after a unit. */
  cutAfter(unit: number): void {
    const index = this.indexOf(unit);
    while (this.used > 0 && (this.entries[this.used - 2] ?? 0) > unit) this.used -= 2;
    this.shift = index - unit;
  }

  /** Returns the index of a unit in the text. */
  indexOf(unit: number): number {
    const { entries } = this;
    let high = this.used >> 1;
    // During normalization, nearly all lookups are in the last run.
    let low = high > 0 && (entries[2 * high - 2] ?? 0) <= unit ? high : 0;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((entries[2 * middle] ?? 0) <= unit) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? unit : (entries[2 * low - 1] ?? 0) + unit - (entries[2 * low - 2] ?? 0);
  }
}
