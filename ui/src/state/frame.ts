// Gathers what arrives and hands it on once a frame, so that a burst of tokens costs one draw. Goes on while the page is hidden.

export class FrameQueue<T> {
  private waiting: T[] = [];
  private asked = false;

  constructor(private readonly take: (batch: T[]) => void) {}

  push(item: T): void {
    this.waiting.push(item);
    if (this.asked) return;
    this.asked = true;
    if (document.hidden) window.setTimeout(this.flush, 50);
    else {
      const frame = requestAnimationFrame(() => {
        window.clearTimeout(late);
        this.flush();
      });
      // A window that is covered gets no frames, and must still keep up.
      const late = window.setTimeout(() => {
        cancelAnimationFrame(frame);
        this.flush();
      }, 250);
    }
  }

  private flush = (): void => {
    this.asked = false;
    const batch = this.waiting;
    this.waiting = [];
    if (batch.length > 0) this.take(batch);
  };
}
