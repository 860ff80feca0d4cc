// What this browser keeps of check-ins and photos, told to whoever looks, over all tabs.
import { store } from "../store";
import { inOrder, type Entry } from "./entry";
import type { Photo } from "./photo";

const CHANNEL = "fieldhub.pocket.queue";

export interface Kept {
  /** The oldest first. */
  entries: Entry[];
  photos: Photo[];
}

export class Shelf {
  private listeners = new Set<() => void>();
  private kept: Kept = { entries: [], photos: [] };
  private readonly tabs = new BroadcastChannel(CHANNEL);

  /** For `useSyncExternalStore`. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly current = (): Kept => this.kept;

  start(): () => void {
    this.tabs.onmessage = () => void this.read();
    void this.read();
    return () => {
      this.tabs.onmessage = null;
    };
  }

  /** To be told after each change of the store. */
  async changed(): Promise<void> {
    this.tabs.postMessage(null);
    await this.read();
  }

  private async read(): Promise<void> {
    const database = await store();
    const [entries, photos] = await Promise.all([
      database.getAll("entries"),
      database.getAll("photos"),
    ]);
    this.kept = { entries: inOrder(entries), photos };
    for (const listener of this.listeners) listener();
  }
}
