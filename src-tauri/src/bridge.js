// The host bridge: `window.nanobotHost` as the contract has it (envelope §6.3) and `window.alcoveHost`, which is the same and what
// our own page needs besides. Injected into the main frame before anything of the page runs.
//
// It offers the page a socket whose frames travel over Tauri's IPC to the shell, the heartbeat of the first paint, the system's
// dialogs and what the shell has to tell. It speaks to Tauri's internals itself, so no global Tauri API exists in the page.
// Frames arrive in numbered batches; they are put in order, held until the page knows the socket's id and listens, and
// handed on one by one. The shell sends only so many batches ahead of our acknowledgements: an idle page costs no memory.
(() => {
  "use strict";

  const ownPage =
    (location.protocol === "alcove:" && location.host === "localhost") || location.origin === "http://alcove.localhost";
  if (window !== window.top || !ownPage) return;

  const internals = window.__TAURI_INTERNALS__;
  const invoke = internals.invoke.bind(internals);
  const { transformCallback, unregisterCallback } = internals;

  /** Frames the page may queue on one socket before `sendSocket` refuses. */
  const OUTGOING_LIMIT = 1024;
  /** Frames that travel to the shell in one call. */
  const OUTGOING_BATCH = 64;
  /** Batches handed on before the shell is told so. */
  const ACK_EVERY = 4;

  const sockets = new Map();
  const listeners = new Set();

  /** A Tauri channel: numbered messages out of an evaluated or a fetched source, handed on in order. */
  function openChannel(onBatch) {
    const early = new Map();
    let next = 0;
    let callback = 0;
    const step = (message) => {
      if (message.end) unregisterCallback(callback);
      else onBatch(message.message);
    };
    callback = transformCallback((message) => {
      early.set(message.index, message);
      while (early.has(next)) {
        const ready = early.get(next);
        early.delete(next);
        next += 1;
        step(ready);
      }
    });
    return callback;
  }

  function emit(heard, event) {
    for (const listener of [...heard]) {
      try {
        listener(event);
      } catch (error) {
        reportError(error);
      }
    }
  }

  function acknowledge(socket) {
    socket.handedOn += 1;
    if (socket.handedOn < ACK_EVERY || socket.closed) return;
    const batches = socket.handedOn;
    socket.handedOn = 0;
    invoke("ack_socket", { id: socket.id, batches }).catch(() => {});
  }

  function handOn(socket) {
    while (socket.started && listeners.size > 0 && socket.held.length > 0) {
      const batch = socket.held.shift();
      for (const event of batch) {
        if (event.type === "close") {
          socket.closed = true;
          sockets.delete(socket.id);
        }
        emit(listeners, Object.assign({ id: socket.id }, event));
      }
      acknowledge(socket);
    }
  }

  async function flush(socket) {
    if (socket.sending) return;
    socket.sending = true;
    try {
      while (socket.outgoing.length > 0) {
        const frames = socket.outgoing.splice(0, OUTGOING_BATCH);
        await invoke("send_socket", { id: socket.id, frames });
      }
    } catch (error) {
      // The socket is gone; its close event says so. What was queued went nowhere and the page resends by its own ids.
      socket.outgoing.length = 0;
    } finally {
      socket.sending = false;
    }
  }

  async function openSocket(url) {
    const socket = { id: 0, held: [], started: false, closed: false, handedOn: 0, outgoing: [], sending: false };
    const channel = openChannel((batch) => {
      socket.held.push(batch);
      handOn(socket);
    });
    try {
      socket.id = await invoke("open_socket", { url: String(url), channel: `__CHANNEL__:${channel}` });
    } catch (error) {
      unregisterCallback(channel);
      throw new Error(String(error));
    }
    sockets.set(socket.id, socket);
    // A task of its own: whoever awaits this promise knows the id before the first event comes.
    setTimeout(() => {
      socket.started = true;
      handOn(socket);
    }, 0);
    return socket.id;
  }

  function sendSocket(id, text) {
    const socket = sockets.get(id);
    if (!socket || typeof text !== "string") return;
    if (socket.outgoing.length >= OUTGOING_LIMIT) throw new Error("too many frames are waiting to be sent");
    socket.outgoing.push(text);
    void flush(socket);
  }

  function closeSocket(id) {
    if (sockets.has(id)) invoke("close_socket", { id }).catch(() => {});
  }

  function onSocketEvent(listener) {
    if (typeof listener !== "function") throw new TypeError("a listener is a function");
    listeners.add(listener);
    setTimeout(() => sockets.forEach(handOn), 0);
    return () => void listeners.delete(listener);
  }

  /** What the page looks like, so that the next window starts in the same colours. */
  function theme() {
    const chosen = document.documentElement.dataset.theme;
    return chosen === "light" || chosen === "dark" ? chosen : "system";
  }

  const report = () => void invoke("painted", { theme: theme() }).catch(() => {});
  const themeChanges = new MutationObserver(report);

  function painted() {
    themeChanges.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    report();
  }

  // The page the shell shows when there is none runs no script of its own, so its paint is reported here.
  addEventListener("DOMContentLoaded", () => {
    if ("standIn" in document.documentElement.dataset) painted();
  });

  /** Asks the shell; its refusals are words, which the page gets as an error. */
  const ask = (command, payload) =>
    invoke(command, payload).catch((words) => {
      throw new Error(String(words));
    });

  /** Hands what the shell tells of a topic to whoever listens; the shell is asked to tell when the first one does. */
  function teller(topic) {
    const heard = new Set();
    let watched = false;
    return (listener) => {
      if (typeof listener !== "function") throw new TypeError("a listener is a function");
      heard.add(listener);
      if (!watched) {
        watched = true;
        const channel = openChannel((event) => emit(heard, event));
        invoke("watch", { topic, channel: `__CHANNEL__:${channel}` }).catch(reportError);
      }
      return () => void heard.delete(listener);
    };
  }

  const contract = {
    getRuntimeInfo: () => ask("runtime_info"),
    restartEngine: () => ask("restart_engine").then(() => undefined),
    pickFolder: () => ask("pick_folder"),
    openLogs: () => ask("open_logs").then(() => undefined),
    exportDiagnostics: () => ask("export_diagnostics"),
    openSocket,
    sendSocket,
    closeSocket,
    onSocketEvent,
    onRuntimeStatus: teller("status"),
  };
  const own = {
    painted,
    openExternal: (url) => ask("open_external", { url: String(url) }),
    saveFile: (suggestedName, path) => ask("save_file", { suggestedName: String(suggestedName), path: String(path) }),
    onDrop: teller("drop"),
  };
  for (const method of [...Object.values(contract), ...Object.values(own)]) Object.freeze(method);
  Object.defineProperty(window, "nanobotHost", { value: Object.freeze(contract), enumerable: true });
  Object.defineProperty(window, "alcoveHost", { value: Object.freeze({ ...contract, ...own }), enumerable: true });
})();
