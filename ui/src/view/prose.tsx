// Markdown as soon as its part of the page is here; the bare text until then.
import { markdown } from "./parts.ts";

export function Prose(props: { text: string; streaming: boolean }) {
  const part = markdown.here.value;
  if (part !== null) return <part.Markdown text={props.text} streaming={props.streaming} />;
  markdown.load();
  return (
    <div class="md bare" dir="auto">
      {props.text}
    </div>
  );
}
