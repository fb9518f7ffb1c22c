// Switches a chat between looking and acting, by the keys and the palette; says what holds now.
import { ta } from "../i18n/acting.ts";
import { request } from "../wire/request.ts";
import type { ChatActing } from "../wire/types.gen.ts";
import { actingHere, changeActing } from "./acting.ts";
import { toast } from "./toast.ts";
import { words } from "./words.ts";

export async function switchMode(chat: string): Promise<void> {
  try {
    const here = actingHere.peek();
    const now = here?.chat === chat && here.facts !== null ? here.facts : await request<ChatActing>("chat.acting", { chat_id: chat });
    const { mode } = await changeActing(chat, { mode: now.mode === "act" ? "ask" : "act" });
    toast(ta(mode === "act" ? "acting.nowActs" : "acting.nowLooks"));
  } catch (error) {
    toast(ta("acting.notChanged", { why: words(error) }), undefined, true);
  }
}
