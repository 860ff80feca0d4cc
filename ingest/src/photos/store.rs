//! Where pictures lie: a folder, or a bucket that speaks S3.

use std::sync::Arc;

use bytes::Bytes;
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{
    BackoffConfig, ClientConfigKey, Error, ObjectStore, ObjectStoreExt, RetryConfig,
};

/// How long a bucket may take to answer; then the phone is told to come again.
const PATIENCE: &str = "10 seconds";

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct StoreError(#[from] Error);

/// Where pictures lie. A clone is a handle on the same place.
#[derive(Clone, Debug)]
pub struct PhotoStore {
    objects: Arc<dyn ObjectStore>,
}

impl PhotoStore {
    /// A folder, which is made if it is not there. What is written is on the disk when a put
    /// ends.
    pub fn folder(path: &std::path::Path) -> Result<Self, String> {
        std::fs::create_dir_all(path).map_err(|error| error.to_string())?;
        let folder = LocalFileSystem::new_with_prefix(path).map_err(|error| error.to_string())?;
        Ok(Self {
            objects: Arc::new(folder.with_fsync(true)),
        })
    }

    /// A bucket, below a prefix that may be empty. Credentials, region and endpoint come from the
    /// environment, by the names that all tools of S3 know (`AWS_ACCESS_KEY_ID`, …).
    pub fn bucket(name: &str, prefix: &str) -> Result<Self, String> {
        let retry = RetryConfig {
            backoff: BackoffConfig::default(),
            max_retries: 2,
            retry_timeout: std::time::Duration::from_secs(10),
        };
        let bucket = AmazonS3Builder::from_env()
            .with_bucket_name(name)
            .with_retry(retry)
            .with_config(
                AmazonS3ConfigKey::Client(ClientConfigKey::Timeout),
                PATIENCE,
            )
            .build()
            .map_err(|error| error.to_string())?;
        Ok(Self {
            objects: Arc::new(PrefixStore::new(bucket, prefix)),
        })
    }

    /// Writes a picture; one that is there under the key is replaced.
    pub(super) async fn put(&self, key: &str, picture: Bytes) -> Result<(), StoreError> {
        self.objects.put(&Path::from(key), picture.into()).await?;
        Ok(())
    }

    /// Reads a picture; none if it is not there.
    pub(super) async fn get(&self, key: &str) -> Result<Option<Bytes>, StoreError> {
        match self.objects.get(&Path::from(key)).await {
            Ok(found) => Ok(Some(found.bytes().await?)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Removes a picture; one that is not there is no error.
    pub(super) async fn delete(&self, key: &str) -> Result<(), StoreError> {
        match self.objects.delete(&Path::from(key)).await {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}
