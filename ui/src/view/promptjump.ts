// Takes a conversation to one of the person's own prompts: reads older pages where it must, scrolls there, marks the row, says which it is.
import { useEffect, useMemo, useRef } from "preact/hooks";
import { t } from "../i18n/text.ts";
import { announced } from "../state/app.ts";
import type { OpenChat } from "../state/chats.ts";
import { later } from "../state/clock.ts";
import { readOlder } from "../state/conversation.ts";
import { finding } from "../state/find.ts";
import { promptFrom, promptsBefore } from "../state/plain.ts";
import { promptAsked } from "../state/prompts.ts";
import type { Message } from "../wire/types.ts";
import type { ScrollWindow } from "./scroll.ts";

/** How long the row says that it is the one. */
const MARK_MS = 1_600;
/** Frames in which the row is drawn and the rows around it find their heights. */
const FRAMES = 12;
/** How far below the upper edge the row stands; the search bar covers more. */
const LEAD = 24;
const LEAD_UNDER_BAR = 100;
/** Enough to know a prompt by. */
const WORDS = 200;

/** Answers what is asked while this conversation is in front. */
export function usePromptJump(chat: OpenChat, view: ScrollWindow): void {
  const jump = useMemo(() => new PromptJump(chat, view), [chat, view]);
  const asked = promptAsked.value;
  const before = useRef(asked);
  useEffect(() => {
    if (asked !== null && asked !== before.current && chat.phase.peek() === "ready") void jump.go(asked.step);
  }, [asked]);
}

class PromptJump {
  /** The prompt that was gone to; the next step goes from there while it is in sight. */
  private last: string | null = null;
  private busy = false;
  private unmark = () => {};

  constructor(
    private readonly chat: OpenChat,
    private readonly view: ScrollWindow,
  ) {}

  async go(step: 1 | -1): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    const row = await this.find(step);
    this.busy = false;
    if (row !== null) this.show(row);
    else if (step > 0) this.view.toEnd();
    if (row === null) announced.value = t(step > 0 ? "jump.end" : this.chat.older.peek() === "error" ? "thread.olderError" : "jump.first");
  }

  private from(): string | null {
    if (this.last !== null && this.view.isInSight(this.last)) return this.last;
    return this.view.atEnd.peek() ? null : this.view.leading(LEAD + 1);
  }

  /** Null: there is none in the whole chat, or what is older could not be read. */
  private async find(step: 1 | -1): Promise<Message | null> {
    const from = this.from();
    for (;;) {
      const row = promptFrom(this.chat.state.messages, from, step);
      const before = this.chat.before.peek();
      if (row !== null || step > 0 || before === null) return row;
      await readOlder(this.chat);
      if (this.chat.before.peek() === before) return null;
    }
  }

  private show(row: Message): void {
    this.last = row.id;
    const n = promptsBefore(this.chat, row.id) + 1;
    announced.value = t("jump.at", { n, text: row.content.slice(0, WORDS) });
    const below = finding.peek() === null ? LEAD : LEAD_UNDER_BAR;
    let left = FRAMES;
    this.unmark();
    const near = () => {
      if (this.last !== row.id || left === 0) return;
      left -= 1;
      this.view.lead(row.id, below);
      this.mark(row.id);
      requestAnimationFrame(near);
    };
    near();
  }

  /** As soon as it is drawn; one row at a time. */
  private mark(id: string): void {
    const row = this.view.drawn(id);
    if (row === null || row.hasAttribute("data-jumped")) return;
    row.setAttribute("data-jumped", "");
    const off = later(MARK_MS, () => this.unmark());
    this.unmark = () => {
      off();
      row.removeAttribute("data-jumped");
    };
  }
}
