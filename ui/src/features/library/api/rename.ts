import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, call } from "@/client/api";
import { keys } from "@/client/keys";
import { renewLists } from "@/features/library/api/renew";

export function useRename(id: string) {
  const queries = useQueryClient();
  return useMutation({
    meta: { showsErrors: true },
    mutationFn: (name: string) =>
      call(
        api.PATCH("/api/assets/{asset_id}", {
          params: { path: { asset_id: id } },
          body: { name },
        }),
      ),
    onSuccess: async (asset) => {
      queries.setQueryData(keys.asset(id), asset);
      // the address holds the name that the file is saved under
      await queries.invalidateQueries({ queryKey: [...keys.asset(id), "address"] });
      await renewLists(queries);
    },
  });
}
