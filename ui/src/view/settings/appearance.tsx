// Theme and language; both hold at once and stay in this browser or window.
import { chooseLanguage, language, t } from "../../i18n/text.ts";
import { chooseTheme, theme, type Theme } from "../../state/theme.ts";

const THEMES: Theme[] = ["system", "light", "dark"];

export function Appearance() {
  return (
    <div class="form">
      <fieldset class="field choice-set">
        <legend>{t("appearance.theme")}</legend>
        <div class="choices">
          {THEMES.map((name) => (
            <label key={name}>
              <input type="radio" name="theme" checked={theme.value === name} onChange={() => chooseTheme(name)} data-test={`theme-${name}`} />
              {t(`appearance.${name}`)}
            </label>
          ))}
        </div>
      </fieldset>
      <fieldset class="field choice-set">
        <legend>{t("appearance.language")}</legend>
        <div class="choices">
          {(["en", "de"] as const).map((name) => (
            <label key={name} lang={name}>
              <input type="radio" name="language" checked={language.value === name} onChange={() => chooseLanguage(name)} />
              {name === "en" ? "English" : "Deutsch"}
            </label>
          ))}
        </div>
      </fieldset>
    </div>
  );
}
