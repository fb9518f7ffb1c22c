// The page's icons, drawn as lines in the text's colour. Each stands beside or inside something that has a name.

const PATHS = {
  plus: "M8 3v10M3 8h10",
  menu: "M2.5 4.5h11M2.5 8h11M2.5 11.5h11",
  chevron: "M6 3.5 10.5 8 6 12.5",
  down: "M3.5 6 8 10.5 12.5 6",
  up: "M3.5 10 8 5.5 12.5 10",
  send: "M8 13V3.5M3.5 7.5 8 3l4.5 4.5",
  stop: "M4.5 4.5h7v7h-7z",
  gear: "M8 5.8a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.4zM8 1.8v1.9M8 12.3v1.9M1.8 8h1.9M12.3 8h1.9M3.6 3.6l1.4 1.4M11 11l1.4 1.4M12.4 3.6 11 5M5 11l-1.4 1.4",
  copy: "M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z",
  check: "M3 8.5 6.5 12 13 4.5",
  close: "M4 4l8 8M12 4l-8 8",
  clip: "M13 7.2 7.8 12.4a3 3 0 0 1-4.3-4.3l5.6-5.5a2 2 0 0 1 2.8 2.8l-5.3 5.3a1 1 0 0 1-1.4-1.4l4.6-4.6",
  mic: "M8 2.2a2 2 0 0 1 2 2v3.4a2 2 0 0 1-4 0V4.2a2 2 0 0 1 2-2zM3.8 7.4a4.2 4.2 0 0 0 8.4 0M8 11.6v2.2",
  file: "M4 2h5l3.2 3.2V14H4zM9 2v3.4h3.2",
  film: "M2.5 3.5h11v9h-11zM6.6 6v4l3.2-2z",
  again: "M13 8a5 5 0 1 1-1.5-3.6L13 5.9M13 2.6v3.3H9.7",
  search: "M7 2.8a4.2 4.2 0 1 1 0 8.4 4.2 4.2 0 0 1 0-8.4zM10.2 10.2l3.3 3.3",
  pin: "M6 2.5h4l-.6 4.2 2.1 2.3h-7l2.1-2.3zM8 9v4.5",
  archive: "M2.5 3h11v3h-11zM3.5 6v7h9V6M6.5 8.6h3",
  trash: "M3 4.5h10M6.2 4.5V2.8h3.6v1.7M4.2 4.5l.6 8.7h6.4l.6-8.7",
  folder: "M2 4h4.2l1.4 1.6H14v7H2z",
  more: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  quote: "M3 4.5h10M5.5 8h7.5M5.5 11.5h5M3 8v3.5",
  fork: "M4.5 3v7M4.5 10a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6zM11.5 6.2a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.4zM11.5 6.2c0 3-3 3.2-5.4 4.4",
  edit: "M3 13l.6-2.8 7-7a1.4 1.4 0 0 1 2 2l-7 7zM9.6 4.2l2 2",
  hourglass: "M4.5 2.5h7M4.5 13.5h7M5.3 2.5c0 3.6 5.4 4 5.4 7.4v3.6M10.7 2.5c0 3.6-5.4 4-5.4 7.4v3.6",
  out: "M8 2.5v7.2M5 5.4l3-3 3 3M3 10.5v3h10v-3",
  into: "M8 9.7V2.5M5 6.7l3 3 3-3M3 10.5v3h10v-3",
  left: "M10 3.5 5.5 8l4.5 4.5",
  right: "M6 3.5 10.5 8 6 12.5",
  globe: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM2 8h12M8 2c4.2 3.6 4.2 8.4 0 12C3.8 10.4 3.8 5.6 8 2z",
  tool: "M9.6 5.2a3 3 0 0 1 3.8-2.7l-1.9 1.9.9 1.5 1.7-.3A3 3 0 0 1 10 8.5l-5 5a1.3 1.3 0 0 1-2-2l5-5a3 3 0 0 1 1.6-1.3z",
  changes: "M8 2.5v7M4.5 6h7M4.5 13h7",
  redo: "M12.8 6.3H6.5a3.6 3.6 0 0 0 0 7.2H10M10 3.5l2.8 2.8L10 9.1",
  wrap: "M2.5 3.5h11M2.5 8h8.2a2.2 2.2 0 0 1 0 4.4H8M9.8 10.6 8 12.4l1.8 1.8M2.5 12.4h2.5",
  undo: "M3.2 6.3h6.3a3.6 3.6 0 0 1 0 7.2H6M6 3.5 3.2 6.3 6 9.1",
  shield: "M8 2l5 1.8v4c0 3-2 5.2-5 6.4-3-1.2-5-3.4-5-6.4v-4z",
  eye: "M1.8 8S4 3.8 8 3.8 14.2 8 14.2 8 12 12.2 8 12.2 1.8 8 1.8 8zM8 6.2a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6z",
  terminal: "M3 4.5 6.5 8 3 11.5M8.5 12h5",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon(props: { name: IconName }) {
  return (
    <svg viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
      <path d={PATHS[props.name]} />
    </svg>
  );
}
