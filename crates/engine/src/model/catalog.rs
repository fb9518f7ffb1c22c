//! What servers say about their models, read from the JSON each kind of server answers with.
//!
//! Pure. A reply of another shape is nothing, not an error: every port may hold any server.

use serde_json::Value;

use super::discover::FoundModel;

/// The most models of one server that are taken.
pub(super) const MAX_MODELS: usize = 500;
/// Characters of a label or a maker's name.
const MAX_TEXT_CHARS: usize = 120;

/// `/v1/models` of any OpenAI-compatible server: vLLM, llama.cpp, LM Studio and hosted ones tell the window there.
pub(super) fn openai_models(reply: &Value) -> Option<Vec<FoundModel>> {
    let list = reply["data"].as_array().or_else(|| reply.as_array())?;
    Some(models(list, |model| {
        let id = model["id"].as_str()?;
        let window = [
            &model["max_model_len"],
            &model["meta"]["n_ctx"],
            &model["context_length"],
            &model["context_window"],
            &model["max_context_length"],
        ];
        Some(FoundModel {
            id: id.to_owned(),
            label: text(&model["display_name"]).or_else(|| text(&model["name"])).filter(|label| label != id),
            owned_by: text(&model["owned_by"]),
            context_window: first_count(&window),
        })
    }))
}

/// True when a server's model list bears vLLM's mark.
pub(super) fn is_vllm(reply: &Value) -> bool {
    let model = &reply["data"][0];
    model["owned_by"] == "vllm" || model["max_model_len"].is_u64()
}

/// True when a server's model list bears llama.cpp's mark.
pub(super) fn is_llama_cpp(reply: &Value) -> bool {
    reply["data"][0]["owned_by"] == "llamacpp"
}

/// `/api/v0/models` of LM Studio, without its embedding models.
pub(super) fn lm_studio_models(reply: &Value) -> Option<Vec<FoundModel>> {
    let list = reply["data"].as_array()?;
    Some(models(list, |model| {
        let id = model["id"].as_str()?;
        let window = [&model["loaded_context_length"], &model["max_context_length"]];
        let chats = model["type"] != "embeddings";
        chats.then(|| named(id, first_count(&window)))
    }))
}

/// `/api/tags` of Ollama: names only.
pub(super) fn ollama_models(reply: &Value) -> Option<Vec<FoundModel>> {
    let list = reply["models"].as_array()?;
    Some(models(list, |model| {
        let id = model["name"].as_str().or(model["model"].as_str())?;
        Some(named(id, None))
    }))
}

/// `/api/show` of Ollama: the window set for the model, else the one it was trained for.
pub(super) fn ollama_window(reply: &Value) -> Option<u64> {
    let set = reply["parameters"]
        .as_str()
        .and_then(|parameters| parameters.lines().find_map(|line| line.trim().strip_prefix("num_ctx")?.trim().parse().ok()));
    set.or_else(|| {
        let info = reply["model_info"].as_object()?;
        info.iter().find(|(field, _)| field.ends_with(".context_length"))?.1.as_u64()
    })
}

/// `/api/ps` of Ollama: the window a running model was loaded with.
pub(super) fn ollama_running_window(reply: &Value, model: &str) -> Option<u64> {
    let running = reply["models"].as_array()?;
    let entry = running.iter().find(|entry| entry["name"] == model || entry["model"] == model)?;
    entry["context_length"].as_u64()
}

/// `/props` of llama.cpp: the window of the model it serves.
pub(super) fn llama_cpp_window(reply: &Value) -> Option<u64> {
    reply["default_generation_settings"]["n_ctx"].as_u64()
}

fn named(id: &str, context_window: Option<u64>) -> FoundModel {
    FoundModel { id: id.to_owned(), label: None, owned_by: None, context_window }
}

/// A text for people: trimmed, and of bearable length.
fn text(value: &Value) -> Option<String> {
    let text = value.as_str()?.trim();
    (!text.is_empty()).then(|| text.chars().take(MAX_TEXT_CHARS).collect())
}

