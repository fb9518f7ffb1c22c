// Marks the hits among the drawn rows, and brings the one the person is at into sight: unfolds what it is in, scrolls to it.
import { effect } from "@preact/signals";
import type { ScrollWindow } from "../view/scroll.ts";
import { inPart, type Hit, type RowHits } from "./match.ts";
import { elementOf, foldOf, rangesIn } from "./ranges.ts";
import type { Search } from "./search.ts";

/** A row, or something in it, whose hits cannot be marked themselves. */
const MARKED = "data-found";
/** Frames a hit may take to be drawn, unfolded and measured, before the row alone has to do. */
const PATIENCE = 60;
/** What the bar covers at the upper edge. */
const COVER = 92;
/** So many frames it must stand still, while the rows around it find their heights. */
const STILL = 3;

const canMark = typeof Highlight !== "undefined" && CSS.highlights !== undefined;

export class Marks {
  private readonly changes = new MutationObserver(() => {
    this.marked = [];
    this.soon();
  });
  private readonly unfollow: () => void;
  private frame = 0;
  private bringing: { readonly hit: Hit; left: number; still: number } | null = null;
  private asked = 0;
  /** What is marked now; the page is marked anew only when this changes, or what is drawn does. */
  private marked: readonly unknown[] = [];
  private here: Range | null = null;

  constructor(
    private readonly search: Search,
    private readonly view: ScrollWindow,
    private readonly column: HTMLElement,
  ) {
    this.changes.observe(column, { subtree: true, childList: true, characterData: true });
    this.unfollow = effect(() => {
      const hit = search.at.value;
      void search.rows.value;
      void search.pattern.value;
      if (search.asked.value !== this.asked && hit !== null) this.bringing = { hit, left: PATIENCE, still: 0 };
      this.asked = search.asked.value;
      this.soon();
    });
  }

  end(): void {
    this.changes.disconnect();
    this.unfollow();
    cancelAnimationFrame(this.frame);
    this.clear();
  }

  private clear(): void {
    if (canMark) for (const name of ["found", "found-here"]) unmark(name);
    for (const row of this.column.querySelectorAll(`[${MARKED}]`)) row.removeAttribute(MARKED);
  }

  private soon(): void {
    if (this.frame === 0) this.frame = requestAnimationFrame(this.draw);
  }

  private draw = (): void => {
    this.frame = 0;
    const pattern = this.search.pattern.peek();
    const at = this.search.at.peek();
    const rows = pattern === null ? [] : this.search.rows.peek().filter((row) => this.view.drawn(row.id) !== null);
    const wanted = [pattern, at, ...rows];
    if (wanted.length !== this.marked.length || wanted.some((one, index) => one !== this.marked[index])) {
      this.clear();
      this.here = pattern === null ? null : this.markAll(rows, pattern, at);
      this.marked = wanted;
    }
    this.bring(this.here);
  };

  /** Marks the drawn rows; the hit the person is at, when it can be marked itself. */
  private markAll(rows: readonly RowHits[], pattern: RegExp, at: Hit | null): Range | null {
    const all: Range[] = [];
    let here: Range | null = null;
    for (const row of rows) {
      const element = this.view.drawn(row.id);
      if (element === null) continue;
      const wanted = row.id === at?.id ? inPart(row, at.index) : null;
      for (const { part } of row.parts) {
        const written = elementOf(element, part);
        const ranges = written === null ? [] : rangesIn(written, pattern);
        if (part === wanted?.part) here = ranges[wanted.nth] ?? null;
        all.push(...ranges);
      }
      if (wanted !== null && (here === null || !canMark)) (attachment(element, wanted.part) ?? element).setAttribute(MARKED, "");
    }
    if (canMark) mark(all, here);
    if (here !== null) showWhole(here);
    return here;
  }

  /** One step on the way to the hit; the next follows in the next frame. */
  private bring(here: Range | null): void {
    const now = this.bringing;
    if (now === null) return;
    now.left -= 1;
    if (now.left > 0) this.soon();
    else this.bringing = null;
    const row = this.search.rows.peek().find((one) => one.id === now.hit.id);
    if (row === undefined) return;
    const element = this.view.drawn(row.id);
    if (element === null) return this.view.show(row.id);
    const there = here === null ? this.unfold(element, row, now) : this.view.bring(within(here, element), COVER);
    now.still = there ? now.still + 1 : 0;
    if (now.still >= STILL) this.bringing = null;
  }

  /** Towards a hit that is not drawn yet. True: the row itself is all that can be shown. */
  private unfold(element: HTMLElement, row: RowHits, now: { readonly hit: Hit; left: number }): boolean {
    const wanted = inPart(row, now.hit.index);
    if (wanted === null) return true;
    const fold = foldOf(element, wanted.part);
    if (fold !== null && this.search.isTyping()) {
      now.left += 1;
      this.view.bring(fold.getBoundingClientRect(), COVER);
      return false;
    }
    if (fold !== null) {
      fold.open = true;
      return false;
    }
    const written = elementOf(element, wanted.part);
    const asleep = written !== null && written.childNodes.length === 0 && attachment(element, wanted.part) === null;
    return this.view.bring((written ?? element).getBoundingClientRect(), COVER) && !asleep && now.left < PATIENCE / 2;
  }
}

/** An attachment: the name of a picture or a film is not written beside it. */
const attachment = (row: Element, part: string): Element | null => (part.startsWith("media ") ? elementOf(row, part) : null);

function mark(all: readonly Range[], here: Range | null): void {
  const one = new Highlight(...(here === null ? [] : [here]));
  one.priority = 1;
  CSS.highlights.set("found", new Highlight(...all));
  CSS.highlights.set("found-here", one);
}

/** WebKit paints anew what leaves a highlight, but not what a highlight leaves that goes as a whole. */
function unmark(name: string): void {
  CSS.highlights.get(name)?.clear();
  CSS.highlights.delete(name);
}

/** A line that is cut short before the hit is shown whole. */
function showWhole(hit: Range): void {
  const line = hit.startContainer.parentElement?.closest(".line") ?? null;
  const [at, frame] = [hit.getBoundingClientRect(), line?.getBoundingClientRect()];
  if (frame !== undefined && (at.left < frame.left || at.right > frame.right)) line?.setAttribute(MARKED, "");
}

/** Where a hit stands, after the boxes it is in that scroll by themselves have shown it. */
function within(range: Range, row: Element): DOMRect {
  for (let box = range.startContainer.parentElement; box !== null && box !== row; box = box.parentElement) {
    if (box.scrollWidth <= box.clientWidth && box.scrollHeight <= box.clientHeight) continue;
    if (!/auto|scroll/.test(getComputedStyle(box).overflow)) continue;
    const [hit, frame] = [range.getBoundingClientRect(), box.getBoundingClientRect()];
    if (hit.left < frame.left || hit.right > frame.right) box.scrollLeft += hit.left - frame.left - frame.width / 3;
    if (hit.top < frame.top || hit.bottom > frame.bottom) box.scrollTop += hit.top - frame.top - frame.height / 3;
  }
  return range.getBoundingClientRect();
}
