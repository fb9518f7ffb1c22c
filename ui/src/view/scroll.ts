// Drives a windowed list in one scrolling element: which rows to draw, holding still while heights become known, keeping to the end.
import { signal } from "@preact/signals";
import { Heights } from "./heights.ts";

/** Drawn beyond the visible part on each side, in pixels. */
const BEYOND = 900;
const AT_END = 8;

export class ScrollWindow {
  readonly heights: Heights;
  readonly range = signal({ from: 0, to: 0, above: 0, below: 0 });
  readonly atEnd = signal(true);
  /** Rows came in below while the person was elsewhere. */
  readonly fresh = signal(false);
  private element: HTMLElement | null = null;
  private content: HTMLElement | null = null;
  private ids: readonly string[] = [];
  private readonly rows = new Map<string, HTMLElement>();
  private anchor: { id: string; top: number; part: HTMLElement | null; partTop: number } | null = null;
  private lastTop = 0;
  private readonly sizes: ResizeObserver;

  constructor(
    guess: (id: string) => number,
    private readonly nearTop: () => void,
  ) {
    this.heights = new Heights(guess);
    this.sizes = new ResizeObserver((entries) => this.resized(entries));
  }

  mount(element: HTMLElement | null, content: HTMLElement | null): void {
    this.element = element;
    this.content = content;
    this.sizes.disconnect();
    if (element === null || content === null) return;
    this.sizes.observe(element);
    this.sizes.observe(content);
    for (const row of this.rows.values()) this.sizes.observe(row);
    this.update();
  }

  row(id: string, element: HTMLElement | null): void {
    const known = this.rows.get(id);
    if (known === element) return;
    if (known) this.sizes.unobserve(known);
    if (element === null) this.rows.delete(id);
    else {
      this.rows.set(id, element);
      this.sizes.observe(element);
    }
  }

  setIds(ids: readonly string[]): void {
    if (ids === this.ids) return;
    const grewBelow = this.ids.length > 0 && ids.at(-1) !== this.ids.at(-1);
    this.ids = ids;
    this.heights.setIds(ids);
    if (grewBelow && !this.atEnd.peek()) this.fresh.value = true;
    this.update();
  }

  /** After each draw: put the anchor back where it was, or stay at the end. */
  settle(): void {
    const element = this.element;
    if (element === null) return;
    // Scrolled since, and its event is still to come: the person's place counts, not the one remembered.
    if (Math.abs(element.scrollTop - this.lastTop) > 1) this.notice(element);
    if (this.atEnd.peek()) element.scrollTop = element.scrollHeight;
    else if (this.anchor !== null) {
      const moved = this.moved(element, this.anchor);
      if (Math.abs(moved) >= 1) element.scrollTop += moved;
    }
    this.lastTop = element.scrollTop;
    if (this.anchor === null) this.rememberAnchor();
    this.askForOlder();
  }

  scrolled = (): void => {
    const element = this.element;
    if (element === null) return;
    this.notice(element);
    this.update();
    this.rememberAnchor();
    this.askForOlder();
  };

  /** Takes over where the person scrolled to. */
  private notice(element: HTMLElement): void {
    const top = element.scrollTop;
    const gap = element.scrollHeight - top - element.clientHeight;
    if (gap <= AT_END) this.reachEnd();
    else if (top < this.lastTop - 1) this.atEnd.value = false;
    this.lastTop = top;
    this.anchor = null;
  }

  toEnd = (): void => {
    this.reachEnd();
    this.update();
    this.settle();
  };

  /** Brings a row into sight, its beginning a little below the upper edge; the rest follows when it is drawn. */
  show(id: string): void {
    const element = this.element;
    const at = this.ids.indexOf(id);
    if (element === null || at < 0) return;
    this.atEnd.value = false;
    this.anchor = null;
    element.scrollTop = Math.max(0, this.heights.top(at) - 40);
    this.scrolled();
  }

  /** The row as it is drawn; null while it is out of sight and not there. */
  drawn(id: string): HTMLElement | null {
    return this.rows.get(id) ?? null;
  }

  /** The first row that is in sight. */
  inSight(): string {
    return this.element === null ? "" : (this.firstInSight(this.element)?.id ?? "");
  }

  isInSight(id: string): boolean {
    const element = this.element;
    const row = this.rows.get(id);
    return element !== null && row !== undefined && row.offsetTop + row.offsetHeight > element.scrollTop && row.offsetTop < element.scrollTop + element.clientHeight;
  }

  /** The row that stands so far below the upper edge. */
  leading(below: number): string {
    const element = this.element;
    return element === null ? "" : (this.firstInSight(element, below)?.id ?? "");
  }

