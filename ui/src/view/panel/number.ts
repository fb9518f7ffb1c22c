// Numbers as the chosen language writes them.
import { language } from "../../i18n/text.ts";

export const number = (n: number): string => new Intl.NumberFormat(language.value).format(n);
