// Sends one thing after another whenever there is hope, in one tab at a time.
import { waitAfter } from "./entry";

/** What follows one sending: the next one at once, nothing, or another try after so many ms. */
export type Next = "more" | "nothing" | { waitMs: number };

export class Sender {
  private waiting: ReturnType<typeof setTimeout> | undefined;
  private tries = 0;

  /** `send` is told how many tries in a row have failed; no other tab holds the lock meanwhile. */
  constructor(
    private readonly lock: string,
    private readonly send: (tries: number) => Promise<Next>,
  ) {}

  /** Sends now, when the network is back, and when the page is looked at. */
  start(): () => void {
    const again = () => this.soon();
    const looked = () => document.visibilityState === "visible" && again();
    addEventListener("online", again);
    document.addEventListener("visibilitychange", looked);
    again();
    return () => {
      removeEventListener("online", again);
      document.removeEventListener("visibilitychange", looked);
      clearTimeout(this.waiting);
    };
  }

  soon(ms = 0): void {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => void this.sendAll(), ms);
  }

  private async sendAll(): Promise<void> {
    await navigator.locks.request(this.lock, { ifAvailable: true }, async (lock) => {
      if (!lock) return this.soon(waitAfter(0));
      for (;;) {
        const next = await this.send(this.tries);
        if (next === "nothing") return;
        if (next !== "more") {
          this.tries += 1;
          return this.soon(next.waitMs);
        }
        this.tries = 0;
      }
    });
  }
}
