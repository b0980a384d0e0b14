import { IDBFactory } from "fake-indexeddb";
import { afterEach, describe, expect, test, vi } from "vitest";
import { ApiProblem, Unreachable } from "@/client/problem";
import { Session } from "@/client/session";
import { signedFetch } from "@/client/signed-fetch";
import { access, answering, json, refused } from "@/testing/answers";

const ASKED = "http://studio.test/api/jobs";

async function signedIn(...answers: Parameters<typeof answering>) {
  const { asked, fetcher } = answering(() => access("first"), ...answers);
  const session = new Session(fetcher);
  await session.refresh();
  return { session, asked, send: signedFetch(session, fetcher) };
}

describe("a session", () => {
  test("begins with the cookie, signed by a header that only our own pages can send", async () => {
    const { session, asked } = await signedIn();
    expect(session.state).toBe("signed-in");
    expect(session.token).toBe("first");
    expect(asked[0]?.headers.get("Lectern-CSRF")).toBe("1");
  });

  test("of nobody is anonymous, not expired", async () => {
    const session = new Session(answering(() => refused("refresh_refused")).fetcher);
    expect(await session.refresh()).toBe(false);
    expect(session.state).toBe("anonymous");
  });

  test("is not given up because the studio is busy or away", async () => {
    const { session } = await signedIn(
      () => refused("not_ready", 503),
      () => {
        throw new TypeError("network");
      },
    );
    await expect(session.refresh()).rejects.toBeInstanceOf(ApiProblem);
    await expect(session.refresh()).rejects.toBeInstanceOf(Unreachable);
    expect(session.state).toBe("signed-in");
  });

  test("that is being left asks nobody for a password, though its streams end before the answer", async () => {
    const { session } = await signedIn(() => refused("refresh_refused"));
    session.leave();
    expect(await session.refresh()).toBe(false);
    expect(session.state).toBe("anonymous");
    expect(session.left).toBe(true);
  });

  test("that could not be left goes on as before", async () => {
    const { session } = await signedIn(() => refused("refresh_refused"));
    session.leave();
    session.stay();
    expect(await session.refresh()).toBe(false);
    expect(session.state).toBe("expired");
  });

  test("sends one refresh, however many ask", async () => {
    const { session, asked } = await signedIn(() => access("second"));
    const all = await Promise.all([session.refresh(), session.refresh(), session.refresh()]);
    expect(all).toEqual([true, true, true]);
    expect(asked).toHaveLength(2);
  });
});

describe("two tabs without locks, on plain http,", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  /** A studio that ends a session whose refresh token comes twice. */
  function studio() {
    let cookie = 0;
    const sent: number[] = [];
    const fetcher: typeof fetch = async () => {
      const token = cookie;
      if (sent.includes(token)) return refused("refresh_refused");
      sent.push(token);
      await new Promise((resolve) => setTimeout(resolve, 20));
      cookie += 1;
      return access(`token ${cookie}`);
    };
    return { sent, fetcher };
  }

  test("refresh once, and share what came of it", async () => {
    vi.stubGlobal("indexedDB", new IDBFactory());
    const { sent, fetcher } = studio();
    const tabs = [new Session(fetcher), new Session(fetcher), new Session(fetcher)];
    expect(await Promise.all(tabs.map((tab) => tab.refresh()))).toEqual([true, true, true]);
    expect(tabs.map((tab) => tab.token)).toEqual(["token 1", "token 1", "token 1"]);
    expect(sent).toEqual([0]);
  });

  test("go one after the other when they do not hear each other", async () => {
    vi.stubGlobal("indexedDB", new IDBFactory());
    vi.spyOn(BroadcastChannel.prototype, "postMessage").mockReturnValue(undefined);
    const { sent, fetcher } = studio();
    const tabs = [new Session(fetcher), new Session(fetcher)];
    expect(await Promise.all(tabs.map((tab) => tab.refresh()))).toEqual([true, true]);
    expect(sent).toEqual([0, 1]);
    expect(new Set(tabs.map((tab) => tab.token))).toEqual(new Set(["token 1", "token 2"]));
    vi.restoreAllMocks();
  });

  test("do not wait for ever for one that was closed meanwhile", async () => {
    vi.stubGlobal("indexedDB", new IDBFactory());
    vi.useFakeTimers({ toFake: ["Date"] });
    const closed = new Session(() => new Promise(() => undefined));
    void closed.refresh();
    const { sent, fetcher } = studio();
    const waiting = new Session(fetcher);
    const refreshed = waiting.refresh();
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(sent).toEqual([]);
    vi.setSystemTime(Date.now() + 31_000);
    expect(await refreshed).toBe(true);
    expect(waiting.token).toBe("token 1");
  });
});

describe("a signed request", () => {
  test("whose token has run out is sent again, with its body, under a fresh one", async () => {
    const { send, asked } = await signedIn(
      () => refused("token_refused"),
      () => access("second"),
      () => json({ id: 1 }),
    );
    const response = await send(new Request(ASKED, { method: "POST", body: "a lesson" }));
    expect(response.status).toBe(200);
    expect(asked.map((each) => each.headers.get("Authorization"))).toEqual([
      null,
      "Bearer first",
      null,
      "Bearer second",
    ]);
    expect(await asked[3]?.text()).toBe("a lesson");
  });

  test("waits while its session has ended, and goes on once somebody signs in", async () => {
    const { session, send } = await signedIn(
      () => refused("token_refused"),
      () => refused("refresh_refused"),
      () => json({ id: 1 }),
    );
    const response = send(new Request(ASKED));
    await new Promise<void>((resolve) => {
      session.subscribe(() => {
        if (session.state === "expired") resolve();
      });
    });
    session.open({ access_token: "new", token_type: "Bearer", expires_in: 900 });
    expect((await response).status).toBe(200);
  });

  test("is refused when whoever waited leaves instead", async () => {
    const { session, send } = await signedIn(
      () => refused("token_refused"),
      () => refused("refresh_refused"),
    );
    session.subscribe(() => {
      if (session.state === "expired") session.close();
    });
    await expect(send(new Request(ASKED))).rejects.toMatchObject({ code: "not_signed_in" });
  });

  test("that cannot be sent says so in words", async () => {
    const { send } = await signedIn(() => {
      throw new TypeError("network");
    });
    await expect(send(new Request(ASKED))).rejects.toBeInstanceOf(Unreachable);
  });
});
