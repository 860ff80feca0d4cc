// The newest presence of every rep in sight, as the hub pushes it, and whether it is still pushed.
import { print } from "graphql";
import type { Client as Socket } from "graphql-ws";

import { LiveMapDocument, type LiveMapSubscription, type LivePresenceFragment } from "../../graphql";

export type Connection = "connecting" | "live" | "lost";

/** A presence, and when its position was true by this browser's clock. */
export interface Seen extends LivePresenceFragment {
  rep: NonNullable<LivePresenceFragment["rep"]>;
  /** Milliseconds since 1970; null where nothing was ever heard. */
  heardAt: number | null;
}

export interface Live {
  connection: Connection;
  /** Since when nothing is pushed; null while it is. */
  lostAt: number | null;
  /** By the rep's id. */
  reps: ReadonlyMap<string, Seen>;
  /** Why the hub pushes nothing, in its own words. */
  problem: string | null;
}

/** A subscription that ended is begun anew after this. */
const AGAIN_AFTER_MS = 3_000;
/** Changes are shown together, at most this often: thousands of reps are one picture. */
const SHOW_EVERY_MS = 250;

const NOTHING: Live = { connection: "connecting", lostAt: null, reps: new Map(), problem: null };

export class LiveFeed {
  private live = NOTHING;
  private reps = new Map<string, Seen>();
  private listeners = new Set<() => void>();
  private showing: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly socket: Socket,
    private readonly teamId: string | null,
  ) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly current = (): Live => this.live;

  /** Listens until the returned function is called. */
  start(): () => void {
    let isStopped = false;
    let stopListening = () => {};
    let again: ReturnType<typeof setTimeout> | undefined;
    const listen = () => {
      if (isStopped) return;
      stopListening = this.listen((problem) => {
        this.lose(problem);
        again = setTimeout(listen, AGAIN_AFTER_MS);
      });
    };
    const stopWatching = this.socket.on("closed", () => this.lose(null));
    listen();
    return () => {
      isStopped = true;
      clearTimeout(again);
      clearTimeout(this.showing);
      stopWatching();
      stopListening();
    };
  }

  /** The socket asks again by itself when it was away; the first answer is everything anew. */
  private listen(ended: (problem: string | null) => void): () => void {
    return this.socket.subscribe<LiveMapSubscription>(
      { query: print(LiveMapDocument), variables: { teamId: this.teamId } },
      {
        next: ({ data, errors }) => {
          if (data) this.take(data.presenceChanged);
          else if (errors?.[0]) this.lose(errors[0].message);
        },
        error: (error) => ended(messageOf(error)),
        complete: () => ended(null),
      },
    );
  }

  private take(change: LiveMapSubscription["presenceChanged"]): void {
    if (change.isSnapshot) this.reps = new Map();
    const now = Date.now();
    for (const presence of change.presences) {
      const { rep, age } = presence;
      if (!rep) continue;
      this.reps.set(rep.id, { ...presence, rep, heardAt: age === null ? null : now - age * 1000 });
    }
    for (const id of change.gone) this.reps.delete(id);
    const wasLive = this.live.connection === "live";
    if (!wasLive) this.show();
    else this.showing ??= setTimeout(() => this.show(), SHOW_EVERY_MS);
  }

  private show(): void {
    clearTimeout(this.showing);
    this.showing = undefined;
    this.tell({ connection: "live", lostAt: null, reps: new Map(this.reps), problem: null });
  }

  private lose(problem: string | null): void {
    clearTimeout(this.showing);
    this.showing = undefined;
    const lostAt = this.live.lostAt ?? Date.now();
    this.tell({ connection: "lost", lostAt, reps: this.live.reps, problem: problem ?? this.live.problem });
  }

  private tell(live: Live): void {
    this.live = live;
    for (const listener of this.listeners) listener();
  }
}

function messageOf(error: unknown): string | null {
  if (Array.isArray(error)) return String((error[0] as { message?: string })?.message ?? "");
  return error instanceof Error ? error.message : null;
}
