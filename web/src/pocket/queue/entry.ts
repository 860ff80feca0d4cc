// A check-in on its way to the hub, and what is decided about it. Pure.
import type { Photo } from "./photo";

export type Kind =
  | "ARRIVE"
  | "DEPART"
  | "TRAIL"
  | "SHIFT_START"
  | "SHIFT_END"
  | "PAUSE"
  | "RESUME";

export interface Fix {
  latitude: number;
  longitude: number;
  accuracyM: number;
  speedMps: number | null;
  headingDeg: number | null;
}

interface Verdict {
  customerId: string;
  state: "INSIDE" | "OUTSIDE" | "UNDECIDED";
  distanceM: number;
}

export interface Receipt {
  status: "ACCEPTED" | "DUPLICATE" | "QUARANTINED" | "IGNORED";
  reason?: string;
  message?: string;
  verdicts?: Verdict[];
}

export interface Entry {
  /** The idempotency key: the same check-in sent twice is one. */
  id: string;
  /** Whose it is; it is sent with that rep's credential, whoever is signed in. */
  rep: string;
  kind: Kind;
  /** When the button was pressed or the position read, by this device's clock. */
  recordedAt: string;
  fix: Fix | null;
  customer: { id: string; name: string } | null;
  note: string | null;
  batteryPct: number | null;
  receipt: Receipt | null;
}

/** The hub takes more; a small batch is through even a poor network. */
const MOST_A_BATCH = 100;
const KEPT_MS = 7 * 24 * 3_600_000;
const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 60_000;

/** The oldest that have no receipt yet, of one rep. */
export function nextBatch(entries: Entry[]): Entry[] {
  const waiting = inOrder(entries.filter(({ receipt }) => receipt === null));
  const [first] = waiting;
  if (!first) return [];
  return waiting.filter(({ rep }) => rep === first.rep).slice(0, MOST_A_BATCH);
}

export function inOrder(entries: Entry[]): Entry[] {
  return entries.toSorted((a, b) => a.recordedAt.localeCompare(b.recordedAt));
}

/** As `POST /v1/check-ins` takes it. */
export function wireOf({ id, kind, recordedAt, fix, customer, note, batteryPct }: Entry): object {
  return {
    id,
    kind,
    recordedAt,
    ...(fix ? withoutNulls({ ...fix }) : {}),
    ...withoutNulls({ customerId: customer?.id ?? null, note, batteryPct }),
  };
}

function withoutNulls(values: Record<string, unknown>): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}

/** What an answer means for the batch that was sent. */
type Outcome =
  | { next: "keep"; receipts: Map<string, Receipt> }
  | { next: "wait"; ms: number }
  | { next: "split" }
  | { next: "enrol" };

/** `tries` counts the failures in a row before this one. */
export function outcomeOf(
  status: number,
  retryAfter: string | null,
  body: unknown,
  tries: number,
): Outcome {
  if (status === 202) {
    const { receipts } = body as { receipts: (Receipt & { id: string })[] };
    return { next: "keep", receipts: new Map(receipts.map(({ id, ...receipt }) => [id, receipt])) };
  }
  if (status === 401) return { next: "enrol" };
  if (status === 413) return { next: "split" };
  const seconds = Number(retryAfter);
  return { next: "wait", ms: seconds > 0 ? seconds * 1000 : waitAfter(tries) };
}

export function waitAfter(tries: number): number {
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** tries);
}

/**
 * Those whose receipt is old enough to be forgotten. What has none is never forgotten, nor what has
 * a photo that is still on its way.
 */
export function forgettable(
  entries: Entry[],
  photos: Pick<Photo, "entry" | "state">[],
  now: number,
): Entry[] {
  const waiting = new Set(photos.filter(({ state }) => state === "WAITING").map(({ entry }) => entry));
  return entries.filter(
    ({ id, receipt, recordedAt }) =>
      receipt !== null && !waiting.has(id) && now - Date.parse(recordedAt) > KEPT_MS,
  );
}

/** How the rep stood to the customer they named: its nearest fence. */
export function verdictOf({ customer, receipt }: Entry): Verdict | null {
  const own = receipt?.verdicts?.filter(({ customerId }) => customerId === customer?.id) ?? [];
  return own.reduce<Verdict | null>(
    (nearest, verdict) => (nearest && nearest.distanceM <= verdict.distanceM ? nearest : verdict),
    null,
  );
}
