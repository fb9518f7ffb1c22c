// Inline Markdown tokens to nodes: text, emphasis, code, links that open outside, images that ask first.
import type { ComponentChildren } from "preact";
import { t } from "../i18n/text.ts";
import { lightbox } from "../state/lightbox.ts";
import { openOutside, outsideLink } from "../wire/outside.ts";
import type { Token } from "./blocks.ts";

const PAIRS: Record<string, "strong" | "em" | "s"> = { strong_open: "strong", em_open: "em", s_open: "s" };

/** Draws tokens up to the close of the pair that was opened; `at` moves on. */
export function inline(tokens: readonly Token[], cursor = { at: 0 }): ComponentChildren[] {
  const out: ComponentChildren[] = [];
  while (cursor.at < tokens.length) {
    const token = tokens[cursor.at];
    cursor.at += 1;
    if (token === undefined || token.nesting < 0) break;
    out.push(one(token, tokens, cursor));
  }
  return out;
}

function one(token: Token, tokens: readonly Token[], cursor: { at: number }): ComponentChildren {
  const Pair = PAIRS[token.type];
  if (Pair !== undefined) return <Pair>{inline(tokens, cursor)}</Pair>;
  switch (token.type) {
    case "link_open":
      return <Link href={String(token.attrGet("href") ?? "")}>{inline(tokens, cursor)}</Link>;
    case "image":
      return <Picture src={String(token.attrGet("src") ?? "")} alt={token.content} />;
    case "code_inline":
      return <code>{token.content}</code>;
    case "softbreak":
      return "\n";
    case "hardbreak":
      return <br />;
    default:
      return token.nesting > 0 ? inline(tokens, cursor) : token.content;
  }
}

function Link(props: { href: string; children: ComponentChildren }) {
  const safe = outsideLink(props.href);
  if (safe === null) return <span class="dead-link">{props.children}</span>;
  const follow = (event: MouseEvent) => {
    if (openOutside(safe.href)) event.preventDefault();
  };
  return (
    <a href={safe.href} title={safe.host} target="_blank" rel="noopener noreferrer" onClick={follow}>
      {props.children}
    </a>
  );
}

const FROM_HERE = /^\/api\/media\//;

/** A signed address ends with the file's path, packed: its ending tells a video. */
function isVideo(src: string): boolean {
  if (!FROM_HERE.test(src)) return false;
  try {
    return /\.(mp4|m4v|webm|mov)$/i.test(window.atob((src.split("/").at(-1) ?? "").replace(/-/g, "+").replace(/_/g, "/")));
  } catch {
    return false;
  }
}

/** Pictures inside the text or from this gateway show; a remote one is a link, because fetching it would tell its server. */
function Picture(props: { src: string; alt: string }) {
  const { src, alt } = props;
  if (isVideo(src)) return <video src={src} controls preload="metadata" aria-label={alt} />;
  const local = /^data:image\/(png|jpeg|gif|webp|avif);/.test(src) || /^blob:/.test(src) || FROM_HERE.test(src);
  if (local)
    return (
      <button type="button" class="picture" aria-label={t("media.open", { name: alt })} data-test="md-picture" onClick={() => (lightbox.value = { items: [{ kind: "image", url: src, name: alt }], at: 0 })}>
        <img src={src} alt={alt} loading="lazy" />
      </button>
    );
  const safe = outsideLink(src);
  if (safe === null) return <span class="dead-link">{alt}</span>;
  return (
    <span class="remote-picture">
      <Link href={safe.href}>{t("picture.remote", { host: safe.host })}</Link>
      {alt ? <span>{alt}</span> : null}
    </span>
  );
}
