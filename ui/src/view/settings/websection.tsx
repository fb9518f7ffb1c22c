// How the agent would look things up: which search, with which key, how long; and reading pages.
import { ts } from "../../i18n/settings.ts";
import { change, settings } from "../../state/settings.ts";
import { draft } from "../../state/settings-draft.ts";
import type { Web, Search } from "../../wire/settings.ts";
import { SettingsForm, type FieldSpec } from "./form.tsx";
import { Card, Fact, Head, Note } from "./kit.tsx";
import { Missing } from "./missing.tsx";

/** The provider chosen here decides what it needs: a key, an address, or nothing. */
function fields(search: Search, web: Web | undefined, chosen: string): FieldSpec[] {
  const credential = search.providers.find((one) => one.name === chosen)?.credential ?? "none";
  const need: FieldSpec[] =
    credential === "api_key"
      ? [{ kind: "secret", name: "api_key", label: "field.key", now: "", hidden: chosen === search.provider ? search.api_key_hint : null, hint: chosen === search.provider && search.api_key_hint ? ts("keyKept") : undefined }]
      : credential === "base_url"
        ? [{ kind: "text", name: "base_url", label: "field.address", now: search.base_url ?? "", keyboard: "url", example: "https://search.example.org" }]
        : [];
  const reader: FieldSpec[] = web === undefined ? [] : [{ kind: "switch", name: "use_jina_reader", label: "web.reader", hint: ts("web.readerHint"), now: String(web.fetch.use_jina_reader) }];
  return [
    { kind: "choice", name: "provider", label: "web.provider", now: search.provider, options: search.providers.map((one) => ({ value: one.name, label: one.label })) },
    ...need,
    { kind: "number", name: "max_results", label: "web.results", hint: ts("range", { low: 1, high: 10 }), now: String(search.max_results) },
    { kind: "number", name: "timeout", label: "web.timeout", hint: ts("range", { low: 1, high: 120 }), now: String(search.timeout), unit: "unit.seconds" },
    ...reader,
  ];
}

export function WebSection() {
  const search = settings.value?.web_search;
  const web = settings.value?.web;
  const form = draft("web");
  if (search === undefined) return <Missing title="web.title" />;
  const chosen = form.value("provider", search.provider);
  const save = (payload: object) => change("settings.web_search.update", { provider: chosen, ...payload });
  return (
    <>
      <Head title="web.title" lead="web.lead" />
      <Note test="not-yet">{ts("web.notYet")}</Note>
      <Card title="web.search">
        <SettingsForm draft={form} fields={fields(search, web, chosen)} save={save} test="web-form" />
      </Card>
      {web === undefined ? null : (
        <Card title="web.pages" lead={ts("web.pagesLead")}>
          <Fact label="web.enabled">{ts(web.enable ? "on" : "off")}</Fact>
          <Fact label="web.proxy">{web.proxy || <span class="faint">{ts("nothing")}</span>}</Fact>
          <Fact label="web.agent">{web.user_agent || <span class="faint">{ts("web.agentDefault")}</span>}</Fact>
        </Card>
      )}
    </>
  );
}
