// The list of sections with a field that finds what is in them; arrows go through it, Enter opens the first that was found.
import { useSignal } from "@preact/signals";
import { inEnglish, ts, type SettingsKey } from "../../i18n/settings.ts";
import { settingsOpen } from "../../state/settings.ts";
import { unsaved } from "../../state/settings-draft.ts";
import { SECTIONS, sectionNamed, settingsAddress, type Section } from "../../state/settings-place.ts";
import { search, type Entry, type Found } from "../../state/settings-search.ts";
import { afterPaint } from "../../wire/outside.ts";
import { waitingSections } from "../../state/settings-restart.ts";

/** What can be found in each section, by the words that stand there. */
const WORDS: Record<Section, SettingsKey[]> = {
  overview: ["overview.version", "overview.model", "overview.storage", "overview.keys", "usage.title", "usage.streak"],
  appearance: ["look.theme", "look.density", "look.times", "look.language"],
  models: ["order.title", "models.presets", "models.add", "models.window", "models.most", "models.temperature", "models.effort", "models.browse", "field.model"],
  providers: ["field.key", "field.address", "providers.own", "providers.headers", "providers.body", "providers.query", "providers.speech", "providers.proxy"],
  web: ["web.search", "web.provider", "web.results", "web.timeout", "web.reader", "web.proxy", "web.agent"],
  image: ["image.enabled", "image.shape", "image.size", "image.most", "image.folder"],
  voice: ["voice.enabled", "voice.language", "voice.longest", "voice.largest"],
  system: ["system.timezone", "system.hint", "system.workspace", "system.data", "system.config", "restart.title", "system.logs", "report.label"],
  approvals: ["approvals.preset", "rules.title", "rules.add", "approvals.held", "preset.ask", "preset.edit_freely", "preset.full"],
  security: ["security.mode", "security.sandbox", "security.local", "security.door", "overview.keys"],
  storage: ["storage.chats", "system.data", "storage.export", "storage.import"],
};

const entries = (): Entry[] => SECTIONS.map((section) => ({ section, name: ts(`section.${section}`), words: WORDS[section].map((key) => ({ text: ts(key), also: inEnglish(key) })) }));

/** Goes to what was found: into its field, or where it stands. */
function showWord(word: string): void {
  const body = document.getElementById("settings-body");
  const label = [...(body?.querySelectorAll<HTMLElement>(".set-label > :first-child, .set-card h4, summary") ?? [])].find((one) => one.textContent === word);
  const row = label?.closest<HTMLElement>(".set-row, .set-card");
  row?.scrollIntoView({ block: "center" });
  const field = row?.querySelector<HTMLElement>("input, select, textarea, button") ?? document.getElementById("section-title");
  field?.focus({ preventScroll: row !== undefined });
}

export function Nav(props: { section: Section }) {
  const text = useSignal("");
  const found = search(entries(), text.value);
  const waiting = new Set(waitingSections.value.map(sectionNamed));
  const open = (one: Found) => {
    settingsOpen.value = one.section;
    if (one.words[0] !== undefined) afterPaint(() => showWord(one.words[0] ?? ""));
  };
  const arrow = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" || event.key === "ArrowRight" ? 1 : event.key === "ArrowUp" || event.key === "ArrowLeft" ? -1 : 0;
    const links = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>("a")];
    const at = links.indexOf(document.activeElement as HTMLElement);
    if (step === 0 || at < 0) return;
    links[at + step]?.focus();
    event.preventDefault();
  };
  const submit = (event: Event) => {
    event.preventDefault();
    if (found[0] === undefined) return;
    open(found[0]);
    if (found[0].words.length === 0) afterPaint(() => document.getElementById("section-title")?.focus());
  };
  return (
    <nav class="set-nav" aria-label={ts("sections")}>
      <form role="search" onSubmit={submit}>
        <input class="input" type="search" value={text.value} placeholder={ts("search")} aria-label={ts("search")} onInput={(event) => (text.value = event.currentTarget.value)} data-test="settings-search" />
      </form>
      <ul onKeyDown={arrow}>
        {found.map((one) => (
          <li key={one.section}>
            <a href={settingsAddress(one.section)} aria-current={one.section === props.section ? "page" : undefined} onClick={(event) => (event.preventDefault(), open(one))} data-test={`section-${one.section}`}>
              <span>{one.name}</span>
              {unsaved.value.has(one.section) ? <i class="mark-unsaved" role="img" aria-label={ts("unsaved")} title={ts("unsaved")} /> : null}
              {waiting.has(one.section) ? <i class="mark-restart" role="img" aria-label={ts("restart.needed")} title={ts("restart.needed")} /> : null}
              {one.words.length > 0 ? <small>{one.words.join(" · ")}</small> : null}
            </a>
          </li>
        ))}
      </ul>
      {found.length === 0 ? <p class="faint small">{ts("searchNothing", { text: text.value })}</p> : null}
    </nav>
  );
}
