// What is attached, as thumbnails: how far each is on its way, what went wrong, a way to send it again or take it off.
import { t } from "../../i18n/text.ts";
import { attached, refused, removeAttachment, retryAttachment, type Attachment } from "../../state/attachments.ts";
import { current } from "../../state/route.ts";
import { Icon } from "../icon.tsx";
import { fileSize } from "../../state/plain.ts";

export function AttachedStrip() {
  const list = attached.value;
  return (
    <>
      {list.length === 0 ? null : (
        <ul class="attached" aria-label={t("attach.list")}>
          {list.map((one) => (
            <Chip key={one.id} one={one} />
          ))}
        </ul>
      )}
      <Refused />
    </>
  );
}

function Chip(props: { one: Attachment }) {
  const { one } = props;
  const id = current.value;
  return (
    <li class={`attachment ${one.kind} ${one.state}`} data-test="attachment" data-state={one.state} title={one.name}>
      <Thumb one={one} />
      {one.kind === "image" && one.state !== "failed" ? null : (
        <span class="words">
          <span class="name">{one.name}</span>
          <span class="detail">{detail(one)}</span>
        </span>
      )}
      <Progress one={one} />
      <span class="tools">
        {one.state === "failed" ? (
          <button type="button" class="icon-button" aria-label={t("attach.retry", { name: one.name })} title={t("attach.retry", { name: one.name })} data-test="attachment-retry" onClick={() => retryAttachment(id, one.id)}>
            <Icon name="again" />
          </button>
        ) : null}
        <button type="button" class="icon-button" aria-label={t("attach.remove", { name: one.name })} title={t("attach.remove", { name: one.name })} data-test="attachment-remove" onClick={() => removeAttachment(id, one.id)}>
          <Icon name="close" />
        </button>
      </span>
    </li>
  );
}

function Thumb(props: { one: Attachment }) {
  const { one } = props;
  if (one.kind === "image" && one.preview !== null) return <img class="thumb" src={one.preview} alt={one.name} />;
  return (
    <span class="thumb">
      <Icon name={one.kind === "video" ? "film" : "file"} />
    </span>
  );
}

function detail(one: Attachment): string {
  if (one.state === "failed") return t("attach.failed", { why: one.why });
  if (one.state === "preparing") return t("attach.preparing");
  return fileSize(one.bytes);
}

function Progress(props: { one: Attachment }) {
  const { one } = props;
  if (one.state !== "sending" && one.state !== "preparing") return null;
  const share = one.bytes === 0 ? 0 : Math.round((one.received / one.bytes) * 100);
  return (
    <span class="progress" role="progressbar" aria-valuemin={0} aria-valuemax={100} aria-valuenow={share} aria-label={t("attach.progress", { name: one.name, share })}>
      <i style={{ width: `${Math.max(4, share)}%` }} />
    </span>
  );
}

/** So many names stand before a reason; of more, only the number. */
const NAMES = 3;

/** One line a reason: two hundred files at once have few. */
function reasons(): { why: string; names: string }[] {
  const by = new Map<string, string[]>();
  for (const { name, why } of refused.value) by.set(why, [...(by.get(why) ?? []), name || t("attach.notAdded")]);
  return [...by].map(([why, names]) => {
    const shown = names.slice(0, NAMES).join(", ");
    return { why, names: names.length > NAMES ? t("attach.andMore", { names: shown, count: names.length - NAMES }) : shown };
  });
}

function Refused() {
  if (refused.value.length === 0) return null;
  return (
    <div class="attach-refused" role="alert" data-test="attach-refused">
      <ul>
        {reasons().map(({ why, names }) => (
          <li key={why}>
            <b>{names}</b> {why}
          </li>
        ))}
      </ul>
      <button type="button" class="icon-button" aria-label={t("dismiss")} title={t("dismiss")} onClick={() => (refused.value = [])}>
        <Icon name="close" />
      </button>
    </div>
  );
}
