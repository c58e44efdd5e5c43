// Where each folded unit comes from. Folding keeps most units side by side, so only where it changed a length is there
// an entry, and the memory stays small.

export class Runs {
  /** Pairs: the unit that begins a run, and the UTF-16 index of the text that it comes from. Growing, as most are few. */
  private entries = new Uint32Array(256);
  private used = 0;
  /** Index in the text less index among the units, in the last run. */
  private shift = 0;

  /** `unit` comes from `index`; adds nothing where the last run goes on. */
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

  /** Forgets the runs that begin after a unit. */
  cutAfter(unit: number): void {
    const index = this.indexOf(unit);
    while (this.used > 0 && (this.entries[this.used - 2] ?? 0) > unit) this.used -= 2;
    this.shift = index - unit;
  }

  indexOf(unit: number): number {
    const { entries } = this;
    let high = this.used >> 1;
    // While folding, the place sought is nearly always in the last run.
    let low = high > 0 && (entries[2 * high - 2] ?? 0) <= unit ? high : 0;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((entries[2 * middle] ?? 0) <= unit) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? unit : (entries[2 * low - 1] ?? 0) + unit - (entries[2 * low - 2] ?? 0);
  }
}
