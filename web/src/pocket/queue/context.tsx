// The queue and the album as the pages see them.
import { createContext, useContext, useEffect, useMemo, useSyncExternalStore, type ReactNode } from "react";

import { useSession, useSignedIn } from "../../shared/session/context";
import { deviceCredentials } from "../device";
import { Album } from "./album";
import type { Entry } from "./entry";
import type { Photo } from "./photo";
import { Queue } from "./queue";
import { Shelf } from "./shelf";

interface Outbox {
  shelf: Shelf;
  queue: Queue;
  album: Album;
}

const OutboxContext = createContext<Outbox | null>(null);

export function OutboxProvider({ children }: { children: ReactNode }) {
  const session = useSession();
  const { viewer } = useSignedIn();
  const outbox = useMemo(() => {
    const credentials = deviceCredentials(session, () => viewer.id);
    const shelf = new Shelf();
    const album = new Album(shelf, credentials);
    return { shelf, album, queue: new Queue(shelf, credentials, album.again) };
  }, [session, viewer.id]);
  useEffect(() => {
    const stops = [outbox.shelf.start(), outbox.queue.start(), outbox.album.start()];
    return () => stops.forEach((stop) => stop());
  }, [outbox]);
  return <OutboxContext value={outbox}>{children}</OutboxContext>;
}

function useOutbox(): Outbox {
  const outbox = useContext(OutboxContext);
  if (!outbox) throw new Error("useOutbox outside of OutboxProvider");
  return outbox;
}

export const useQueue = (): Queue => useOutbox().queue;
export const useAlbum = (): Album => useOutbox().album;

/** What the signed-in rep has pressed on this phone, the oldest first. */
export function useEntries(): Entry[] {
  const { shelf } = useOutbox();
  const { viewer } = useSignedIn();
  const { entries } = useSyncExternalStore(shelf.subscribe, shelf.current);
  return useMemo(() => entries.filter(({ rep }) => rep === viewer.id), [entries, viewer.id]);
}

/** What the signed-in rep has photographed with this phone: of a check-in, or not yet of any. */
export function usePhotos(of: { entry: string } | { customer: string }): Photo[] {
  const { shelf } = useOutbox();
  const { viewer } = useSignedIn();
  const { photos } = useSyncExternalStore(shelf.subscribe, shelf.current);
  return photos.filter(({ rep, entry, customer }) =>
    rep !== viewer.id ? false : "entry" in of ? entry === of.entry : entry === null && customer === of.customer,
  );
}
