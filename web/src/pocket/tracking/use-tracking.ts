// Tracking with this phone: positions go into the queue while it is on and the page is open.
import { useCallback, useEffect, useRef, useState } from "react";

import { useSession, useSignedIn } from "../../shared/session/context";
import { trackWithThisDevice } from "../device";
import { batteryPct, fixOf } from "../here/position";
import { useQueue } from "../queue/context";
import { isDue, type Sent } from "./pace";

const keyOf = (rep: string) => `fieldhub.pocket.tracking.${rep}`;

export interface Tracking {
  isOn: boolean;
  turn: (isOn: boolean) => void;
  error: Error | null;
}

/** `isWanted` says whether the rep is on duty: nothing is read off duty and in a pause. */
export function useTracking(isWanted: boolean): Tracking {
  const session = useSession();
  const { viewer } = useSignedIn();
  const queue = useQueue();
  const [isOn, setOn] = useState(() => localStorage.getItem(keyOf(viewer.id)) === "on");
  const [error, setError] = useState<Error | null>(null);
  const last = useRef<Sent | null>(null);

  const turn = useCallback(
    (isOn: boolean) => {
      const change = isOn ? trackWithThisDevice(session, viewer.id) : Promise.resolve();
      change.then(
        () => {
          localStorage.setItem(keyOf(viewer.id), isOn ? "on" : "off");
          setOn(isOn);
          setError(null);
        },
        (error: Error) => setError(error),
      );
    },
    [session, viewer.id],
  );

  useEffect(() => {
    if (!isOn || !isWanted || !("geolocation" in navigator)) return;
    const watching = navigator.geolocation.watchPosition(
      async (position) => {
        const [fix, now] = [fixOf(position), Date.now()];
        if (!isDue(last.current, fix, now)) return;
        last.current = { at: now, fix };
        await queue.add({
          rep: viewer.id,
          kind: "TRAIL",
          recordedAt: new Date(position.timestamp).toISOString(),
          fix,
          customer: null,
          note: null,
          batteryPct: await batteryPct(),
        });
      },
      () => undefined,
      { enableHighAccuracy: true, maximumAge: 0 },
    );
    return () => navigator.geolocation.clearWatch(watching);
  }, [isOn, isWanted, queue, viewer.id]);

  return { isOn, turn, error };
}
