import { forgetAllKept } from "@/client/kept";
import { ApiProblem, problemOf, Unreachable } from "@/client/problem";
import type { AccessRead } from "@/client/schema";
import { oneTabAtATime } from "@/client/tab-lock";

/**
 * `starting`: nobody knows yet. `expired`: somebody was signed in and must say again who they are;
 * what they were doing waits for them.
 */
export type SessionState = "starting" | "anonymous" | "signed-in" | "expired";

const REFRESH = "/api/auth/refresh";
/** Of the lock, and of what tabs tell each other while they wait for it. */
const REFRESHING = "lectern-refresh";
const ENDED = new Set(["refresh_refused"]);
/** The API asks for this header where a cookie is what signs; see serve/csrf.py. */
const OWN_PAGE = { "Lectern-CSRF": "1" };

/** Who is signed in in this tab. The access token is kept in memory only. */
export class Session {
  #state: SessionState = "starting";
  #token: string | null = null;
  #refreshing: Promise<boolean> | null = null;
  #left = false;
  #listeners = new Set<() => void>();
  #fetch: typeof fetch;

  constructor(fetcher: typeof fetch = (...asked) => fetch(...asked)) {
    this.#fetch = fetcher;
  }

  get state(): SessionState {
    return this.#state;
  }

  get token(): string | null {
    return this.#token;
  }

  /** Whether whoever was here has signed out: the next one is not led to their page. */
  get left(): boolean {
    return this.#left;
  }

  /** For `useSyncExternalStore`. */
  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  open(access: AccessRead): void {
    this.#token = access.access_token;
    this.#left = false;
    this.#become("signed-in");
  }

  /** Its end is asked for: whoever learns of that before the answer is there asks for no password. */
  leave(): void {
    this.#left = true;
  }

  /** It could not be ended. */
  stay(): void {
    this.#left = false;
  }

  /** Signed out, by the user's own will: nothing of what they began stays in the browser. */
  close(): void {
    forgetAllKept();
    this.#token = null;
    this.#left = true;
    this.#become("anonymous");
  }

  /**
   * Gets a fresh access token by the cookie; false when there is no session any more.
   *
   * Only one request goes out, however many ask, in however many tabs: a refresh token that is used
   * twice ends its session. Throws Unreachable or ApiProblem when nothing is known.
   */
  refresh(): Promise<boolean> {
    this.#refreshing ??= this.#inTurn().finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  /** After another tab has refreshed, what it got is ours too. */
  async #inTurn(): Promise<boolean> {
    const others = new BroadcastChannel(REFRESHING);
    let heard: AccessRead | null = null;
    others.onmessage = ({ data }: MessageEvent<AccessRead>) => {
      heard = data;
    };
    try {
      return await oneTabAtATime(REFRESHING, async () => {
        if (heard === null) return this.#refresh(others);
        this.open(heard);
        return true;
      });
    } finally {
      others.close();
    }
  }

  /** Resolves once somebody is signed in; throws the reason of the signal that ends the wait. */
  restored(signal?: AbortSignal | null): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = () => {
        if (signal?.aborted) reject(signal.reason as Error);
        else if (this.#state === "signed-in") resolve();
        else if (this.#state === "anonymous")
          reject(new ApiProblem(401, { code: "not_signed_in" }));
        else return;
        stop();
        signal?.removeEventListener("abort", settle);
      };
      const stop = this.subscribe(settle);
      signal?.addEventListener("abort", settle);
      settle();
    });
  }

  async #refresh(others: BroadcastChannel): Promise<boolean> {
    // kept alive: an answer that is lost when the page goes would end the session
    const asked = { method: "POST", headers: OWN_PAGE, keepalive: true };
    const response = await this.#fetch(REFRESH, asked).catch(() => {
      throw new Unreachable();
    });
    if (response.ok) {
      const access = (await response.json()) as AccessRead;
      this.open(access);
      others.postMessage(access);
      return true;
    }
    const problem = await problemOf(response);
    if (!ENDED.has(problem.code)) throw problem;
    if (this.#left) {
      this.close();
      return false;
    }
    this.#token = null;
    this.#become(
      this.#state === "signed-in" || this.#state === "expired" ? "expired" : "anonymous",
    );
    return false;
  }

  #become(state: SessionState): void {
    this.#state = state;
    for (const listener of [...this.#listeners]) listener();
  }
}