fn models(list: &[Value], read: impl Fn(&Value) -> Option<FoundModel>) -> Vec<FoundModel> {
    list.iter().filter_map(read).take(MAX_MODELS).collect()
}

fn first_count(fields: &[&Value]) -> Option<u64> {
    fields.iter().find_map(|field| field.as_u64()).filter(|&count| count > 0)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(id: &str, context_window: Option<u64>) -> FoundModel {
        named(id, context_window)
    }

    fn of(owner: &str, found: FoundModel) -> FoundModel {
        FoundModel { owned_by: Some(owner.to_owned()), ..found }
    }

    #[test]
    fn each_server_is_read_in_its_own_shape() {
        let vllm = json!({"object":"list","data":[{"id":"q","owned_by":"vllm","max_model_len":32768}]});
        assert_eq!(openai_models(&vllm), Some(vec![of("vllm", found("q", Some(32768)))]));
        assert!(is_vllm(&vllm) && !is_llama_cpp(&vllm));

        let llama = json!({"models":[{"name":"g"}],"data":[{"id":"g","owned_by":"llamacpp","meta":{"n_ctx":8192,"n_ctx_train":32768}}]});
        assert_eq!(openai_models(&llama), Some(vec![of("llamacpp", found("g", Some(8192)))]));
        assert!(is_llama_cpp(&llama) && !is_vllm(&llama));

        let hosted = json!({"data":[{"id":"a","context_length":1000},{"id":"b","context_window":2000},{"id":"c"},{"no":1}]});
        assert_eq!(openai_models(&hosted), Some(vec![found("a", Some(1000)), found("b", Some(2000)), found("c", None)]));

        let sold = json!({"data":[{"id":"m/a","name":" Maker: A ","owned_by":""},{"id":"b","name":"b"}]});
        let labelled = FoundModel { label: Some("Maker: A".to_owned()), ..found("m/a", None) };
        assert_eq!(openai_models(&sold), Some(vec![labelled, found("b", None)]));

        let studio = json!({"data":[
            {"id":"l","type":"llm","state":"loaded","max_context_length":131072,"loaded_context_length":4096},
            {"id":"v","type":"vlm","state":"not-loaded","max_context_length":8192},
            {"id":"e","type":"embeddings"}]});
        assert_eq!(lm_studio_models(&studio), Some(vec![found("l", Some(4096)), found("v", Some(8192))]));

        let tags = json!({"models":[{"name":"llama3:8b","model":"llama3:8b"},{"model":"m"}]});
        assert_eq!(ollama_models(&tags), Some(vec![found("llama3:8b", None), found("m", None)]));
    }

    #[test]
    fn ollama_windows() {
        let trained = json!({"model_info":{"general.architecture":"llama","llama.context_length":131072}});
        assert_eq!(ollama_window(&trained), Some(131072));
        let set = json!({"parameters":"stop \"x\"\nnum_ctx                        8192\n","model_info":{"llama.context_length":131072}});
        assert_eq!(ollama_window(&set), Some(8192));
        assert_eq!(ollama_window(&json!({})), None);
        let running = json!({"models":[{"name":"m","context_length":4096}]});
        assert_eq!(ollama_running_window(&running, "m"), Some(4096));
        assert_eq!(ollama_running_window(&running, "n"), None);
    }

    #[test]
    fn other_shapes_are_nothing() {
        for reply in [json!(null), json!({}), json!("x"), json!({"error":"Unexpected endpoint"}), json!({"data":7,"models":7})] {
            assert_eq!(openai_models(&reply), None);
            assert_eq!(lm_studio_models(&reply), None);
            assert_eq!(ollama_models(&reply), None);
            assert_eq!(llama_cpp_window(&reply), None);
            assert!(!is_vllm(&reply) && !is_llama_cpp(&reply));
        }
    }
}
