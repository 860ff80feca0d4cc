//! What OwnTracks encrypts: libsodium's secretbox (XSalsa20 and Poly1305) with the passphrase,
//! filled up with zeros, as the key; base64 of the nonce and the box.
//! Source: <https://owntracks.org/booklet/features/encrypt/>.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use crypto_secretbox::aead::Aead;
use crypto_secretbox::{Key, KeyInit, Nonce, XSalsa20Poly1305};
use serde_json::{Value, json};

const NONCE: usize = 24;

/// Opens what a message holds; none if the key does not fit, or it is no box at all.
pub(super) fn open(data: &str, passphrase: &str) -> Option<Vec<u8>> {
    let bytes = STANDARD.decode(data.trim()).ok()?;
    let (nonce, boxed) = bytes.split_at_checked(NONCE)?;
    let nonce: [u8; NONCE] = nonce.try_into().ok()?;
    cipher(passphrase)?.decrypt(&Nonce::from(nonce), boxed).ok()
}

/// A message that holds another one.
pub(super) fn seal(message: &Value, passphrase: &str) -> Option<Value> {
    let nonce: [u8; NONCE] = rand::random();
    let text = message.to_string();
    let boxed = cipher(passphrase)?
        .encrypt(&Nonce::from(nonce), text.as_bytes())
        .ok()?;
    let data = STANDARD.encode([nonce.as_slice(), &boxed].concat());
    Some(json!({ "_type": "encrypted", "data": data }))
}

fn cipher(passphrase: &str) -> Option<XSalsa20Poly1305> {
    let mut key = [0; 32];
    key.get_mut(..passphrase.len())?
        .copy_from_slice(passphrase.as_bytes());
    Some(XSalsa20Poly1305::new(&Key::from(key)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_is_opened_by_its_key_alone() {
        let message = json!({"_type": "location", "lat": 1.5});
        let sealed = seal(&message, "open sesame").unwrap();
        let data = sealed["data"].as_str().unwrap();
        let opened = open(data, "open sesame").unwrap();
        assert_eq!(serde_json::from_slice::<Value>(&opened).unwrap(), message);
        for wrong in ["open sesamE", "", "x"] {
            assert_eq!(open(data, wrong), None);
        }
        assert_eq!(open("abcd", "open sesame"), None);
        assert_eq!(open("not base64", "open sesame"), None);
        assert!(seal(&message, &"x".repeat(33)).is_none());
    }

    /// Made by libsodium 1.0.18: `crypto_secretbox_easy` of `{"_type":"lwt"}` with the nonce 0, 1, …,
    /// 23 and the key `s3cr3t`.
    #[test]
    fn a_box_of_libsodium_is_opened() {
        let data = include_str!("secretbox.txt");
        assert_eq!(open(data, "s3cr3t").unwrap(), b"{\"_type\":\"lwt\"}");
    }
}
