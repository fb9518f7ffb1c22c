// The settings' reads beside the settings themselves: usage by day, and what a report about this gateway would hold.
import { call, failure, getJson } from "./call.ts";
import type { PresetRow, ProviderRow, Settings } from "./types.ts";

export type Choice = { name: string; label: string };
export type SearchProvider = Choice & { credential: string };
export type WebSearch = { provider: string; api_key_hint: string | null; base_url: string | null; max_results: number; timeout: number; providers: SearchProvider[] };
export type Web = { enable: boolean; proxy: string | null; user_agent: string | null; fetch: { use_jina_reader: boolean } };
export type ImageProvider = Choice & { configured: boolean; api_key_hint?: string | null; models?: string[]; default_model?: string | null };
export type ImageGeneration = {
  enabled: boolean; provider: string; provider_configured: boolean; model: string; default_aspect_ratio: string; default_image_size: string; max_images_per_turn: number; save_dir: string; providers: ImageProvider[];
};
export type Transcription = { enabled: boolean; provider: string; provider_configured: boolean; model: string | null; language: string | null; max_duration_sec: number; max_upload_mb: number; providers: (Choice & { configured?: boolean; default_model?: string | null })[] };
export type Sandbox = { level: string; enforced: boolean; provider: string; provider_label: string; summary: string; workspace_root?: string };
export type Advanced = {
  restrict_to_workspace: boolean; workspace_sandbox: Sandbox; webui_allow_local_service_access: boolean; webui_default_access_mode: string; private_service_protection_enabled?: boolean; exec_enabled?: boolean;
};
export type Runtime = Settings["runtime"] & { config_path?: string; gateway_host?: string; gateway_port?: number };
export type Provider = ProviderRow & {
  default_api_base?: string | null; api_type?: string; advanced_fields?: string[]; extra_headers?: unknown; extra_body?: unknown; extra_query?: unknown; thinking_style?: string | null; region?: string | null; profile?: string | null; proxy?: string | null;
};
export type Preset = PresetRow & { reasoning_effort_values?: string[] };

/** Every section may be missing: an older gateway has fewer. */
export type WholeSettings = Omit<Settings, "agent" | "model_presets" | "providers" | "runtime"> & {
  agent: Settings["agent"] & { timezone?: string; tool_hint_max_length?: number };
  model_presets: Preset[];
  model_call_order?: string[];
  model_call_order_editable?: boolean;
  providers: Provider[];
  web_search?: WebSearch;
  web?: Web;
  image_generation?: ImageGeneration;
  runtime: Runtime;
  advanced?: Advanced;
  transcription?: Transcription;
  restart_required_sections?: string[];
};

export type UsageDay = { date: string; total_tokens?: number; tokens?: number; requests?: number };
export type UsageReport = {
  days: UsageDay[]; total_tokens: number; total_tokens_30d: number; total_tokens_365d: number; peak_day_tokens: number; current_streak_days: number; longest_streak_days: number; active_days_30d: number; requests_30d: number; updated_at?: string | null;
};
export type DiagnosticFile = { name: string; content: string };

export const readUsage = () => getJson<UsageReport>("/api/settings/usage");
export const readDiagnostics = async () => (await getJson<{ files: DiagnosticFile[] }>("/api/diagnostics")).files;

export async function readDiagnosticsArchive(): Promise<Blob> {
  const answer = await call("/api/diagnostics?format=zip");
  if (!answer.ok) throw await failure(answer);
  return answer.blob();
}
