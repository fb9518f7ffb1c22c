// A proposal's place in the conversation: the card while it waits, one quiet line afterwards that opens to what it was.
import { td, type DoingKey } from "../../i18n/doing.ts";
import { marked } from "../../state/marks.ts";
import { keyOf } from "../../state/proposals.ts";
import type { Message } from "../../wire/types.ts";
import type { Proposal, ProposalResolved } from "../../wire/types.gen.ts";
import { Icon, type IconName } from "../icon.tsx";
import { Card } from "./card.tsx";
import { Shown } from "../row/shown.tsx";
import { useUnfold } from "../row/unfold.ts";
import { headOf, Reason } from "./reason.tsx";
import { What } from "./what.tsx";

export function ProposalRow(props: { message: Message }) {
  const { proposal, resolution } = props.message;
  if (proposal === undefined) return null;
  return resolution === undefined || resolution.state === "open" ? <Card one={proposal} place="chat" /> : <Done one={proposal} resolution={resolution} />;
}

/** What became of it, in a word. */
export function wordOf(one: Proposal, resolution: ProposalResolved): DoingKey {
  if (resolution.state === "accepted" && one.kind === "question") return "done.answered";
  if (resolution.state === "accepted" && resolution.command !== undefined) return "done.acceptedCommand";
  if (resolution.state === "accepted") return resolution.rule === undefined ? "done.accepted" : "done.acceptedRule";
  return resolution.state === "rejected" ? "done.rejected" : resolution.state === "changed" ? "done.changed" : "done.cancelled";
}

const MARKS: Record<ProposalResolved["state"], IconName> = { open: "hourglass", accepted: "check", rejected: "close", cancelled: "close", changed: "again" };

/** What it was about, in one line; of a command that was changed what it became. */
const about = (one: Proposal, changed?: string) => (changed ?? one.command?.shown)?.replace(/\s+/g, " ") ?? one.question?.text ?? one.address ?? headOf(one);

function Done(props: { one: Proposal; resolution: ProposalResolved }) {
  const { one, resolution } = props;
  const { open, onToggle } = useUnfold(keyOf(one));
  const answered = one.kind === "question" && resolution.state === "accepted";
  return (
    <details class={`act resolved ${resolution.state}`} open={open.value} data-test="resolved" onToggle={onToggle}>
      <summary>
        <span class="outcome">
          <Icon name={MARKS[resolution.state]} />
        </span>
        <span class="verdict">{td(wordOf(one, resolution))}</span>
        <span class="line">
          <Shown text={marked(about(one, resolution.command))} />
        </span>
        {resolution.reason === undefined ? null : (
          <span class="reason" dir="auto">
            {answered ? resolution.reason : td("done.reason", { reason: resolution.reason })}
          </span>
        )}
        <Icon name="chevron" />
      </summary>
      {open.value ? (
        <div class="act-body">
          <p class="small soft">{headOf(one)}</p>
          {resolution.command === undefined ? null : (
            <>
              <p class="small soft">{td("done.command")}</p>
              <pre class="shown" dir="ltr" tabIndex={0} data-test="changed-command">
                <Shown text={marked(resolution.command)} />
              </pre>
              <p class="small soft">{td("done.proposed")}</p>
            </>
          )}
          <What one={one} />
          <Reason one={one} />
          {resolution.rule === undefined ? null : <p class="small soft">{td("done.rule", { rule: resolution.rule })}</p>}
        </div>
      ) : null}
    </details>
  );
}
