// Where this phone is, as the browser tells.
import { useEffect, useState } from "react";

import type { Fix } from "../queue/entry";

const FRESH_MS = 15_000;
const PATIENCE_MS = 15_000;

/** Null when the phone doesn't know, or may not tell. */
export function readFix(): Promise<Fix | null> {
  return new Promise((resolve) => {
    if (!("geolocation" in navigator)) return resolve(null);
    navigator.geolocation.getCurrentPosition(
      (position) => resolve(fixOf(position)),
      () => resolve(null),
      { enableHighAccuracy: true, maximumAge: FRESH_MS, timeout: PATIENCE_MS },
    );
  });
}

export function fixOf({ coords }: GeolocationPosition): Fix {
  return {
    latitude: coords.latitude,
    longitude: coords.longitude,
    accuracyM: coords.accuracy,
    speedMps: coords.speed,
    headingDeg: coords.heading === null || Number.isNaN(coords.heading) ? null : coords.heading,
  };
}

export type Here = { fix: Fix } | { problem: "denied" | "unknown" } | null;

/** Follows the phone while the page is open; null until the first word. */
export function useHere(): Here {
  const [here, setHere] = useState<Here>(null);
  useEffect(() => {
    if (!("geolocation" in navigator)) return setHere({ problem: "unknown" });
    const watching = navigator.geolocation.watchPosition(
      (position) => setHere({ fix: fixOf(position) }),
      (error) =>
        setHere({ problem: error.code === error.PERMISSION_DENIED ? "denied" : "unknown" }),
      { enableHighAccuracy: true, maximumAge: FRESH_MS },
    );
    return () => navigator.geolocation.clearWatch(watching);
  }, []);
  return here;
}

interface Battery {
  level: number;
}

/** From 0 to 100; null where the browser doesn't tell. */
export async function batteryPct(): Promise<number | null> {
  const phone = navigator as Navigator & { getBattery?: () => Promise<Battery> };
  const battery = await phone.getBattery?.().catch(() => null);
  return battery ? Math.round(battery.level * 100) : null;
}
