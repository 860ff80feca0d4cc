//! Passwords: Argon2id, on few threads at once, because each check takes 19 MiB.

use std::sync::LazyLock;
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use crate::error::{Error, Result};

/// The fewest characters of a password.
pub const SHORTEST: usize = 10;
/// The most characters of a password.
pub const LONGEST: usize = 200;

/// Memory in KiB, passes, lanes: OWASP's first choice for Argon2id.
const COST: (u32, u32, u32) = (19 * 1024, 2, 1);
/// How long a check waits for its turn.
const PATIENCE: Duration = Duration::from_secs(5);

/// Checks at once. More would not be faster and take more memory.
static TURNS: Semaphore = Semaphore::const_new(2);
/// Checked when there is no such account, so that the answer takes as long.
static NOBODY: LazyLock<String> =
    LazyLock::new(|| hash("nobody has this password").unwrap_or_default());

/// The hash of a password. Takes tens of milliseconds: for programs without other work.
pub fn hash(password: &str) -> Result<String> {
    let hash = argon2()?.hash_password(password.as_bytes());
    hash.map(|hash| hash.to_string())
        .map_err(|error| Error::internal(format!("a password cannot be hashed: {error}")))
}

/// The hash of a password, made on a thread of its own.
pub async fn hash_aside(password: String) -> Result<String> {
    aside(move || hash(&password)).await?
}

/// Whether the password belongs to the hash. Without a hash it takes as long and is false.
pub async fn verify(password: String, stored: Option<String>) -> Result<bool> {
    aside(move || {
        let is_known = stored.is_some();
        let stored = stored.unwrap_or_else(|| NOBODY.clone());
        let Ok(stored) = PasswordHash::new(&stored) else {
            return false;
        };
        let is_right = Argon2::default().verify_password(password.as_bytes(), &stored);
        is_known && is_right.is_ok()
    })
    .await
}

async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let busy = || Error::unavailable("too many sign-ins at once, try again");
    let turn = tokio::time::timeout(PATIENCE, TURNS.acquire()).await;
    let _turn = turn.map_err(|_| busy())?.map_err(|_| busy())?;
    tokio::task::spawn_blocking(work)
        .await
        .map_err(Error::internal)
}

fn argon2() -> Result<Argon2<'static>> {
    let (memory, passes, lanes) = COST;
    let params = Params::new(memory, passes, lanes, None)
        .map_err(|error| Error::internal(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_opens() {
        let stored = hash("correct horse").unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        let opens = async |password: &str, stored: &str| {
            verify(password.to_owned(), Some(stored.to_owned()))
                .await
                .unwrap()
        };
        assert!(opens("correct horse", &stored).await);
        assert!(!opens("correct house", &stored).await);
        assert!(!opens("correct horse", "not a hash").await);
        assert!(
            !verify("nobody has this password".to_owned(), None)
                .await
                .unwrap()
        );
    }
}
