// Switches the chat in front between looking and acting, by the keys and the palette; says what holds now.
import { ta } from "../i18n/acting.ts";
import { actingHere, changeActing } from "./acting.ts";
import { toast } from "./toast.ts";
import { words } from "./words.ts";

export async function switchMode(): Promise<void> {
  const here = actingHere.peek();
  if (here === null) return;
  try {
    if (here.facts === null) throw new Error(here.why);
    const { mode } = await changeActing(here.chat, { mode: here.facts.mode === "act" ? "ask" : "act" });
    toast(ta(mode === "act" ? "acting.nowActs" : "acting.nowLooks"));
  } catch (error) {
    toast(ta("acting.notChanged", { why: words(error) }), undefined, true);
  }
}
