import { useMutation } from "@tanstack/react-query";
import { api, call, session } from "@/client/api";

/** Ends the session here; also when the studio cannot be told. */
export function useSignOut() {
  return useMutation({
    mutationFn: () => call(api.POST("/api/auth/logout")),
    onMutate: () => {
      session.leave();
    },
    onSettled: () => {
      session.close();
    },
  });
}
