//! Signed addresses of media (envelope §4.4): whoever has one may read that file and no other.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// Where signed media are.
pub const MEDIA_PATH: &str = "/api/media/";
/// Bytes of the signature that are used.
const SIGNATURE_BYTES: usize = 16;

/// The secret that signs. It is never shown.
#[derive(Clone)]
pub(crate) struct Signer {
    mac: Hmac<Sha256>,
}

/// Why an address opens nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadAddress {
    /// Not signed by us.
    Signature,
    /// Signed, but no path.
    Payload,
}

impl Signer {
    pub(crate) fn new(secret: &[u8]) -> Self {
        Self { mac: Hmac::new_from_slice(secret).expect("a key of any length will do") }
    }

    /// The address of a file below the folder of media.
    pub(crate) fn url(&self, file: &str) -> String {
        let payload = URL_SAFE_NO_PAD.encode(file);
        let signature = self.mac.clone().chain_update(&payload).finalize().into_bytes();
        format!("{MEDIA_PATH}{}/{payload}", URL_SAFE_NO_PAD.encode(&signature[..SIGNATURE_BYTES]))
    }

    /// The file an address names; its parts are what stands between the slashes.
    pub(crate) fn file(&self, signature: &str, payload: &str) -> Result<String, BadAddress> {
        let given = URL_SAFE_NO_PAD.decode(signature).map_err(|_| BadAddress::Signature)?;
        if given.len() != SIGNATURE_BYTES {
            return Err(BadAddress::Signature);
        }
        let signed = self.mac.clone().chain_update(payload);
        // In constant time.
        signed.verify_truncated_left(&given).map_err(|_| BadAddress::Signature)?;
        let bytes = URL_SAFE_NO_PAD.decode(payload).map_err(|_| BadAddress::Payload)?;
        let file = String::from_utf8(bytes).map_err(|_| BadAddress::Payload)?;
        let plain = !file.is_empty() && file.split('/').all(|part| !matches!(part, "" | "." | "..")) && !file.contains(['\\', '\0']);
        if plain { Ok(file) } else { Err(BadAddress::Payload) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(url: &str) -> (String, String) {
        let (signature, payload) = url.strip_prefix(MEDIA_PATH).and_then(|rest| rest.split_once('/')).unwrap();
        (signature.to_owned(), payload.to_owned())
    }

    #[test]
    fn an_address_names_its_file() {
        let signer = Signer::new(b"secret");
        let url = signer.url("websocket/3dcce6521fb5.png");
        assert_eq!(url, "/api/media/S3j2LokTa_clcgJfKfJDVg/d2Vic29ja2V0LzNkY2NlNjUyMWZiNS5wbmc");
        let (signature, payload) = parts(&url);
        assert_eq!(signature.len(), 22);
        assert_eq!(signer.file(&signature, &payload).as_deref(), Ok("websocket/3dcce6521fb5.png"));
    }

    #[test]
    fn no_other_signature_opens_it() {
        let signer = Signer::new(b"secret");
        let (signature, payload) = parts(&signer.url("websocket/a.png"));
        let (_, other) = parts(&signer.url("websocket/b.png"));
        for (signature, payload) in
            [("", payload.as_str()), ("AAAA", &payload), (&signature, &other), (&format!("{signature}="), &payload), ("!", &payload)]
        {
            assert_eq!(signer.file(signature, payload), Err(BadAddress::Signature), "{signature} {payload}");
        }
        assert_eq!(Signer::new(b"another").file(&signature, &payload), Err(BadAddress::Signature));
    }

    #[test]
    fn only_plain_paths_are_files() {
        let signer = Signer::new(b"secret");
        for file in ["", "../alcove.db", "websocket/../../alcove.db", "/etc/passwd", "a//b", "a/.", "a\\b", "a\0b"] {
            let (signature, payload) = parts(&signer.url(file));
            assert_eq!(signer.file(&signature, &payload), Err(BadAddress::Payload), "{file}");
        }
    }
}