  /** Puts a row so far below the upper edge, as far as there is something below it; to be called again until it is drawn and still. */
  lead(id: string, below: number): void {
    const element = this.element;
    const row = this.rows.get(id);
    if (element === null || row === undefined) return this.show(id);
    const way = row.offsetTop - element.scrollTop - below;
    if (Math.abs(way) < 2) return;
    this.letGo();
    element.scrollTop += way;
    this.scrolled();
  }

  /** Brings something drawn into sight, unless it is; true when it was. `cover` is how much of the upper edge lies under something. */
  bring(box: { readonly top: number; readonly bottom: number }, cover: number): boolean {
    const element = this.element;
    if (element === null) return true;
    this.letGo();
    const frame = element.getBoundingClientRect();
    if (box.top >= frame.top + cover && Math.min(box.bottom, box.top + frame.height / 2) <= frame.bottom - 16) return true;
    const was = element.scrollTop;
    element.scrollTop += box.top - frame.top - Math.max(cover, frame.height * 0.3);
    const there = Math.abs(element.scrollTop - was) < 1;
    this.scrolled();
    return there;
  }

  /** The person turns the wheel up or presses a key: the text must not pull them back down. */
  letGo = (): void => {
    const element = this.element;
    if (element !== null && element.scrollHeight > element.clientHeight + AT_END) this.atEnd.value = false;
    this.rememberAnchor();
  };

  private reachEnd(): void {
    this.atEnd.value = true;
    this.fresh.value = false;
  }

  private rememberAnchor(): void {
    const element = this.element;
    this.anchor = null;
    if (element === null || this.atEnd.peek()) return;
    const first = this.firstInSight(element);
    if (first === null) return;
    const part = firstPart(first.row, element);
    this.anchor = { id: first.id, top: first.row.offsetTop - element.scrollTop, part, partTop: part === null ? 0 : topIn(part, element) };
  }

  /** `below`: so far below the upper edge. */
  private firstInSight(element: HTMLElement, below = 0): { id: string; row: HTMLElement } | null {
    const { from, to } = this.range.peek();
    for (let at = from; at < to; at += 1) {
      const id = this.ids[at];
      const row = id === undefined ? undefined : this.rows.get(id);
      if (id !== undefined && row !== undefined && row.offsetTop + row.offsetHeight > element.scrollTop + below) return { id, row };
    }
    return null;
  }

  /** How far the anchor has moved from where it should stand. */
  private moved(element: HTMLElement, anchor: NonNullable<typeof this.anchor>): number {
    if (anchor.part?.isConnected) return topIn(anchor.part, element) - anchor.partTop;
    const row = this.rows.get(anchor.id);
    return row === undefined ? 0 : row.offsetTop - element.scrollTop - anchor.top;
  }

  private resized(entries: readonly ResizeObserverEntry[]): void {
    let changed = false;
    for (const entry of entries) {
      const target = entry.target as HTMLElement;
      const id = target.dataset.id;
      if (id !== undefined && this.rows.get(id) === target && this.heights.measure(id, target.offsetHeight)) changed = true;
      if (target === this.element || target === this.content) changed = true;
    }
    if (!changed) return;
    this.settle();
    this.update();
  }

  private update(): void {
    const element = this.element;
    const height = element?.clientHeight || 800;
    const total = this.heights.total();
    const top = this.topToShow(total, height);
    const from = this.heights.at(Math.max(0, top - BEYOND));
    const to = this.ids.length === 0 ? 0 : this.heights.at(top + height + BEYOND) + 1;
    const next = { from, to, above: this.heights.top(from), below: total - this.heights.top(to) };
    const known = this.range.peek();
    if (known.from !== next.from || known.to !== next.to || known.above !== next.above || known.below !== next.below) this.range.value = next;
  }

  /** Where the visible part begins: at the end, where the anchor now stands, or where the person scrolled to. */
  private topToShow(total: number, height: number): number {
    if (this.element === null || this.atEnd.peek()) return Math.max(0, total - height);
    const at = this.anchor === null ? -1 : this.ids.indexOf(this.anchor.id);
    if (at < 0 || this.anchor === null) return this.element.scrollTop;
    return Math.max(0, this.heights.top(at) - this.anchor.top);
  }

  private askForOlder(): void {
    const element = this.element;
    if (element !== null && element.scrollTop < 3 * element.clientHeight) this.nearTop();
  }
}

const topIn = (part: HTMLElement, scroller: HTMLElement) => part.getBoundingClientRect().top - scroller.getBoundingClientRect().top;

/** In a very long answer, the stretch that is in sight: those above it may still change their height. */
function firstPart(row: HTMLElement, scroller: HTMLElement): HTMLElement | null {
  for (const part of row.querySelectorAll<HTMLElement>(".md-chunk")) if (topIn(part, scroller) + part.offsetHeight > 0) return part;
  return null;
}
