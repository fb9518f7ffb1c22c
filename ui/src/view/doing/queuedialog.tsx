// Everything that waits, in every chat, to be looked at and answered one by one or together.
import { useRef } from "preact/hooks";
import { grouped, td } from "../../i18n/doing.ts";
import { answerAll, answering } from "../../state/answers.ts";
import { keyOf, queue, queueOpen, type Proposal } from "../../state/proposals.ts";
import { Icon } from "../icon.tsx";
import { isJump, jumpKey } from "../keys.ts";
import { Modal } from "../overlay/modal.tsx";
import { Arm } from "./answers.tsx";
import { useArmed } from "./armed.ts";
import { Card } from "./card.tsx";

const close = () => (queueOpen.value = false);

export function QueueDialog() {
  if (!queueOpen.value) return null;
  const list = queue.value;
  return (
    <Modal class="queue-dialog" label={td("queue.title")} test="queue" focus="whole" close={close} onKeyDown={(event) => isJump(event) && step(event.currentTarget as Element, 1)}>
      <Body list={list} />
    </Modal>
  );
}

/** To the next card or the one before, from the one the focus is in. */
function step(within: Element | null, by: 1 | -1): void {
  const cards = [...(within?.querySelectorAll<HTMLElement>("[data-proposal]") ?? [])];
  const at = cards.findIndex((card) => card.contains(document.activeElement));
  const next = cards[at < 0 ? (by > 0 ? 0 : cards.length - 1) : (at + by + cards.length) % cards.length];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

function Body(props: { list: readonly Proposal[] }) {
  const { list } = props;
  const body = useRef<HTMLDivElement>(null);
  return (
    <>
      <div class="dialog-head">
        <h2>{list.length === 0 ? td("queue.title") : list.length === 1 ? td("queue.one") : td("queue.many", { n: grouped(list.length) })}</h2>
        <span class="spring" />
        <button type="button" class="icon-button" aria-label={td("queue.previous")} title={td("queue.previous")} data-test="queue-previous" disabled={list.length < 2} onClick={() => step(body.current, -1)}>
          <Icon name="left" />
        </button>
        <button type="button" class="icon-button" aria-label={td("queue.next")} title={`${td("queue.next")} (${jumpKey})`} data-test="queue-next" disabled={list.length < 2} onClick={() => step(body.current, 1)}>
          <Icon name="right" />
        </button>
        <button type="button" class="icon-button" aria-label={td("queue.close")} title={td("queue.close")} data-test="queue-close" onClick={close}>
          <Icon name="close" />
        </button>
      </div>
      <div class="dialog-body" ref={body}>
        {list.length === 0 ? <p class="soft">{td("queue.empty")}</p> : list.map((one) => <Card key={`${keyOf(one)} ${one.digest}`} one={one} place="queue" />)}
      </div>
      <Together list={list.filter((one) => one.kind !== "question")} />
    </>
  );
}

/** The same answer to all that are listed above. */
function Together(props: { list: readonly Proposal[] }) {
  const { list } = props;
  const armed = useArmed(list.map((one) => `${keyOf(one)} ${one.digest}`).join());
  if (list.length < 2) return null;
  const busy = list.some((one) => answering.value.has(keyOf(one)));
  const n = grouped(list.length);
  return (
    <div class="dialog-foot" onPointerDownCapture={armed.onPointerDownCapture} onFocusIn={armed.onFocusIn} onKeyDownCapture={armed.onKeyDownCapture}>
      <span class="small soft">{td("queue.note", { n })}</span>
      <Arm armed={armed} busy={busy} class="danger" test="reject-all" run={() => void answerAll(list, { answer: "reject" })}>
        {td("queue.rejectAll", { n })}
      </Arm>
      <Arm armed={armed} busy={busy} class="primary" test="approve-all" run={() => void answerAll(list, { answer: "accept" })}>
        {td("queue.approveAll", { n })}
      </Arm>
    </div>
  );
}
