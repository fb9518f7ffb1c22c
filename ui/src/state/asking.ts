// The page's asks for chats, over its own line.
import { newId } from "../wire/id.ts";
import { send } from "../wire/socket.ts";
import { t } from "../i18n/text.ts";
import { Asks } from "./asks.ts";
import { later } from "./clock.ts";

export const asks = new Asks({ send, id: newId, later, words: (why) => t(why === "late" ? "send.noAnswer" : "link.away") });
