// What may lie over the page and is not needed for its first paint, together in one chunk.
export { ImportDialog } from "./importdialog.tsx";
export { Lightbox } from "./lightbox.tsx";
export { Palette } from "./palette.tsx";
export { ScopeMenu } from "./scopemenu.tsx";
