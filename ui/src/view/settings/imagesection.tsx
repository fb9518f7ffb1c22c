// Making pictures: with which provider and model, in which shape, how many in one turn.
import { ts } from "../../i18n/settings.ts";
import { change, settings, settingsOpen } from "../../state/settings.ts";
import { draft } from "../../state/settings-draft.ts";
import type { Images } from "../../wire/settings.ts";
import { SettingsForm, type FieldSpec } from "./form.tsx";
import { Card, Fact, Head, Note, Path } from "./kit.tsx";
import { Missing } from "./missing.tsx";

const SHAPES = ["1:1", "3:4", "9:16", "4:3", "16:9", "3:2", "2:3", "21:9"];
const SIZES = ["1K", "2K", "4K", "1024x1024", "1536x1024", "1024x1536"];

function fields(image: Images, chosen: string): FieldSpec[] {
  const row = image.providers.find((one) => one.name === chosen);
  return [
    { kind: "switch", name: "enabled", label: "image.enabled", now: String(image.enabled) },
    { kind: "choice", name: "provider", label: "field.provider", now: image.provider, options: image.providers.map((one) => ({ value: one.name, label: one.label })), below: row === undefined || row.configured ? undefined : <NoKey /> },
    { kind: "text", name: "model", label: "field.model", now: image.model, list: row?.models ?? [], example: row?.default_model ?? undefined },
    { kind: "choice", name: "default_aspect_ratio", label: "image.shape", also: ["aspect ratio"], now: image.default_aspect_ratio, options: SHAPES.map((value) => ({ value, label: value })) },
    { kind: "text", name: "default_image_size", label: "image.size", also: ["size"], now: image.default_image_size, list: SIZES },
    { kind: "number", name: "max_images_per_turn", label: "image.most", hint: ts("range", { low: 1, high: 8 }), now: String(image.max_images_per_turn) },
  ];
}

export function NoKey() {
  return (
    <p class="small soft">
      {ts("noKey")}{" "}
      <button type="button" class="link" onClick={() => (settingsOpen.value = "providers")}>
        {ts("noKeyGo")}
      </button>
    </p>
  );
}

export function ImageSection() {
  const image = settings.value?.image_generation;
  const form = draft("image");
  if (image === undefined) return <Missing title="image.title" />;
  const save = (payload: object) => change("settings.image_generation.update", payload);
  return (
    <>
      <Head title="image.title" lead="image.lead" />
      <Note test="not-yet">{ts("image.notYet")}</Note>
      <Card>
        <SettingsForm draft={form} fields={fields(image, form.value("provider", image.provider))} save={save} test="image-form" />
      </Card>
      <Card>
        <Fact label="image.folder">
          <Path text={image.save_dir} />
        </Fact>
      </Card>
    </>
  );
}
