// Where each row of a long list stands: measured heights where known, guesses elsewhere. Plain data, no page.

export class Heights {
  private ids: readonly string[] = [];
  private readonly measured = new Map<string, number>();
  private readonly guessed = new Map<string, number>();
  private tops = new Float64Array(1);
  private stale = 0;

  constructor(private readonly guess: (id: string) => number) {}

  setIds(ids: readonly string[]): void {
    if (ids === this.ids) return;
    const old = this.ids;
    let same = 0;
    while (same < old.length && same < ids.length && old[same] === ids[same]) same += 1;
    this.ids = ids;
    this.stale = Math.min(this.stale, same);
    if (this.tops.length < ids.length + 1) {
      const grown = new Float64Array(Math.max(ids.length + 1, this.tops.length * 2));
      grown.set(this.tops);
      this.tops = grown;
    }
  }

  /** True when this changes the picture. */
  measure(id: string, height: number): boolean {
    const known = this.measured.get(id);
    if (known !== undefined && Math.abs(known - height) < 0.5) return false;
    this.measured.set(id, height);
    // The row that grows is nearly always one of the last, and everything above it stays where it is.
    const at = this.ids.lastIndexOf(id);
    if (at >= 0) this.stale = Math.min(this.stale, at);
    return true;
  }

  height(id: string): number {
    return this.measured.get(id) ?? this.guessOnce(id);
  }

  top(index: number): number {
    this.settle();
    return this.tops[Math.min(index, this.ids.length)] ?? 0;
  }

  total(): number {
    return this.top(this.ids.length);
  }

  /** The first row whose lower edge is below `y`. */
  at(y: number): number {
    this.settle();
    let low = 0;
    let high = Math.max(0, this.ids.length - 1);
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.tops[middle + 1] ?? 0) > y) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  private guessOnce(id: string): number {
    const known = this.guessed.get(id);
    if (known !== undefined) return known;
    const height = this.guess(id);
    this.guessed.set(id, height);
    return height;
  }

  private settle(): void {
    if (this.stale >= this.ids.length) return;
    let top = this.tops[this.stale] ?? 0;
    for (let at = this.stale; at < this.ids.length; at += 1) {
      this.tops[at] = top;
      top += this.height(this.ids[at] as string);
    }
    this.tops[this.ids.length] = top;
    this.stale = this.ids.length;
  }
}
