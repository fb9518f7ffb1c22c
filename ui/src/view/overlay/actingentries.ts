// What the palette offers about acting: the panel of changes, taking back the last turn, looking or acting, and the page of approvals.
import { ta } from "../../i18n/acting.ts";
import { actingHere } from "../../state/acting.ts";
import { openApprovals } from "../../state/approvals.ts";
import { switchMode } from "../../state/mode.ts";
import { togglePanel } from "../../state/panel-kept.ts";
import { current } from "../../state/route.ts";
import { undoLast } from "../../state/undolast.ts";
import { changesKey, modeKey } from "../keys.ts";
import type { Entry } from "./entries.ts";

export function actingEntries(): Entry[] {
  const id = current.value;
  const inChat: Entry[] = id === null ? [] : [{ id: "undo last", name: ta("palette.undo"), detail: "", icon: "undo", run: () => void undoLast(id) }];
  return [
    { id: "changes", name: ta("palette.changes"), detail: changesKey, icon: "changes", run: () => togglePanel("keys") },
    ...inChat,
    ...(actingHere.value === null ? [] : [{ id: "mode", name: ta("palette.mode"), detail: modeKey, icon: "eye" as const, run: () => void switchMode() }]),
    { id: "approvals", name: ta("palette.approvals"), detail: "", icon: "shield", run: openApprovals },
  ];
}
