import { describe, expect, test } from "vitest";
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

  test("sends one refresh, however many ask", async () => {
    const { session, asked } = await signedIn(() => access("second"));
    const all = await Promise.all([session.refresh(), session.refresh(), session.refresh()]);
    expect(all).toEqual([true, true, true]);
    expect(asked).toHaveLength(2);
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
