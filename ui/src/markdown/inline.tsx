// Inline Markdown tokens to nodes: text, emphasis, code, links that open outside, images that ask first.
import type { ComponentChildren } from "preact";
import { t } from "../i18n/text.ts";
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

/** Pictures inside the text or from this gateway show; a remote one is a link, because fetching it would tell its server. */
function Picture(props: { src: string; alt: string }) {
  const local = /^data:image\/(png|jpeg|gif|webp|avif);/.test(props.src) || /^blob:/.test(props.src) || /^\/api\/media\//.test(props.src);
  if (local) return <img src={props.src} alt={props.alt} loading="lazy" />;
  const safe = outsideLink(props.src);
  if (safe === null) return <span class="dead-link">{props.alt}</span>;
  return (
    <span class="remote-picture">
      <Link href={safe.href}>{t("picture.remote", { host: safe.host })}</Link>
      {props.alt ? <span>{props.alt}</span> : null}
    </span>
  );
}
