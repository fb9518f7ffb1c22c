// A development fixture, not a product part: the settings of the scripted gateway, with the texts the contract gives for what is wrong.

class Refused extends Error {
  constructor(message, status = 400) {
    super(message);
    this.status = status;
  }
}

const hint = (key) => (key ? (key.length < 12 ? "••••" : `${key.slice(0, 4)}••••${key.slice(-4)}`) : null);
const within = (name, value, low, high) => {
  const n = Number(value);
  if (value === "" || !Number.isInteger(n)) throw new Refused(`${name} must be an integer`);
  if (n < low || n > high) throw new Refused(`${name} must be between ${low} and ${high}`);
  return n;
};
const object = (name, value) => {
  if (value === "" || value === null) return null;
  let read = value;
  if (typeof value === "string")
    try {
      read = JSON.parse(value);
    } catch {
      throw new Refused(`${name} must be a JSON object`);
    }
  if (typeof read !== "object" || read === null || Array.isArray(read)) throw new Refused(`${name} must be a JSON object`);
  return read;
};

const PROVIDERS = [
  ["openai", "OpenAI", "https://api.openai.com/v1"],
  ["anthropic", "Anthropic", "https://api.anthropic.com/v1"],
  ["openrouter", "OpenRouter", "https://openrouter.ai/api/v1"],
  ["mistral", "Mistral", "https://api.mistral.ai/v1"],
  ["groq", "Groq", "https://api.groq.com/openai/v1"],
  ["ollama", "Ollama", "http://127.0.0.1:11434/v1"],
];
const provider = (name, label, base, more = {}) => ({
  name, label, configured: false, auth_type: "api_key", api_key_required: !base.startsWith("http://127"), api_key_hint: null, api_base: null, default_api_base: base, api_type: "auto",
  is_custom: false, model_selectable: true, model_catalog: "remote", advanced_fields: ["extra_headers", "extra_body", "extra_query"], extra_headers: null, extra_body: null, extra_query: null, thinking_style: null, region: null, profile: null, proxy: null, ...more,
});
const preset = (name, providerName, model, more = {}) => ({ name, label: name, active: false, is_default: false, model, provider: providerName, max_tokens: 2048, context_window_tokens: 8192, unset: ["max_tokens", "context_window_tokens"].filter((name) => !(name in more)), temperature: null, reasoning_effort: null, resolved_provider: providerName, reasoning_effort_values: ["low", "medium", "high"], ...more });

function usage() {
  const days = [];
  for (let back = 371; back >= 0; back -= 1) {
    const at = new Date(Date.now() - back * 86_400_000);
    const busy = (back * 7919) % 11;
    if (busy < 4 && back > 5) continue;
    days.push({ date: at.toISOString().slice(0, 10), total_tokens: busy * busy * 1800 + 900, requests: busy + 1 });
  }
  const total = days.reduce((sum, day) => sum + day.total_tokens, 0);
  return { days, total_tokens: total, total_tokens_30d: Math.round(total / 11), total_tokens_365d: total, peak_day_tokens: Math.max(...days.map((day) => day.total_tokens)), current_streak_days: 6, longest_streak_days: 9, active_days_30d: 21, requests_30d: 164, updated_at: new Date().toISOString() };
}

const DIAGNOSTICS = [
  ["README.txt", "What Alcove gathered about itself. Keys, prompts and answers are not in here.\n"],
  ["version.txt", "alcove 0.1.0-mock\nlinux x86_64\n"],
  ["settings.json", '{\n  "agent": {\n    "model_preset": "demo"\n  },\n  "providers": 7\n}\n'],
  ["log.txt", Array.from({ length: 60 }, (_, n) => `2026-11-21T10:${String(n).padStart(2, "0")}:00Z info the gateway took connection ${n}`).join("\n")],
];

