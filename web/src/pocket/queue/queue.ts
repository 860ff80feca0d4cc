// The queue: what is pressed is written down first, then sent, and kept until there is a receipt.
import { store } from "../store";
import {
  forgettable,
  inOrder,
  nextBatch,
  outcomeOf,
  waitAfter,
  wireOf,
  type Entry,
  type Receipt,
} from "./entry";

/** Gives the credential of a rep's device; null when there is none to be had now. */
export type Credentials = {
  of: (rep: string) => Promise<string | null>;
  forget: (rep: string) => Promise<void>;
};

const LOCK = "fieldhub.pocket.queue";
const CHANNEL = "fieldhub.pocket.queue";

export class Queue {
  private listeners = new Set<() => void>();
  private entries: Entry[] = [];
  private waiting: ReturnType<typeof setTimeout> | undefined;
  private tries = 0;
  private most = Number.POSITIVE_INFINITY;
  private readonly tabs = new BroadcastChannel(CHANNEL);

  constructor(private readonly credentials: Credentials) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Everything that is kept, the oldest first. */
  readonly current = (): Entry[] => this.entries;

  /** Sends whenever there is hope: now, when the network is back, when the page is looked at. */
  start(): () => void {
    const again = () => this.sendSoon(0);
    const looked = () => document.visibilityState === "visible" && again();
    addEventListener("online", again);
    document.addEventListener("visibilitychange", looked);
    this.tabs.onmessage = () => void this.read();
    void this.read().then(again);
    return () => {
      removeEventListener("online", again);
      document.removeEventListener("visibilitychange", looked);
      this.tabs.onmessage = null;
      clearTimeout(this.waiting);
    };
  }

  /** Written down when this returns; it is sent as soon as can be. */
  async add(entry: Omit<Entry, "id" | "receipt">): Promise<string> {
    const id = crypto.randomUUID();
    const database = await store();
    await database.put("entries", { ...entry, id, receipt: null });
    await this.changed();
    this.sendSoon(0);
    return id;
  }

  private sendSoon(ms: number): void {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => void this.sendAll(), ms);
  }

  /** One tab sends at a time; the others' entries are in the same store. */
  private async sendAll(): Promise<void> {
    await navigator.locks.request(LOCK, { ifAvailable: true }, async (lock) => {
      if (!lock) return this.sendSoon(waitAfter(0));
      while (await this.sendBatch());
    });
  }

  /** Whether there may be more to send at once. */
  private async sendBatch(): Promise<boolean> {
    const database = await store();
    const batch = nextBatch(await database.getAll("entries")).slice(0, this.most);
    const rep = batch[0]?.rep;
    if (rep === undefined) return false;
    const credential = await this.credentials.of(rep).catch(() => null);
    const answer = credential === null ? null : await post(credential, batch).catch(() => null);
    if (!answer) {
      this.sendSoon(waitAfter(this.tries++));
      return false;
    }
    const outcome = outcomeOf(answer.status, answer.retryAfter, answer.body, this.tries);
    switch (outcome.next) {
      case "keep":
        [this.tries, this.most] = [0, Number.POSITIVE_INFINITY];
        await this.keepReceipts(batch, outcome.receipts);
        return true;
      case "enrol":
        await this.credentials.forget(rep);
        this.sendSoon(waitAfter(this.tries++));
        return false;
      case "split":
        this.most = Math.max(1, batch.length >> 1);
        return batch.length > 1;
      case "wait":
        this.tries += 1;
        this.sendSoon(outcome.ms);
        return false;
    }
  }

  private async keepReceipts(batch: Entry[], receipts: Map<string, Receipt>): Promise<void> {
    const database = await store();
    const change = database.transaction("entries", "readwrite");
    for (const entry of batch) {
      const receipt = receipts.get(entry.id);
      if (receipt) void change.store.put({ ...entry, receipt });
    }
    for (const { id } of forgettable(await change.store.getAll(), Date.now())) {
      void change.store.delete(id);
    }
    await change.done;
    await this.changed();
  }

  private async changed(): Promise<void> {
    this.tabs.postMessage(null);
    await this.read();
  }

  private async read(): Promise<void> {
    this.entries = inOrder(await (await store()).getAll("entries"));
    for (const listener of this.listeners) listener();
  }
}

async function post(credential: string, batch: Entry[]) {
  const response = await fetch("/v1/check-ins", {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${credential}` },
    body: JSON.stringify({ checkIns: batch.map(wireOf) }),
  });
  const body: unknown = await response.json().catch(() => null);
  return { status: response.status, retryAfter: response.headers.get("Retry-After"), body };
}
