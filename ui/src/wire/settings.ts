// The settings' reads beside the settings themselves: usage by day, and what a report about this gateway would hold.
import { call, failure, getJson } from "./call.ts";
import type * as gen from "./types.gen.ts";

export type Search = gen.SearchSettings;
export type Web = gen.WebSettings;
export type Images = gen.ImageSettings;
export type Voice = gen.TranscriptionSettings;
export type Agent = gen.AgentSettings;
export type Advanced = gen.AdvancedSettings;
export type Sandbox = gen.SandboxStatus;
export type Provider = gen.ProviderRow;
export type Preset = gen.PresetRow;
export type { UsageDay, UsageSummary } from "./types.gen.ts";
export type DiagnosticFile = { name: string; content: string };

export const readUsage = () => getJson<gen.UsageSummary>("/api/settings/usage");
export const readDiagnostics = async () => (await getJson<{ files: DiagnosticFile[] }>("/api/diagnostics")).files;

export async function readDiagnosticsArchive(): Promise<Blob> {
  const answer = await call("/api/diagnostics?format=zip");
  if (!answer.ok) throw await failure(answer);
  return answer.blob();
}
