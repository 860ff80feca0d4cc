//! Rows as the body of an answer.

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use futures_util::{StreamExt, stream};
use serde_json::Value;

use super::slots::Slot;
use super::{Fault, Rows, Sheet, TrackExport};

/// What rows are written by.
pub(super) enum Writer {
    Sheet(Sheet),
    Track(TrackExport),
}

impl Writer {
    fn flows(&self) -> bool {
        match self {
            Self::Sheet(sheet) => sheet.flows(),
            Self::Track(_) => true,
        }
    }

    fn write(&mut self, rows: &[Vec<Value>]) -> Result<Vec<u8>, Fault> {
        match self {
            Self::Sheet(sheet) => sheet.write(rows),
            Self::Track(track) => Ok(track.write(rows)),
        }
    }

    fn finish(self) -> Result<Vec<u8>, Fault> {
        match self {
            Self::Sheet(sheet) => sheet.finish(),
            Self::Track(track) => Ok(track.finish()),
        }
    }
}

/// Answers with the rows as they come. The slot is held until the last of them is sent.
pub(super) async fn streamed(
    rows: Rows,
    writer: Writer,
    slot: Slot,
    media_type: &'static str,
    file: &str,
) -> Result<Response, Fault> {
    let body = match writer.flows() {
        true => flowing(rows, writer, slot).await?,
        false => whole(rows, writer).await?,
    };
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let disposition = format!("attachment; filename=\"{file}\"");
    if let Ok(disposition) = disposition.try_into() {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    Ok(response)
}

/// What has no bytes before its end is read to the end first, so that all faults have a status.
async fn whole(mut rows: Rows, mut writer: Writer) -> Result<Body, Fault> {
    let mut bytes = Vec::new();
    while let Some(page) = rows.next().await? {
        bytes.extend(writer.write(&page)?);
    }
    bytes.extend(writer.finish()?);
    Ok(Body::from(bytes))
}

/// The first page is read before the answer begins, so that what is wrong from the start has its
/// status.
async fn flowing(mut rows: Rows, mut writer: Writer, slot: Slot) -> Result<Body, Fault> {
    let first = rows.next().await?.unwrap_or_default();
    let begun = writer.write(&first)?;
    let rest = stream::try_unfold(Some((rows, writer, slot)), |state| async move {
        let Some((mut rows, mut writer, slot)) = state else {
            return Ok::<_, Fault>(None);
        };
        Ok(Some(match rows.next().await? {
            Some(page) => {
                let bytes = writer.write(&page)?;
                (Bytes::from(bytes), Some((rows, writer, slot)))
            }
            None => (Bytes::from(writer.finish()?), None),
        }))
    });
    let begun = stream::iter([Ok(Bytes::from(begun))]);
    Ok(Body::from_stream(begun.chain(Box::pin(rest))))
}
