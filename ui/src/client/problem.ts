import type { FieldProblem, Problem } from "@/client/schema";
import { text } from "@/text";

/** What the API refuses, in its own words (RFC 9457). */
export class ApiProblem extends Error {
  override name = "ApiProblem";
  readonly status: number;
  readonly code: string;
  readonly advice: string | null;
  readonly fields: FieldProblem[];
  readonly requestId: string | null;
  /** Seconds after which it makes sense to ask again, where the API says so. */
  readonly retrySeconds: number | null;

  constructor(status: number, problem: Partial<Problem>, retrySeconds: number | null = null) {
    super(problem.detail ?? text.errors.unexplained(status));
    this.status = status;
    this.code = problem.code ?? "unexplained";
    this.advice = problem.advice ?? null;
    this.fields = problem.errors ?? [];
    this.requestId = problem.request_id ?? null;
    this.retrySeconds = retrySeconds;
  }

  /** Whether asking again may help: the studio is busy or not ready, and nothing is wrong. */
  get passing(): boolean {
    return this.status >= 500 || this.status === 429;
  }
}

/** Nothing came back: the network is down, or the studio is. */
export class Unreachable extends Error {
  override name = "Unreachable";

  constructor() {
    super(text.errors.unreachable);
  }
}

/** The problem that an answer holds; the body may also come from something between us. */
export async function problemOf(response: Response): Promise<ApiProblem> {
  const json = response.headers.get("content-type")?.includes("json") ?? false;
  return problemFrom(response, json ? await response.json() : null);
}

/** The same, where the body has been read. */
export function problemFrom(response: Response, body: unknown): ApiProblem {
  const problem: Partial<Problem> = typeof body === "object" && body !== null ? body : {};
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  return new ApiProblem(response.status, problem, Number.isNaN(seconds) ? null : seconds);
}

/** What to show of an error: a sentence, and what to do next where that is known. */
export function explained(error: unknown): { sentence: string; advice: string | null } {
  if (error instanceof ApiProblem) return { sentence: ended(error.message), advice: error.advice };
  if (error instanceof Unreachable)
    return { sentence: error.message, advice: text.errors.unreachableAdvice };
  return { sentence: text.errors.unexpected, advice: text.errors.unexpectedAdvice };
}

/** A sentence that ends with what a program said may lack its full stop, and advice follows it. */
function ended(sentence: string): string {
  return /[.!?…]$/.test(sentence) ? sentence : `${sentence}.`;
}
