import { useQuery } from "@tanstack/react-query";
import { api, call } from "@/client/api";
import { keys } from "@/client/keys";

/** The file of the library that the lessons of a list use. */
export function useAsset(id: string) {
  return useQuery({
    queryKey: keys.asset(id),
    queryFn: ({ signal }) =>
      call(api.GET("/api/assets/{asset_id}", { params: { path: { asset_id: id } }, signal })),
  });
}
