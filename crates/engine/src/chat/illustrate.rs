//! Finished texts that show files of the project: clients are told where they can be seen, the model keeps its own words (envelope §4.5).

use std::path::PathBuf;

use alcove_proto::envelope::Event;
use alcove_store::Change;

use super::actor::Actor;
use crate::clock::now_ms;
use crate::media::{self, Attachment};

impl Actor {
    /// Puts signed addresses in the place of the files that an event's finished text shows. What comes back must be kept until the
    /// event and `changes` are on disk.
    pub(super) async fn illustrate(&mut self, event: &mut Event, changes: &mut Vec<Change>) -> Vec<Attachment> {
        let Some(text) = self.finished_text(event).filter(|text| text.contains("![")) else { return Vec::new() };
        let (media, project) = (self.shared.media.clone(), PathBuf::from(&self.scope.project_path));
        let shown = tokio::task::spawn_blocking(move || media.illustrate(&text, &project)).await;
        // A text that cannot be illustrated is told as it is.
        let Ok(Some(shown)) = shown else { return Vec::new() };
        if let Event::StreamEnd(end) = event {
            end.text = Some(shown.text);
        } else if let Event::Message(message) = event {
            message.text = shown.text;
        }
        changes.extend(media::rows(&self.id, &shown.files, now_ms()));
        shown.files
    }

    fn finished_text(&self, event: &Event) -> Option<String> {
        if let Event::StreamEnd(end) = event {
            return end.text.clone().or_else(|| self.active.as_ref().map(|active| active.answer().to_owned()));
        }
        if let Event::Message(message) = event {
            return (message.kind.is_none() && message.notice.is_none()).then(|| message.text.clone());
        }
        None
    }
}
