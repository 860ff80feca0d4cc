// A photo on its way to the hub, and what is decided about it. Pure.
import { waitAfter, type Entry } from "./entry";

export interface Photo {
  /** The idempotency key: the same photo sent twice is one. */
  id: string;
  rep: string;
  /** The customer it was taken at. */
  customer: string;
  /** The check-in it belongs to; null until a button is pressed. */
  entry: string | null;
  takenAt: string;
  /** What is sent; null once the hub has it. */
  picture: Blob | null;
  thumbnail: Blob;
  state: "WAITING" | "SENT" | "REFUSED";
  /** Why it was refused, as a stable code. */
  code: string | null;
}

/** The oldest photo whose check-in has its receipt: what is next to be sent. */
export function nextPhoto(photos: Photo[], entries: Entry[]): Photo | null {
  const received = new Set(entries.filter(({ receipt }) => receipt).map(({ id }) => id));
  const ready = photos.filter(
    ({ state, entry }) => state === "WAITING" && entry !== null && received.has(entry),
  );
  return ready.toSorted((a, b) => a.takenAt.localeCompare(b.takenAt))[0] ?? null;
}

/** What an answer means for the photo that was sent. */
type Outcome =
  | { next: "sent" }
  | { next: "refused"; code: string }
  | { next: "enrol" }
  | { next: "wait"; ms: number };

/** The hub says by these that the same photo will never be taken. */
const REFUSALS = new Set([400, 404, 409, 413, 415, 422]);

/** `tries` counts the failures in a row before this one. */
export function outcomeOfPhoto(
  status: number,
  retryAfter: string | null,
  body: unknown,
  tries: number,
): Outcome {
  if (status === 200 || status === 201) return { next: "sent" };
  if (status === 401) return { next: "enrol" };
  if (REFUSALS.has(status)) {
    const { code } = (body ?? {}) as { code?: string };
    return { next: "refused", code: code ?? "UNKNOWN" };
  }
  const seconds = Number(retryAfter);
  return { next: "wait", ms: seconds > 0 ? seconds * 1000 : waitAfter(tries) };
}

/** How large a picture is drawn so that its longer side is no longer than `longest`. */
export function fitted(width: number, height: number, longest: number): [number, number] {
  const scale = Math.min(1, longest / Math.max(width, height));
  return [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
}
