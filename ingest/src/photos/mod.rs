//! Photos of check-ins: taken in, kept in the photo store, given to who may see them.
//!
//! A row is written before its picture is stored and finished after it: no picture lies in the
//! store that no row leads to, and none is shown that is not there.

mod picture;
mod routes;
mod rows;
mod store;

use bytes::Bytes;
use entity::Database;
use entity::field::{photo, receipt};
use entity::id::{DeviceId, PhotoId, UserId};
use entity::viewer::Scope;
use sea_orm::{ColumnTrait, DbErr, QueryFilter};

use crate::intake::now;
use crate::intake::receipt::newest;
use picture::{Darkroom, Picture, PictureError};

pub(crate) use routes::{described_giving, described_taking};
pub use routes::{giving, taking};
pub use store::{PhotoStore, StoreError};

/// The most photos of one check-in.
const MOST_PHOTOS: u64 = 10;
/// The most characters of a photo's own id.
const LONGEST_NAME: usize = 64;

/// Why a photo was not taken.
#[derive(Debug, thiserror::Error)]
pub enum PhotoError {
    /// Its own id is empty, too long or not text.
    #[error("a photo's id has 1 to {LONGEST_NAME} characters, none of them a control character")]
    Name,
    /// The sender has no such check-in.
    #[error("no check-in of yours has this id; send the check-in first")]
    NoCheckIn,
    /// The check-in was not kept, and neither is a photo of it.
    #[error("the check-in was not kept, because it was off duty or in a pause; nor is its photo")]
    Ignored,
    /// The check-in has as many as it may have.
    #[error("a check-in may have {MOST_PHOTOS} photos")]
    TooMany,
    /// Another photo came under the same id before.
    #[error("another photo of this check-in has this id; give each photo an id of its own")]
    Taken,
    /// What came is not a picture that can be kept.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// The photo store does not answer or cannot write.
    #[error("the photo store is unavailable")]
    Store(#[from] StoreError),
    /// The database does not answer or cannot write.
    #[error("the database is unavailable")]
    Database(#[from] DbErr),
    /// The process is about to stop.
    #[error("the server is about to stop")]
    Stopping,
}

/// A photo that was taken.
#[derive(Clone, Debug)]
pub struct Taken {
    /// Its row.
    pub photo: photo::Model,
    /// Whether it came for the first time.
    pub is_new: bool,
}

/// The photos of a hub. A clone is a handle on the same ones.
#[derive(Clone, Debug)]
pub struct Photos {
    database: Database,
    store: PhotoStore,
    darkroom: Darkroom,
}

impl Photos {
    /// The photos of a database, with where their pictures lie.
    pub fn new(database: Database, store: PhotoStore) -> Self {
        Self {
            database,
            store,
            darkroom: Darkroom::default(),
        }
    }

    /// Takes a photo of a rep's check-in: of one device, or of any of theirs. The same bytes under
    /// the same `name` are taken once, however often they come.
    pub async fn take(
        &self,
        rep: UserId,
        device: Option<DeviceId>,
        client_id: &str,
        name: &str,
        bytes: Bytes,
    ) -> Result<Taken, PhotoError> {
        let is_name = (1..=LONGEST_NAME).contains(&name.chars().count());
        if !is_name || name.chars().any(char::is_control) {
            return Err(PhotoError::Name);
        }
        let found = newest(&self.database.read, rep, device, client_id).await?;
        let check_in = found.ok_or(PhotoError::NoCheckIn)?;
        if check_in.status == receipt::Status::Ignored {
            return Err(PhotoError::Ignored);
        }
        let digest = blake3::hash(&bytes).as_bytes().to_vec();
        let known = rows::find(&self.database.read, &check_in, name).await?;
        if let Some(photo) = known.filter(|photo| photo.stored_at.is_some()) {
            return again(photo, &digest);
        }
        let picture = self.darkroom.develop(bytes).await?;
        let row = row(&check_in, name, digest.clone(), &picture);
        let reserved = rows::reserve(&self.database, &check_in, row).await?;
        if reserved.digest != digest {
            return Err(PhotoError::Taken);
        }
        self.store.put(&reserved.key(), picture.jpeg).await?;
        let photo = rows::finish(&self.database.write, reserved, now()).await?;
        Ok(Taken {
            photo,
            is_new: true,
        })
    }

    /// The row of a photo, if it is in the scope.
    pub async fn find(&self, scope: &Scope, id: PhotoId) -> Result<Option<photo::Model>, DbErr> {
        photo::Entity::visible_to(scope)
            .filter(photo::Column::Id.eq(id))
            .one(&self.database.read)
            .await
    }

    /// The picture of a photo, as JPEG; none if it is gone.
    pub async fn picture(&self, photo: &photo::Model) -> Result<Option<Bytes>, StoreError> {
        self.store.get(&photo.key()).await
    }

    /// Removes the photos of a rep that came before an instant, the pictures first: what a broken
    /// removal leaves is found again by its row. Gives their number.
    pub(crate) async fn remove_before(
        &self,
        rep: UserId,
        before: chrono::DateTime<chrono::Utc>,
    ) -> Result<u64, PhotoError> {
        let mut removed = 0;
        for id in rows::before(&self.database.read, rep, before).await? {
            self.store.delete(&photo::key(rep, id)).await?;
            removed += rows::remove(&self.database.write, id).await?;
        }
        Ok(removed)
    }
}

fn again(photo: photo::Model, digest: &[u8]) -> Result<Taken, PhotoError> {
    if photo.digest != digest {
        return Err(PhotoError::Taken);
    }
    Ok(Taken {
        photo,
        is_new: false,
    })
}

fn row(check_in: &receipt::Model, name: &str, digest: Vec<u8>, picture: &Picture) -> photo::Model {
    let bytes = i32::try_from(picture.jpeg.len()).unwrap_or(i32::MAX);
    photo::Model {
        id: PhotoId::new(),
        rep_id: check_in.rep_id,
        device_id: check_in.device_id,
        client_id: check_in.client_id.clone(),
        name: name.to_owned(),
        digest,
        width: picture.width,
        height: picture.height,
        bytes,
        received_at: now(),
        stored_at: None,
    }
}
