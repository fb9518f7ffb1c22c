// The native window's bridge as the page sees it (envelope §6.3). In a browser there is none, and every method may be missing.

export type HostEvent = { id: string | number; type: "open" | "message" | "error" | "close"; data?: string; message?: string; code?: number; reason?: string };

/** A file the shell took from a drop: uploaded already, or why not. */
export type DroppedItem =
  | { upload_id: string; name: string; mime: string; bytes: number; kind: string; url?: string; error?: undefined }
  | { name: string; error: DropProblem; detail?: string | null; upload_id?: undefined };

/** Why the shell did not take a file; the gateway's words where it has them. */
export type DropProblem =
  | "missing" | "unreadable" | "folder" | "link" | "special" | "mime" | "empty" | "size" | "too_many_attachments" | "too_many_videos" | "total_size"
  | "too_many_uploads" | "changed" | "engine";

/** How many files of each kind, by their names alone. */
export type DroppedKinds = { image: number; document: number; video: number; other: number };

export type DropEvent =
  | { type: "enter"; count: number; kinds: DroppedKinds }
  | { type: "leave" }
  | { type: "progress"; name: string; received: number; total: number }
  | { type: "drop"; items: DroppedItem[]; more: number };

export type EngineStatus = "starting" | "ready" | "restarting" | "stopped" | "crashed";
export type RuntimeInfo = {
  surface: "native";
  app_version: string;
  engine_status: EngineStatus;
  data_dir: string;
  logs_dir: string;
  config_path: string;
  workspace_path: string;
};

export type Host = {
  openSocket?: (url: string) => Promise<string | number>;
  sendSocket?: (id: string | number, text: string) => void;
  closeSocket?: (id: string | number) => void;
  onSocketEvent?: (cb: (event: HostEvent) => void) => () => void;
  openExternal?: (url: string) => void;
  painted?: () => void;
  /** The folder a person chose; null when they chose none. */
  pickFolder?: () => Promise<string | null>;
  restartEngine?: () => Promise<void>;
  openLogs?: () => Promise<void>;
  exportDiagnostics?: () => Promise<string | null>;
  getRuntimeInfo?: () => Promise<RuntimeInfo>;
  onRuntimeStatus?: (cb: (status: RuntimeInfo) => void) => () => void;
  /** Writes what `/api/…` answers to a place the person chooses; null when they chose none. */
  saveFile?: (suggestedName: string, path: string) => Promise<string | null>;
  onDrop?: (cb: (event: DropEvent) => void) => () => void;
};
declare global {
  interface Window {
    alcoveHost?: Host;
  }
}

/** The bridge, where there is one. */
export const host = (): Host | undefined => (typeof window === "undefined" ? undefined : window.alcoveHost);
