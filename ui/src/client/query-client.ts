import { MutationCache, QueryClient } from "@tanstack/react-query";
import { ApiProblem, Unreachable } from "@/client/problem";

const TRIES = 3;

/** What the studio's server says, kept for a while. */
export function newQueryClient(onMutationError?: (error: Error) => void): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { staleTime: 10_000, retry: mayHelp, retryDelay: waitFor },
      mutations: { retry: false },
    },
    mutationCache: new MutationCache({
      // a form shows its own errors; who does not say so gets them as a toast
      onError: (error, _, __, mutation) => {
        if (!mutation.meta?.showsErrors) onMutationError?.(error);
      },
    }),
  });
}

function mayHelp(failures: number, error: Error): boolean {
  if (failures >= TRIES) return false;
  return error instanceof Unreachable || (error instanceof ApiProblem && error.passing);
}

function waitFor(failures: number, error: Error): number {
  const asked = error instanceof ApiProblem ? error.retrySeconds : null;
  return asked === null ? Math.min(1000 * 2 ** failures, 15_000) : asked * 1000;
}
