// The queue: what is pressed is written down first, then sent, and kept until there is a receipt.
import { store } from "../store";
import { forgettable, nextBatch, outcomeOf, waitAfter, wireOf, type Entry, type Receipt } from "./entry";
import { Sender, type Next } from "./sender";
import type { Shelf } from "./shelf";

/** Gives the credential of a rep's device; null when there is none to be had now. */
export type Credentials = {
  of: (rep: string) => Promise<string | null>;
  forget: (rep: string) => Promise<void>;
};

export class Queue {
  private most = Number.POSITIVE_INFINITY;
  private readonly sender = new Sender("fieldhub.pocket.queue", (tries) => this.sendBatch(tries));

  constructor(
    private readonly shelf: Shelf,
    private readonly credentials: Credentials,
    private readonly onReceipts: () => void,
  ) {}

  start(): () => void {
    return this.sender.start();
  }

  /**
   * Written down when this returns, together with the photos that were taken at the customer for
   * it; it is sent as soon as can be.
   */
  async add(entry: Omit<Entry, "id" | "receipt">): Promise<void> {
    const id = crypto.randomUUID();
    const change = (await store()).transaction(["entries", "photos"], "readwrite");
    void change.objectStore("entries").put({ ...entry, id, receipt: null });
    const photos = change.objectStore("photos");
    for (const photo of await photos.getAll()) {
      const isItsOwn = photo.rep === entry.rep && photo.customer === entry.customer?.id;
      if (isItsOwn && photo.entry === null) void photos.put({ ...photo, entry: id });
    }
    await change.done;
    await this.shelf.changed();
    this.sender.soon();
  }

  private async sendBatch(tries: number): Promise<Next> {
    const batch = nextBatch(await (await store()).getAll("entries")).slice(0, this.most);
    const rep = batch[0]?.rep;
    if (rep === undefined) return "nothing";
    const credential = await this.credentials.of(rep).catch(() => null);
    const answer = credential === null ? null : await post(credential, batch).catch(() => null);
    if (!answer) return { waitMs: waitAfter(tries) };
    const outcome = outcomeOf(answer.status, answer.retryAfter, answer.body, tries);
    switch (outcome.next) {
      case "keep":
        this.most = Number.POSITIVE_INFINITY;
        await this.keepReceipts(batch, outcome.receipts);
        return "more";
      case "enrol":
        await this.credentials.forget(rep);
        return { waitMs: waitAfter(tries) };
      case "split":
        this.most = Math.max(1, batch.length >> 1);
        return batch.length > 1 ? "more" : { waitMs: waitAfter(tries) };
      case "wait":
        return { waitMs: outcome.ms };
    }
  }

  private async keepReceipts(batch: Entry[], receipts: Map<string, Receipt>): Promise<void> {
    const change = (await store()).transaction(["entries", "photos"], "readwrite");
    const entries = change.objectStore("entries");
    const photos = change.objectStore("photos");
    for (const entry of batch) {
      const receipt = receipts.get(entry.id);
      if (receipt) void entries.put({ ...entry, receipt });
    }
    const kept = await photos.getAll();
    for (const { id } of forgettable(await entries.getAll(), kept, Date.now())) {
      void entries.delete(id);
      for (const photo of kept) if (photo.entry === id) void photos.delete(photo.id);
    }
    await change.done;
    await this.shelf.changed();
    this.onReceipts();
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
