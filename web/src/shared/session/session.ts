// Who is signed in: a short access token in memory, a refresh token in the browser's storage, and
// one renewal at a time over all tabs, because a refresh token works once.
import {
  RefreshSessionDocument,
  SignInDocument,
  SignOutDocument,
  type RefusalFragment,
  type SessionTokensFragment,
} from "../../graphql";
import { ask } from "../ask";

/** The token is renewed when it would end within this time. */
const RENEW_BEFORE_MS = 30_000;

interface Access {
  token: string;
  expiresAt: number;
}

export class Session {
  private access: Access | null = null;
  private renewal: Promise<void> | null = null;
  private listeners = new Set<() => void>();

  /** `key` names the entry in the browser's storage: the two apps sign in apart. */
  constructor(private readonly key: string) {
    addEventListener("storage", (event) => {
      if (event.key !== key) return;
      if (event.newValue === null) this.access = null;
      this.tell();
    });
  }

  get isSignedIn(): boolean {
    return localStorage.getItem(this.key) !== null;
  }

  /** For `useSyncExternalStore`. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Why it was refused; nothing when signed in. */
  async signIn(email: string, password: string): Promise<RefusalFragment[]> {
    const { signIn } = await ask(SignInDocument, { email, password });
    if (signIn.session) this.keep(signIn.session);
    return signIn.userErrors;
  }

  async signOut(): Promise<void> {
    const token = this.access?.token;
    const refreshToken = localStorage.getItem(this.key);
    this.forget();
    // The server may be away: this browser has forgotten the tokens all the same.
    await ask(SignOutDocument, { refreshToken }, token).catch(() => undefined);
  }

  /** Keeps what was last known of whoever is signed in. */
  remember(known: unknown): void {
    localStorage.setItem(`${this.key}.known`, JSON.stringify(known));
  }

  remembered<Known>(): Known | null {
    const text = localStorage.getItem(`${this.key}.known`);
    return text === null ? null : (JSON.parse(text) as Known);
  }

  get isStale(): boolean {
    return this.access === null || this.access.expiresAt - Date.now() < RENEW_BEFORE_MS;
  }

  /** The token in hand, which may have ended. */
  get token(): string | null {
    return this.access?.token ?? null;
  }

  /** A token that is good for a while; null when nobody is signed in. */
  async freshToken(): Promise<string | null> {
    if (this.isSignedIn && this.isStale) await this.renew();
    return this.token;
  }

  /** The server refused the token: the next use renews it. */
  expire(): void {
    this.access = null;
  }

  /** Renews the token. A refused renewal signs out; a server that is away does not. */
  renew(): Promise<void> {
    if (this.renewal) return this.renewal;
    const renewal = (async () => {
      try {
        await navigator.locks.request(this.key, () => this.exchange());
      } finally {
        this.renewal = null;
      }
    })();
    this.renewal = renewal;
    return renewal;
  }

  private async exchange(): Promise<void> {
    const refreshToken = localStorage.getItem(this.key);
    if (refreshToken === null) return;
    const { refreshSession } = await ask(RefreshSessionDocument, { refreshToken });
    if (refreshSession.session) this.keep(refreshSession.session);
    else this.forget();
  }

  private keep({ accessToken, expiresAt, refreshToken }: SessionTokensFragment): void {
    this.access = { token: accessToken, expiresAt: Date.parse(expiresAt) };
    localStorage.setItem(this.key, refreshToken);
    this.tell();
  }

  private forget(): void {
    this.access = null;
    localStorage.removeItem(this.key);
    localStorage.removeItem(`${this.key}.known`);
    this.tell();
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}
