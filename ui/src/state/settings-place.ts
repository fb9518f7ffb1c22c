// Which section of the settings an address names: `#/settings?section=NAME`. Plain data, no page.

export const SECTIONS = ["overview", "appearance", "models", "providers", "web", "image", "voice", "system", "approvals", "security", "storage"] as const;
export type Section = (typeof SECTIONS)[number];

/** Names that older addresses, other clients and the gateway's own sections use. */
const ALSO: Record<string, Section> = {
  about: "overview", general: "overview", runtime: "system", browser: "web", web_search: "web", images: "image", image_generation: "image", transcription: "voice", advanced: "security", rules: "approvals", permissions: "approvals", data: "storage",
};

/** The section a fragment asks for; null when it does not ask for the settings. */
export function sectionOf(hash: string): Section | null {
  const [path = "", query = ""] = hash.split("?", 2);
  if (path !== "#/settings") return null;
  return sectionNamed(new URLSearchParams(query).get("section") ?? "");
}

/** A section by its own name or another's for it; the first one for anything else. */
export function sectionNamed(name: string): Section {
  return SECTIONS.find((one) => one === name) ?? (Object.hasOwn(ALSO, name) ? ALSO[name] : undefined) ?? "overview";
}

export const settingsAddress = (section: Section): string => `#/settings?section=${section}`;
