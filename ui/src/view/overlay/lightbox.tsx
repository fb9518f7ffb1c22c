// A message's pictures, large, one after the other.
import { t } from "../../i18n/text.ts";
import { saveMedia } from "../../state/exchange.ts";
import { lightbox, showNext } from "../../state/lightbox.ts";
import { Icon } from "../icon.tsx";
import { Modal } from "./modal.tsx";

export function Lightbox() {
  const now = lightbox.value;
  const item = now?.items[now.at];
  if (now === null || item === undefined) return null;
  const name = item.name || t("media.file");
  const close = () => (lightbox.value = null);
  const many = now.items.length > 1;
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "ArrowLeft") showNext(-1);
    else if (event.key === "ArrowRight") showNext(1);
    else return;
    event.preventDefault();
  };
  return (
    <Modal class="lightbox" label={name} test="lightbox" focus="whole" close={close} onKeyDown={onKey}>
      <div class="lightbox-head">
        <span class="name">{name}</span>
        {many ? <span class="soft">{t("media.place", { n: now.at + 1, count: now.items.length })}</span> : null}
        <span class="spring" />
        <button type="button" class="icon-button" aria-label={t("media.save", { name })} title={t("media.save", { name })} onClick={() => void saveMedia(item.url ?? "", name)}>
          <Icon name="into" />
        </button>
        <button type="button" class="icon-button" aria-label={t("media.close")} title={t("media.close")} onClick={close}>
          <Icon name="close" />
        </button>
      </div>
      <div class="lightbox-body" onClick={(event) => event.target === event.currentTarget && close()}>
        {many ? <Step by={-1} /> : null}
        <img src={item.url ?? ""} alt={name} />
        {many ? <Step by={1} /> : null}
      </div>
    </Modal>
  );
}

function Step(props: { by: 1 | -1 }) {
  const label = t(props.by < 0 ? "media.previous" : "media.next");
  return (
    <button type="button" class={`icon-button step ${props.by < 0 ? "back" : "on"}`} aria-label={label} title={label} onClick={() => showNext(props.by)}>
      <Icon name={props.by < 0 ? "left" : "right"} />
    </button>
  );
}
