// Photos that reps took: small in a row, large when chosen. A picture is asked for with the
// session's token, so it can't be the address of an image.
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import type { SeenPhotoFragment } from "../../graphql";
import { useSession, useWriting } from "../session/context";
import { Button, Dialog } from "../ui";
import css from "./photo.module.css";

export function Photos({ photos }: { photos: SeenPhotoFragment[] | null }) {
  const { t } = useTranslation();
  const writing = useWriting();
  const [chosen, setChosen] = useState<SeenPhotoFragment | null>(null);
  if (!photos?.length) return null;
  const nameOf = (photo: SeenPhotoFragment) =>
    t("photo.of", { time: writing.dayAndTime(photo.receivedAt) });
  return (
    <>
      <ul className={css.row}>
        {photos.map((photo) => (
          <li key={photo.id}>
            <button type="button" className={css.small} onClick={() => setChosen(photo)}>
              <Picture photo={photo} name={nameOf(photo)} />
            </button>
          </li>
        ))}
      </ul>
      {chosen && (
        <Dialog title={nameOf(chosen)} onClose={() => setChosen(null)}>
          <div className={css.large}>
            <Picture photo={chosen} name={nameOf(chosen)} />
          </div>
          <Button onClick={() => setChosen(null)}>{t("close")}</Button>
        </Dialog>
      )}
    </>
  );
}

/** Fetched once it comes into sight. */
function Picture({ photo, name }: { photo: SeenPhotoFragment; name: string }) {
  const { t } = useTranslation();
  const session = useSession();
  const image = useRef<HTMLImageElement>(null);
  const [isAway, setAway] = useState(false);
  useEffect(() => {
    const element = image.current;
    if (!element) return;
    const leaving = new AbortController();
    let address: string | null = null;
    const show = async () => {
      const token = await session.freshToken();
      const response = await fetch(photo.url, {
        headers: { Authorization: `Bearer ${token ?? ""}` },
        signal: leaving.signal,
      });
      if (!response.ok) throw new Error(response.statusText);
      address = URL.createObjectURL(await response.blob());
      element.src = address;
    };
    const sight = new IntersectionObserver(([seen]) => {
      if (!seen?.isIntersecting) return;
      sight.disconnect();
      show().catch(() => leaving.signal.aborted || setAway(true));
    });
    sight.observe(element);
    return () => {
      sight.disconnect();
      leaving.abort();
      if (address) URL.revokeObjectURL(address);
    };
  }, [photo.url, session]);
  if (isAway) return <span className={css.away}>{t("photo.away")}</span>;
  return <img ref={image} alt={name} width={photo.width} height={photo.height} />;
}
