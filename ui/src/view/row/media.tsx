// The pictures, videos and files of a message: a grid that opens large, a player, tiles that can be saved.
import { t } from "../../i18n/text.ts";
import { saveMedia } from "../../state/exchange.ts";
import { lightbox } from "../../state/lightbox.ts";
import type { MediaItem, Message } from "../../wire/types.ts";
import { Icon } from "../icon.tsx";
import { mediaOf } from "./told.ts";

const ours = (item: MediaItem): item is MediaItem & { url: string } => typeof item.url === "string" && (item.url.startsWith("/api/media/") || item.url.startsWith("blob:"));

export function MediaOf(props: { message: Message }) {
  const all = mediaOf(props.message);
  return all.length === 0 ? null : <MediaList items={all} />;
}

export function MediaList(props: { items: readonly MediaItem[] }) {
  const place = (item: MediaItem) => props.items.indexOf(item);
  const pictures = props.items.filter((item) => item.kind === "image" && ours(item));
  const videos = props.items.filter((item) => item.kind === "video" && ours(item));
  const files = props.items.filter((item) => !pictures.includes(item) && !videos.includes(item));
  return (
    <div class="media">
      {pictures.length === 0 ? null : (
        <div class={`pictures n${Math.min(4, pictures.length)}`}>
          {pictures.map((item, at) => (
            <button key={at} type="button" data-media={place(item)} aria-label={t("media.open", { name: item.name ?? "" })} data-test="picture" onClick={() => (lightbox.value = { items: pictures, at })}>
              <img src={item.url ?? ""} alt={item.name ?? ""} loading="lazy" />
            </button>
          ))}
        </div>
      )}
      {videos.map((item, at) => (
        <video key={at} data-media={place(item)} src={item.url ?? ""} controls preload="metadata" aria-label={item.name ?? t("media.video")} data-test="video" />
      ))}
      {files.map((item, at) => (
        <FileTile key={at} item={item} place={place(item)} />
      ))}
    </div>
  );
}

function FileTile(props: { item: MediaItem; place: number }) {
  const { item } = props;
  const name = item.name || t("media.file");
  const save = () => void saveMedia(item.url ?? "", name);
  return (
    <button type="button" class="file-tile" data-media={props.place} disabled={!ours(item)} title={t("media.save", { name })} data-test="file-tile" onClick={save}>
      <Icon name={item.kind === "video" ? "film" : "file"} />
      <span>{name}</span>
    </button>
  );
}