/** `chosen` is the active preset or null; `everyone` tells all sockets an event; `restart` ends and begins all of them. */
export function mockSettings(chosen, restart) {
  const rich = process.env.ALCOVE_MOCK_EMPTY === undefined;
  const settings = {
    agent: { model: "demo", provider: "demo", resolved_provider: "demo", has_api_key: false, model_preset: chosen, max_tokens: 4096, context_window_tokens: 32768, temperature: null, reasoning_effort: null, timezone: "Europe/Berlin", tool_hint_max_length: 40 },
    model_presets: [preset("demo", "demo", "demo", { label: "Demo (offline, scripted)", context_window_tokens: 32768 })],
    model_call_order: ["demo"],
    model_call_order_editable: true,
    providers: [provider("demo", "Demo", "", { configured: true, model_selectable: false, auth_type: "none", api_key_required: false, advanced_fields: [] }), ...PROVIDERS.map((one) => provider(...one))],
    web_search: { provider: "duckduckgo", api_key_hint: null, base_url: "", max_results: 5, timeout: 30, providers: [{ name: "duckduckgo", label: "DuckDuckGo", credential: "none" }, { name: "brave", label: "Brave Search", credential: "api_key" }, { name: "tavily", label: "Tavily", credential: "api_key" }, { name: "searxng", label: "SearXNG", credential: "base_url" }] },
    web: { enable: true, proxy: null, user_agent: null, search: { max_results: 5, timeout: 30 }, fetch: { use_jina_reader: false } },
    image_generation: { enabled: false, provider: "openai", provider_configured: false, model: "gpt-image-1", default_aspect_ratio: "1:1", default_image_size: "1K", max_images_per_turn: 4, save_dir: "/home/me/Alcove/generated", providers: [{ name: "openai", label: "OpenAI", configured: false, auth_type: "api_key", api_key_hint: null, api_base: null, default_api_base: "https://api.openai.com/v1", models: ["gpt-image-1", "dall-e-3"], default_model: "gpt-image-1" }, { name: "openrouter", label: "OpenRouter", configured: false, auth_type: "api_key", api_key_hint: null, api_base: null, default_api_base: null, models: [], default_model: null }] },
    runtime: { config_path: "/home/me/.local/share/alcove/config.toml", data_path: "/home/me/.local/share/alcove", workspace_path: "/home/me/Alcove", gateway_host: "127.0.0.1", gateway_port: 8799, heartbeat: { enabled: false, interval_s: 1800, keep_recent_messages: 8 }, dream: { schedule: null }, unified_session: false },
    advanced: { restrict_to_workspace: true, workspace_sandbox: { restrict_to_workspace: true, workspace_root: "/home/me/Alcove", level: "application", enforced: false, provider: "none", provider_label: "None", summary: "Workspace restriction uses application-level guards." }, webui_allow_local_service_access: true, allow_local_preview_access: true, webui_default_access_mode: "default", private_service_protection_enabled: true, ssrf_whitelist_count: 0, mcp_server_count: 0, exec_enabled: false, exec_sandbox: "", exec_path_append_set: false, exec_path_prepend_set: false },
    transcription: { enabled: false, provider: "groq", provider_configured: false, model: "whisper-large-v3", language: null, max_duration_sec: 120, max_upload_mb: 25, providers: [{ name: "groq", label: "Groq", configured: false }, { name: "openai", label: "OpenAI", configured: false }] },
    version: { current: "0.1.0-mock" },
    secrets: { store: "file", detail: "No keyring answers here: keys are in keys.json, which only you can read." },
    surface: "browser",
    runtime_surface: "browser",
    runtime_capabilities: { can_restart_engine: false, can_pick_folder: false, can_open_logs: false, can_export_diagnostics: false },
    requires_restart: false,
    restart_behavior_by_section: { runtime: "engineRestart", browser: "engineRestart", image: "engineRestart" },
    restart_required_sections: [],
    apply_state: { status: "idle", sections: [] },
  };
  if (rich) {
    Object.assign(settings.providers.find((one) => one.name === "openai"), { configured: true, api_key_hint: "sk-p••••9f2a", api_base: null });
    settings.providers.push(provider("workshop", "Workshop GPU", "", { configured: true, is_custom: true, api_key_required: false, default_api_base: null, api_base: "http://10.0.0.20:8000/v1", api_key_hint: "••••", extra_headers: { "X-Team": "garden" } }));
    settings.model_presets.push(preset("careful", "openai", "gpt-5", { context_window_tokens: 400000, reasoning_effort: "high" }), preset("local", "workshop", "/home/me/models/qwen3-32b-instruct-q5_k_m.gguf", { context_window_tokens: 32768, temperature: 0.7 }));
    settings.model_call_order = ["demo", "careful", "local"];
  }
  const pending = (section) => {
    if (!settings.restart_required_sections.includes(section)) settings.restart_required_sections.push(section);
    settings.requires_restart = true;
    settings.apply_state = { status: "pending", sections: settings.restart_required_sections };
  };
  const providerNamed = (name) => {
    if (!name) throw new Refused("provider is required");
    const found = settings.providers.find((one) => one.name === name);
    if (!found) throw new Refused("unknown provider");
    return found;
  };
  const presetNamed = (name) => {
    const found = settings.model_presets.find((one) => one.name === name);
    if (!found) throw new Refused("unknown model configuration");
    return found;
  };
  const setProvider = (row, p) => {
    if (p.api_type !== undefined && !["auto", "chat_completions", "responses"].includes(p.api_type)) throw new Refused("api_type must be auto, chat_completions, or responses");
    const objects = Object.fromEntries(["extra_headers", "extra_body", "extra_query"].filter((name) => p[name] !== undefined).map((name) => [name, object(name, p[name])]));
    if (p.api_base !== undefined && p.api_base !== "" && !/^https?:\/\//.test(p.api_base)) throw new Refused("api_base must begin with http:// or https://");
    Object.assign(row, objects, p.api_base === undefined ? {} : { api_base: p.api_base || null }, p.api_type === undefined ? {} : { api_type: p.api_type }, p.api_key === undefined ? {} : { api_key_hint: hint(p.api_key) });
    for (const name of ["thinking_style", "region", "profile", "proxy"]) if (p[name] !== undefined) row[name] = p[name] || null;
    if (p.display_name) row.label = p.display_name;
    row.configured = row.auth_type === "none" || row.api_key_hint !== null || Boolean(row.is_custom) || !row.api_key_required;
  };
  const setPreset = (row, p) => {
    if (p.provider !== undefined) row.provider = providerNamed(p.provider).name;
    if (p.model !== undefined) {
      if (p.model.trim() === "") throw new Refused("model is required");
      row.model = p.model;
    }
    for (const name of ["max_tokens", "context_window_tokens"])
      if (p[name] !== undefined) {
        if (p[name] !== "" && p[name] !== null && !(Number(p[name]) > 0)) throw new Refused(`${name} must be greater than zero`);
        const cleared = p[name] === "" || p[name] === null;
        row[name] = cleared ? (name === "max_tokens" ? 2048 : 8192) : Number(p[name]);
        row.unset = [...row.unset.filter((one) => one !== name), ...(cleared ? [name] : [])];
      }
    if (p.temperature !== undefined) {
      if (p.temperature !== "" && p.temperature !== null && Number.isNaN(Number(p.temperature))) throw new Refused("temperature must be a number");
      if (Number(p.temperature) < 0 || Number(p.temperature) > 2) throw new Refused("temperature must be between 0 and 2");
      row.temperature = p.temperature === "" || p.temperature === null ? null : Number(p.temperature);
    }
    if (p.reasoning_effort !== undefined) row.reasoning_effort = p.reasoning_effort || null;
  };
  const rename = (row, to) => {
    if (to.length > 48) throw new Refused("configuration name must be 48 characters or fewer");
    if (settings.model_presets.some((one) => one !== row && one.name === to)) throw new Refused("configuration already exists", 409);
    settings.model_call_order = settings.model_call_order.map((name) => (name === row.name ? to : name));
    if (settings.agent.model_preset === row.name) settings.agent.model_preset = to;
    Object.assign(row, { name: to, label: to });
  };
  const actions = {
    "settings.agent.update": (p) => {
      if (p.timezone !== undefined) {
        if (p.timezone.trim() === "") throw new Refused("timezone is required");
        try {
          new Intl.DateTimeFormat("en", { timeZone: p.timezone });
        } catch {
          throw new Refused("invalid timezone");
        }
      }
      const length = p.tool_hint_max_length === undefined ? undefined : within("tool_hint_max_length", p.tool_hint_max_length, 20, 500);
      if (p.timezone !== undefined && p.timezone !== settings.agent.timezone) pending("runtime");
      if (p.timezone !== undefined) settings.agent.timezone = p.timezone;
      if (length !== undefined && length !== settings.agent.tool_hint_max_length) pending("runtime");
      if (length !== undefined) settings.agent.tool_hint_max_length = length;
      if (p.model_preset !== undefined) settings.agent.model_preset = p.model_preset || null;
      return settings;
    },
    "settings.provider.create": (p) => {
      const label = (p.name ?? "").trim();
      if (label === "") throw new Refused("provider name is required");
      if (label.length > 80) throw new Refused("provider name must be 80 characters or fewer");
      if (!p.api_base) throw new Refused("API base is required");
      const name = label.toLowerCase().replace(/[^a-z0-9]+/g, "-");
      if (settings.providers.some((one) => one.name === name)) throw new Refused("provider already exists", 409);
      const row = provider(name, label, "", { is_custom: true, configured: true, api_key_required: false, default_api_base: null });
      setProvider(row, p);
      settings.providers.push(row);
      return settings;
    },
    "settings.provider.update": (p) => (setProvider(providerNamed(p.provider), p), settings),
    "settings.provider.delete": (p) => {
      const row = providerNamed(p.provider);
      if (settings.model_presets.some((one) => one.provider === row.name)) throw new Refused("provider is used by a model configuration", 409);
      settings.providers = settings.providers.filter((one) => one !== row);
      return settings;
    },
    "settings.model_configuration.create": (p) => {
      const name = (p.name ?? "").trim();
      if (name === "") throw new Refused("configuration name is required");
      const row = preset(name, providerNamed(p.provider).name, "");
      rename(row, name);
      setPreset(row, { model: "", ...p });
      settings.model_presets.push(row);
      return settings;
    },
    "settings.model_configuration.update": ({ name, new_name, ...p }) => {
      const row = presetNamed(name);
      setPreset(row, p);
      if (new_name !== undefined && new_name !== name) rename(row, new_name);
      return settings;
    },
    "settings.model_configuration.delete": (p) => {
      const row = presetNamed(p.name);
      if (settings.model_call_order.includes(row.name)) throw new Refused("remove the model preset from the call order first", 409);
      settings.model_presets = settings.model_presets.filter((one) => one !== row);
      return settings;
    },
    "settings.model_call_order.update": (p) => {
      const order = typeof p.order === "string" ? JSON.parse(p.order) : p.order;
      if (!Array.isArray(order) || order.length === 0) throw new Refused("model call order must contain at least one preset");
      for (const name of order) if (!settings.model_presets.some((one) => one.name === name)) throw new Refused(`unknown model preset: ${name}`);
      settings.model_call_order = order;
      settings.agent.model_preset = order[0];
      return settings;
    },
    "settings.web_search.update": (p) => {
      const now = settings.web_search;
      const chosenProvider = now.providers.find((one) => one.name === (p.provider ?? now.provider));
      if (!chosenProvider) throw new Refused("unknown web search provider");
      const max = p.max_results === undefined ? now.max_results : within("max_results", p.max_results, 1, 10);
      const timeout = p.timeout === undefined ? now.timeout : within("timeout", p.timeout, 1, 120);
      if (chosenProvider.credential === "base_url" && !(p.base_url ?? now.base_url)) throw new Refused("base_url is required");
      if (chosenProvider.credential === "api_key" && !(p.api_key ?? now.api_key_hint)) throw new Refused("api_key is required");
      Object.assign(now, { provider: chosenProvider.name, max_results: max, timeout }, p.base_url === undefined ? {} : { base_url: p.base_url }, p.api_key === undefined ? {} : { api_key_hint: hint(p.api_key) });
      if (p.use_jina_reader !== undefined && p.use_jina_reader !== settings.web.fetch.use_jina_reader) {
        settings.web.fetch.use_jina_reader = p.use_jina_reader;
        pending("browser");
      }
      return settings;
    },
    "settings.image_generation.update": (p) => {
      const now = settings.image_generation;
      const row = now.providers.find((one) => one.name === (p.provider ?? now.provider));
      if (!row) throw new Refused("unknown image generation provider");
      if (p.max_images_per_turn !== undefined) p.max_images_per_turn = within("max_images_per_turn", p.max_images_per_turn, 1, 8);
      if (p.default_image_size !== undefined && !/^[A-Za-z0-9xX:_-]{1,32}$/.test(p.default_image_size)) throw new Refused("unsupported image generation size");
      if (p.enabled === true && !settings.providers.find((one) => one.name === row.name)?.configured) throw new Refused("image generation provider is not configured");
      Object.assign(now, p);
      pending("image");
      return settings;
    },
    "settings.transcription.update": (p) => {
      const now = settings.transcription;
      if (p.provider !== undefined && !now.providers.some((one) => one.name === p.provider)) throw new Refused("unknown transcription provider");
      if (p.max_duration_sec !== undefined) p.max_duration_sec = within("max_duration_sec", p.max_duration_sec, 1, 600);
      if (p.max_upload_mb !== undefined) p.max_upload_mb = within("max_upload_mb", p.max_upload_mb, 1, 100);
      Object.assign(now, p);
      return settings;
    },
    "settings.network_safety.update": (p) => {
      if (p.webui_default_access_mode !== undefined && !["default", "full"].includes(p.webui_default_access_mode)) throw new Refused("webui_default_access_mode must be default or full");
      Object.assign(settings.advanced, p);
      return settings;
    },
    "models.discover": () => ({
      servers: process.env.ALCOVE_MOCK_EMPTY === "2" ? [] : [{ kind: "llama_cpp", label: "llama.cpp", api_base: "http://127.0.0.1:8080/v1", models: [{ id: "qwen2.5-0.5b-instruct", context_window: 32768 }, { id: "/home/me/models/gemma3-270m-q4.gguf", context_window: 8192 }] }],
    }),
    "models.test": (p) => {
      if ((p.api_base ?? "").includes("9") || p.name === "local") throw new Refused("connection refused (http://10.0.0.20:8000)", 502);
      return { ok: true, latency_ms: 212, reply: "Hello! I am here." };
    },
  };
  const models = Array.from({ length: 70 }, (_, n) => ({ id: `vendor-${n % 7}/model-${String.fromCharCode(97 + (n % 26))}${n}`, label: `Model ${n}`, owned_by: `vendor-${n % 7}`, context_window: n % 3 === 0 ? null : 8192 * (1 + (n % 5)) }));
  const routes = {
    "/api/settings": () => (process.env.ALCOVE_MOCK_FAIL === "settings" ? null : settings),
    "/api/settings/usage": () => (process.env.ALCOVE_MOCK_FAIL === "usage" ? null : rich ? usage() : { ...usage(), days: [], total_tokens: 0, total_tokens_30d: 0, total_tokens_365d: 0, peak_day_tokens: 0, current_streak_days: 0, longest_streak_days: 0, active_days_30d: 0, requests_30d: 0 }),
    "/api/settings/provider-models": (url) => ({ provider: url.searchParams.get("provider"), label: "", catalog_kind: "remote", models, model_count: models.length, message: null, fetched_at: new Date().toISOString(), status: "available" }),
    "/api/diagnostics": () => ({ files: DIAGNOSTICS.map(([name, content]) => ({ name, content })) }),
  };
  /** True when the request was one of these. */
  const answer = (url, res) => {
    if (url.pathname === "/api/diagnostics" && url.searchParams.get("format") === "zip") {
      res.writeHead(200, { "content-type": "application/zip", "content-disposition": 'attachment; filename="alcove-diagnostics.zip"' }).end("PK mock");
      return true;
    }
    const made = routes[url.pathname]?.(url);
    if (made === undefined) return false;
    if (made === null) res.writeHead(500, { "content-type": "text/plain; charset=utf-8" }).end("the settings database could not be read");
    else res.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(made));
    return true;
  };
  /** After `/restart`: what waited for it is done. */
  const restarted = () => {
    settings.restart_required_sections = [];
    settings.requires_restart = false;
    settings.apply_state = { status: "idle", sections: [] };
    restart();
  };
  return { settings, actions, answer, restarted };
}
