// The photos of a check-in, and the button that takes one.
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { useSignedIn, useWriting } from "../../shared/session/context";
import { Badge, Button, Note } from "../../shared/ui";
import css from "../pocket.module.css";
import { useAlbum } from "../queue/context";
import type { Photo } from "../queue/photo";

/** The hub keeps so many of a check-in. */
const MOST = 10;

const CODES = ["CHECK_IN_IGNORED", "TOO_MANY_PHOTOS", "NOT_FOUND"] as const;

export function PhotoStrip({ photos }: { photos: Photo[] }) {
  const { t } = useTranslation("pocket");
  const album = useAlbum();
  if (photos.length === 0) return null;
  const codeOf = (photo: Photo) => CODES.find((code) => code === photo.code) ?? "other";
  return (
    <ul className={css.photos}>
      {photos.map((photo) => (
        <li key={photo.id}>
          <Thumbnail photo={photo} />
          {photo.state === "REFUSED" && (
            <Badge tone="bad">{t(`photo.refused.${codeOf(photo)}`)}</Badge>
          )}
          {photo.state === "WAITING" && photo.entry !== null && (
            <Badge>{t("status.WAITING")}</Badge>
          )}
          {photo.entry === null && (
            <Button look="plain" className={css.touch} onClick={() => void album.remove(photo)}>
              {t("photo.remove")}
            </Button>
          )}
        </li>
      ))}
    </ul>
  );
}

function Thumbnail({ photo }: { photo: Photo }) {
  const { t } = useTranslation("pocket");
  const writing = useWriting();
  const image = useRef<HTMLImageElement>(null);
  useEffect(() => {
    const address = URL.createObjectURL(photo.thumbnail);
    if (image.current) image.current.src = address;
    return () => URL.revokeObjectURL(address);
  }, [photo.thumbnail]);
  return <img ref={image} alt={t("photo.of", { time: writing.time(photo.takenAt) })} />;
}

interface TakePhotoProps {
  customer: string;
  /** The check-in that it belongs to; null for the one that comes next. */
  entry: string | null;
  /** What is there already. */
  count: number;
}

export function TakePhoto({ customer, entry, count }: TakePhotoProps) {
  const { t } = useTranslation("pocket");
  const { viewer } = useSignedIn();
  const album = useAlbum();
  const input = useRef<HTMLInputElement>(null);
  const [isBroken, setBroken] = useState(false);

  const take = async (files: File[]) => {
    setBroken(false);
    for (const file of files.slice(0, MOST - count)) {
      const added = album.add(file, { rep: viewer.id, customer, entry });
      await added.catch(() => setBroken(true));
    }
  };

  return (
    <>
      <input
        ref={input}
        type="file"
        accept="image/*"
        capture="environment"
        multiple
        hidden
        onChange={(event) => {
          void take([...(event.target.files ?? [])]);
          event.target.value = "";
        }}
      />
      <Button
        className={css.touch}
        disabled={count >= MOST}
        onClick={() => input.current?.click()}
      >
        {t("photo.take")}
      </Button>
      {isBroken && <Note tone="warning">{t("photo.broken")}</Note>}
    </>
  );
}
