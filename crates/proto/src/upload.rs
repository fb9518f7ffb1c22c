//! Uploads over HTTP: `PUT`, `GET` and `DELETE /api/media/uploads/{id}`.

use serde::{Deserialize, Serialize};

/// What a file is uploaded as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum UploadKind {
    /// A picture.
    Image,
    /// A film.
    Video,
    /// Anything else that may be attached.
    Document,
    /// A file to be imported.
    Import,
}

/// How far an upload is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct UploadStatus {
    /// As the client named it.
    pub id: String,
    /// Bytes that have arrived; the next piece begins there.
    pub received: u64,
    /// Bytes of the whole file.
    pub total: u64,
    /// Whether it is all there and is what it was said to be.
    pub complete: bool,
    /// What it is uploaded as.
    pub kind: UploadKind,
    /// Its declared type.
    pub mime: String,
    /// Its name, made harmless.
    pub name: String,
    /// The same as `total`.
    pub bytes: u64,
    /// Where it can be read, once it is complete; not for imports.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// The answer to `DELETE`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct UploadDeleted {
    /// Always true.
    pub deleted: bool,
}
