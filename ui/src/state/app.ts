// Wires the connection to the folds: which event goes where, and what is read again when a connection is up.
import { effect, signal } from "@preact/signals";
import { takeSecretFromAddress } from "../wire/bootstrap.ts";
import { resendRequests, takeResponse } from "../wire/request.ts";
import { link, silentSince, start, type AnyEvent, type Link } from "../wire/socket.ts";
import type { ChatEvent } from "../wire/types.ts";
import { t } from "../i18n/text.ts";
import { readArrangement, takeArrangement } from "./arrangement.ts";
import { asks } from "./asking.ts";
import { chat } from "./chats.ts";
import { onChatEvents, onReady, openChat, takeAnswer } from "./conversation.ts";
import { later } from "./clock.ts";
import { forgetNotesOnLeaving, listenForDrops } from "./drop.ts";
import { FrameQueue } from "./frame.ts";
import { tellHeard } from "./heard.ts";
import { isWaiting, keyOf, queue as waiting, readProposals, readProposalsSoon, takeProposal } from "./proposals.ts";
import { foldList, list, listPhase, refresh, refreshSoon } from "./list.ts";
import { listenForPicks } from "./picked.ts";
import { current, showStart } from "./route.ts";
import { readCommandList } from "./commands.ts";
import { readWorkplaces, takeScope, takeScopeRefusal } from "./scope.ts";
import { refreshSettings } from "./settings.ts";
import { endTemporaries } from "./temporary.ts";
import { finishDeleting } from "./trash.ts";
import { takeTranscript } from "./voice.ts";

/** Said once to a screen reader: an answer is complete, the connection came or went. */
export const announced = signal("");
/** 1009: what was sent is larger than the gateway takes. */
export const tooLarge = signal(false);

const queue = new FrameQueue<ChatEvent>((events) => {
  for (const [id, group] of grouped(events)) onChatEvents(id, group);
  const news = events.filter(takeProposal);
  for (const event of events) if (event.chat_id === current.value) announce(event);
  // What was told of again and is long answered needs nobody.
  const newest = news.findLast((event) => event.event === "proposal" && isWaiting(keyOf(event)));
  if (newest?.event === "proposal") announced.value = t("announce.proposal", { title: newest.title });
  tellHeard(events);
});

function grouped(events: readonly ChatEvent[]): Map<string, ChatEvent[]> {
  const groups = new Map<string, ChatEvent[]>();
  for (const event of events) {
    const group = groups.get(event.chat_id);
    if (group === undefined) groups.set(event.chat_id, [event]);
    else group.push(event);
  }
  return groups;
}

/** An answer once it is complete, a notice when it comes; never single tokens. */
function announce(event: ChatEvent): void {
  if (event.event === "message" && event.notice !== undefined) announced.value = event.text;
  if (event.event !== "turn_end") return;
  const last = chat(event.chat_id).state.messages.findLast((row) => row.role === "assistant" && row.turnId === event.turn_id);
  if (last !== undefined && last.notice === undefined) announced.value = t("announce.answer", { text: last.content.slice(0, 600) });
}

/** How long a state may last before it is worth a word: shorter ones would only flash. */
const FLASH_MS = 300;
/** The connection as it is told to the person: losing it and trying again only count once they last. */
export const toldLink = signal<Link>(link.peek());

function tellLink(): void {
  let calledOff = () => {};
  let away = false;
  effect(() => {
    const now = link.value;
    calledOff();
    calledOff = () => {};
    if (now.state === "open" || now.state === "refused") {
      away = false;
      toldLink.value = now;
    } else if (now.state === "waiting" && (away || toldLink.peek().state !== "open")) {
      toldLink.value = now;
    } else {
      calledOff = later(FLASH_MS, () => {
        away = true;
        toldLink.value = link.peek();
      });
    }
  });
}

/** What an empty window shows is known: the chats were read, or the gateway is not there to read them from. */
export const settled = signal(false);

function settle(): void {
  effect(() => {
    if (listPhase.value !== "loading" || link.value.state === "waiting") settled.value = true;
  });
}

/** The window's title follows the chat in front; losing and regaining the connection is said once. */
function followState(): void {
  effect(() => {
    const title = current.value === null ? "" : list.value.rows.find((row) => row.id === current.value)?.title;
    const waits = waiting.value.length > 0 ? `(${waiting.value.length}) ` : "";
    document.title = title ? `${waits}${title} · ${t("app.name")}` : `${waits}${t("app.name")}`;
  });
  effect(() => {
    if (silentSince.value !== null) announced.value = t("link.silentNow");
    else if (announced.peek() === t("link.silentNow") && link.peek().state === "open") announced.value = t("link.answers");
  });
  let was: Link["state"] = "connecting";
  effect(() => {
    const now = link.value.state;
    if (was === "open" && now === "waiting") announced.value = t("link.away");
    if (was !== "open" && now === "open" && announced.peek() === t("link.away")) announced.value = t("link.back");
    if (now === "open" || now === "waiting") was = now;
  });
}

function take(event: AnyEvent): void {
  switch (event.event) {
    case "watching":
      return foldList(event);
    case "chat_state":
      // Chats that are not open tell what waits in them only through the list.
      if (event.state === "waiting" || list.value.live.get(event.chat_id) === "waiting") readProposalsSoon();
      return foldList(event);
    case "session_updated":
      takeScope(event);
      return refreshSoon();
    case "sidebar_state_updated":
      return takeArrangement(event.state);
    case "transcription_result":
    case "transcription_error":
      return takeTranscript(event);
    case "error":
      if (asks.refused(event)) return;
      if (typeof event.chat_id !== "string") return;
      takeScopeRefusal(event);
      queue.push(event);
      return;
    case "runtime_model_updated":
      return refreshSoon();
    case "webui_response":
      return takeResponse(event);
    case "ready":
      return;
    case "attached":
      takeAnswer(event);
      queue.push(event);
      return;
    default:
      if (typeof event.chat_id === "string") queue.push(event);
  }
}

export function startApp(): void {
  takeSecretFromAddress();
  showStart();
  followState();
  tellLink();
  settle();
  listenForDrops();
  listenForPicks();
  forgetNotesOnLeaving();
  effect(() => {
    const id = current.value;
    if (id !== null) openChat(id);
    markSeen(id);
  });
  start({
    ready: () => {
      endTemporaries();
      onReady();
      resendRequests();
      void refresh();
      void readProposals();
      void refreshSettings();
      finishDeleting();
      void readArrangement();
      void readWorkplaces();
      void readCommandList();
    },
    event: take,
    closed: (code) => {
      if (code === 1009) tooLarge.value = true;
    },
  });
}

/** Marks the chat as seen without making the effect depend on the list. */
function markSeen(id: string | null): void {
  queueMicrotask(() => foldList({ event: "list.open", chatId: id }));
}
