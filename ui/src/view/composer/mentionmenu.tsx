// The files and folders that fit the `@` word being written: their name first, then where they lie.
import type { Signal } from "@preact/signals";
import { t } from "../../i18n/text.ts";
import { found, note } from "../../state/mentions.ts";
import { link } from "../../wire/socket.ts";
import type { FoundFile } from "../../wire/types.gen.ts";
import { Icon } from "../icon.tsx";
import { Offers } from "./offers.tsx";

export function MentionMenu(props: { at: Signal<number>; take: (file: FoundFile) => void }) {
  const here = found.value;
  if (here === null) return null;
  const away = here.phase === "loading" && link.value.state !== "open";
  return (
    <Offers
      {...props}
      name="mention"
      label={t("mention.label")}
      rows={here.files}
      keyOf={(file) => file.path}
      draw={(file) => <Named file={file} />}
      note={away ? t("mention.away") : note(here)}
    />
  );
}

function Named(props: { file: FoundFile }) {
  const { path, folder } = props.file;
  const cut = path.lastIndexOf("/");
  return (
    <>
      <span class="icon">
        <Icon name={folder ? "folder" : "file"} />
      </span>
      <span class="name">
        <bdi dir="ltr">
          {path.slice(cut + 1)}
          {folder ? "/" : ""}
        </bdi>
      </span>
      <span class="detail" title={path}>
        <bdi dir="ltr">{cut < 0 ? "" : path.slice(0, cut)}</bdi>
      </span>
      {folder ? <span class="visually-hidden">{t("mention.folder")}</span> : null}
    </>
  );
}
