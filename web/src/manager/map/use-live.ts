// The live feed as a page sees it.
import { useEffect, useMemo, useState, useSyncExternalStore } from "react";

import { useSignedIn } from "../../shared/session/context";
import { LiveFeed, type Live } from "./live";

/** Ages grow without news. */
const AGE_EVERY_MS = 5_000;

export function useLive(teamId: string | null): { live: Live; now: number } {
  const { socket } = useSignedIn();
  const feed = useMemo(() => new LiveFeed(socket, teamId), [socket, teamId]);
  useEffect(() => feed.start(), [feed]);
  const live = useSyncExternalStore(feed.subscribe, feed.current);
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const ticking = setInterval(() => setNow(Date.now()), AGE_EVERY_MS);
    return () => clearInterval(ticking);
  }, []);
  return { live, now };
}
