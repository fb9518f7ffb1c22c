// How the page looks: theme, density, times, language. Each holds at once and stays in this browser or window.
import { ts, type SettingsKey } from "../../i18n/settings.ts";
import { chooseLanguage, language, t, type Language } from "../../i18n/text.ts";
import { chooseDensity, chooseTimes, density, times, type Density, type Times } from "../../state/settings-look.ts";
import { chooseTheme, theme, type Theme } from "../../state/theme.ts";
import { Card, Head } from "./kit.tsx";

const LANGUAGES: { value: Language; label: string; lang: string }[] = [
  { value: "en", label: "English", lang: "en" },
  { value: "de", label: "Deutsch", lang: "de" },
];

export function Appearance() {
  const themes = (["system", "light", "dark"] as const).map((value) => ({ value, label: t(`appearance.${value}`) }));
  const densities = (["comfortable", "compact"] as const).map((value) => ({ value, label: ts(`look.${value}`) }));
  const showing = (["hover", "always"] as const).map((value) => ({ value, label: ts(`look.times.${value}`) }));
  return (
    <>
      <Head title="appearance.title" lead="look.lead" />
      <Card>
        <Choice<Theme> name="theme" label="look.theme" options={themes} chosen={theme.value} choose={chooseTheme} />
        <Choice<Density> name="density" label="look.density" hint="look.densityHint" options={densities} chosen={density.value} choose={chooseDensity} />
        <Choice<Times> name="times" label="look.times" hint="look.timesHint" options={showing} chosen={times.value} choose={chooseTimes} />
        <Choice<Language> name="language" label="look.language" options={LANGUAGES} chosen={language.value} choose={chooseLanguage} />
      </Card>
    </>
  );
}

type ChoiceProps<T extends string> = { name: string; label: SettingsKey; hint?: SettingsKey; options: readonly { value: T; label: string; lang?: string }[]; chosen: T; choose: (value: T) => void };

function Choice<T extends string>(props: ChoiceProps<T>) {
  return (
    <fieldset class="set-row choice-row">
      <legend class="visually-hidden">{ts(props.label)}</legend>
      <div class="set-label" aria-hidden="true">
        <span>{ts(props.label)}</span>
        {props.hint === undefined ? null : <small>{ts(props.hint)}</small>}
      </div>
      <div class="set-control choices">
        {props.options.map((one) => (
          <label key={one.value} lang={one.lang}>
            <input type="radio" name={props.name} checked={props.chosen === one.value} onChange={() => props.choose(one.value)} data-test={`${props.name}-${one.value}`} />
            {one.label}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
