// The queue as the pages see it.
import { createContext, useContext, useEffect, useMemo, useSyncExternalStore, type ReactNode } from "react";

import { useSession, useSignedIn } from "../../shared/session/context";
import { deviceCredentials } from "../device";
import type { Entry } from "./entry";
import { Queue } from "./queue";

const QueueContext = createContext<Queue | null>(null);

export function QueueProvider({ children }: { children: ReactNode }) {
  const session = useSession();
  const { viewer } = useSignedIn();
  const queue = useMemo(
    () => new Queue(deviceCredentials(session, () => viewer.id)),
    [session, viewer.id],
  );
  useEffect(() => queue.start(), [queue]);
  return <QueueContext value={queue}>{children}</QueueContext>;
}

export function useQueue(): Queue {
  const queue = useContext(QueueContext);
  if (!queue) throw new Error("useQueue outside of QueueProvider");
  return queue;
}

/** What the signed-in rep has pressed on this phone, the oldest first. */
export function useEntries(): Entry[] {
  const queue = useQueue();
  const { viewer } = useSignedIn();
  const all = useSyncExternalStore(queue.subscribe, queue.current);
  return useMemo(() => all.filter(({ rep }) => rep === viewer.id), [all, viewer.id]);
}
