// Above the composer: how much waits, the way to each of it, and the queue as a whole.
import { grouped, td } from "../../i18n/doing.ts";
import { jumpBy, queue, queueOpen, waitingHere } from "../../state/proposals.ts";
import { Icon } from "../icon.tsx";
import { jumpKey } from "../keys.ts";

export function QueueBar() {
  const all = queue.value.length;
  const here = waitingHere.value.length;
  if (all === 0) return null;
  const words = here === 0 ? td(all === 1 ? "queue.onlyElsewhereOne" : "queue.onlyElsewhere", { n: grouped(all) }) : here === 1 ? td("queue.one") : td("queue.many", { n: grouped(here) });
  return (
    <div class="queue-bar" role="region" aria-label={td("queue.title")} data-test="queue-bar">
      <span class="dot waiting" aria-hidden="true" />
      <span class="words" data-test="queue-words">
        {words}
        {here > 0 && all > here ? <span class="soft"> · {td(all - here === 1 ? "queue.elsewhereOne" : "queue.elsewhere", { n: grouped(all - here) })}</span> : null}
      </span>
      {here === 0 ? null : (
        <>
          <button type="button" class="icon-button" aria-label={td("queue.previous")} title={td("queue.previous")} data-test="queue-previous" onClick={() => jumpBy(-1)}>
            <Icon name="left" />
          </button>
          <button type="button" class="icon-button" aria-label={td("queue.next")} title={`${td("queue.next")} (${jumpKey})`} data-test="queue-next" onClick={() => jumpBy(1)}>
            <Icon name="right" />
          </button>
        </>
      )}
      <button type="button" class="button small" data-test="queue-open" onClick={() => (queueOpen.value = true)}>
        {td("queue.open")}
      </button>
    </div>
  );
}
