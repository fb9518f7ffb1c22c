//! The model servers Alcove knows by name: a flat table of what speaks OpenAI's chat completions, and where.

/// A model server known by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Known {
    /// Names it.
    pub(crate) name: &'static str,
    /// For people.
    pub(crate) label: &'static str,
    /// Where it is.
    pub(crate) api_base: &'static str,
    /// Where its list of models comes from.
    pub(crate) catalog: Catalog,
    /// The model that writes down what is spoken; `None` where it has none, empty where a person has to name it.
    pub(crate) transcribes: Option<&'static str>,
    /// Models that draw; empty where it has none.
    pub(crate) draws: &'static [&'static str],
}

/// Where a list of models comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Catalog {
    /// The maker of the models.
    Official,
    /// A seller of many makers' models.
    Seller,
    /// A server on this machine.
    Local,
}

impl Catalog {
    /// As the contract words it (envelope §2.7).
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Official => "official",
            Self::Seller => "catalog",
            Self::Local => "local",
        }
    }
}

impl Known {
    /// Whether it can be used without a key.
    pub(crate) fn is_local(&self) -> bool {
        self.catalog == Catalog::Local
    }

    const fn new(name: &'static str, label: &'static str, api_base: &'static str, catalog: Catalog) -> Self {
        Self { name, label, api_base, catalog, transcribes: None, draws: &[] }
    }

    const fn transcribes(self, model: &'static str) -> Self {
        Self { transcribes: Some(model), ..self }
    }

    const fn draws(self, models: &'static [&'static str]) -> Self {
        Self { draws: models, ..self }
    }
}

/// All of them, in the order they are shown.
#[rustfmt::skip]
pub(crate) const KNOWN: &[Known] = &[
    Known::new("openai", "OpenAI", "https://api.openai.com/v1", Catalog::Official).transcribes("whisper-1").draws(&["gpt-image-1", "gpt-image-1-mini", "dall-e-3"]),
    Known::new("anthropic", "Anthropic", "https://api.anthropic.com/v1", Catalog::Official),
    Known::new("gemini", "Google Gemini", "https://generativelanguage.googleapis.com/v1beta/openai", Catalog::Official).draws(&["imagen-4.0-generate-001", "gemini-2.5-flash-image"]),
    Known::new("openrouter", "OpenRouter", "https://openrouter.ai/api/v1", Catalog::Seller),
    Known::new("groq", "Groq", "https://api.groq.com/openai/v1", Catalog::Seller).transcribes("whisper-large-v3"),
    Known::new("mistral", "Mistral", "https://api.mistral.ai/v1", Catalog::Official).transcribes("voxtral-mini-latest"),
    Known::new("deepseek", "DeepSeek", "https://api.deepseek.com/v1", Catalog::Official),
    Known::new("xai", "xAI", "https://api.x.ai/v1", Catalog::Official).draws(&["grok-2-image"]),
    Known::new("together", "Together AI", "https://api.together.xyz/v1", Catalog::Seller).transcribes("openai/whisper-large-v3").draws(&["black-forest-labs/FLUX.1-schnell"]),
    Known::new("fireworks", "Fireworks AI", "https://api.fireworks.ai/inference/v1", Catalog::Seller),
    Known::new("deepinfra", "DeepInfra", "https://api.deepinfra.com/v1/openai", Catalog::Seller).transcribes("openai/whisper-large-v3-turbo").draws(&["black-forest-labs/FLUX-1-schnell"]),
    Known::new("cerebras", "Cerebras", "https://api.cerebras.ai/v1", Catalog::Seller),
    Known::new("huggingface", "Hugging Face", "https://router.huggingface.co/v1", Catalog::Seller),
    Known::new("nvidia", "NVIDIA NIM", "https://integrate.api.nvidia.com/v1", Catalog::Seller),
    Known::new("moonshot", "Moonshot", "https://api.moonshot.ai/v1", Catalog::Official),
    Known::new("zhipu", "Z.ai", "https://api.z.ai/api/paas/v4", Catalog::Official),
    Known::new("dashscope", "Alibaba DashScope", "https://dashscope-intl.aliyuncs.com/compatible-mode/v1", Catalog::Official),
    Known::new("minimax", "MiniMax", "https://api.minimax.io/v1", Catalog::Official),
    Known::new("siliconflow", "SiliconFlow", "https://api.siliconflow.cn/v1", Catalog::Seller).transcribes("FunAudioLLM/SenseVoiceSmall").draws(&["Kwai-Kolors/Kolors"]),
    Known::new("ollama", "Ollama", "http://127.0.0.1:11434/v1", Catalog::Local),
    Known::new("lm_studio", "LM Studio", "http://127.0.0.1:1234/v1", Catalog::Local),
    Known::new("llama_cpp", "llama.cpp", "http://127.0.0.1:8080/v1", Catalog::Local),
    Known::new("vllm", "vLLM", "http://127.0.0.1:8000/v1", Catalog::Local).transcribes(""),
];

/// The one of that name.
pub(crate) fn known(name: &str) -> Option<&'static Known> {
    KNOWN.iter().find(|known| known.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::address::Address;

    #[test]
    fn every_address_is_one_and_every_name_is_its_own() {
        for (index, known) in KNOWN.iter().enumerate() {
            let address = Address::parse(known.api_base).expect("an address");
            assert_eq!(address.text(), known.api_base);
            assert_eq!(known.is_local(), known.api_base.starts_with("http://127.0.0.1"), "{}", known.name);
            assert!(KNOWN[..index].iter().all(|other| other.name != known.name && other.label != known.label), "{}", known.name);
        }
    }
}
