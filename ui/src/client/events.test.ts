import { expect, test, vi } from "vitest";
import { readEvents, type LineState } from "@/client/events";
import { refused } from "@/testing/answers";

const stream = (text: string) =>
  new Response(text, { headers: { "content-type": "text/event-stream" } });
const event = (id: number) => `id: ${id}\nevent: step.progressed\ndata: {"number": ${id}}\n\n`;

/** Reads over these connections, one after the other; nothing is waited for. */
async function read(answers: (() => Response)[], after?: string) {
  const asked: (string | null)[] = [];
  const heard: (string | undefined)[] = [];
  const states: LineState[] = [];
  const pauses: number[] = [];
  const line = {
    path: "/api/jobs/1/events",
    after,
    onEvent: ({ id }: { id?: string | undefined }) => heard.push(id),
    onState: (state: LineState) => states.push(state),
    signal: new AbortController().signal,
  };
  await readEvents(line, {
    fetch: (request) => {
      asked.push(request.headers.get("Last-Event-ID"));
      const answer = answers.shift();
      return answer ? Promise.resolve(answer()) : Promise.reject(new TypeError("nothing left"));
    },
    pause: (milliseconds) => {
      pauses.push(milliseconds);
      return Promise.resolve();
    },
  });
  return { asked, heard, states, pauses };
}

const ended = () => new Response(null, { status: 204 });

test("a line that is cut goes on after the last event, and ends when there are no more", async () => {
  const found = await read([() => stream(event(1) + event(2)), () => stream(event(3)), ended]);
  expect(found.heard).toEqual(["1", "2", "3"]);
  expect(found.asked).toEqual([null, "2", "3"]);
  expect(found.states.filter((state) => state !== "connecting")).toEqual([
    "live",
    "waiting",
    "live",
    "waiting",
    "ended",
  ]);
});

test("a line begins after the events that are known already", async () => {
  const { asked } = await read([ended], "7");
  expect(asked).toEqual(["7"]);
});

test("pauses grow while the studio does not answer, and are short again after an event", async () => {
  vi.spyOn(Math, "random").mockReturnValue(0.5);
  const busy = () => refused("not_ready", 503);
  const { pauses } = await read([busy, busy, busy, () => stream(event(1)), ended]);
  expect(pauses).toEqual([1000, 2000, 4000, 1000]);
});

test("a line that ends with the sign-in tells nothing of it, and goes on where it was", async () => {
  const signedOut = 'event: problem\ndata: {"code": "session_ended"}\n\n';
  const found = await read([() => stream(event(1) + signedOut), () => stream(signedOut), ended]);
  expect(found.heard).toEqual(["1"]);
  expect(found.asked).toEqual([null, "1", "1"]);
  expect(found.pauses[1]).toBeGreaterThan(found.pauses[0] ?? 0);
});

test("a line that is refused is not tried again", async () => {
  const { states, pauses } = await read([() => refused("job_not_found", 404)]);
  expect(states.at(-1)).toBe("refused");
  expect(pauses).toEqual([]);
});

test("without a network the line says that it is offline", async () => {
  vi.spyOn(navigator, "onLine", "get").mockReturnValueOnce(false);
  const { states } = await read([ended]);
  expect(states).toEqual(["offline", "ended"]);
});
