import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, call } from "@/client/api";
import { keys } from "@/client/keys";
import type { AssetKind, AssetRead, ConsentAsk } from "@/client/schema";
import { sendFile } from "@/client/send-file";

export function useLibrary(kind: AssetKind) {
  const filter = { kind, status: "ready", limit: 24 } as const;
  return useQuery({
    queryKey: keys.assets(filter),
    queryFn: ({ signal }) => call(api.GET("/api/assets", { params: { query: filter }, signal })),
  });
}

/** Uploads a file at once; `share` is how much of it is on its way, 0 to 1. */
export function useUpload(kind: AssetKind, onDone: (asset: AssetRead) => void) {
  const queries = useQueryClient();
  const [share, setShare] = useState(0);
  const upload = useMutation({
    meta: { showsErrors: true },
    mutationFn: (file: File) => {
      setShare(0);
      return sendFile(kind, file, setShare);
    },
    onSuccess: (asset) => {
      queries.setQueryData(keys.asset(asset.id), asset);
      onDone(asset);
      return queries.invalidateQueries({ queryKey: [...keys.assets(), "list"] });
    },
  });
  return { ...upload, share };
}

export function useRecordConsent(assetId: string) {
  const queries = useQueryClient();
  return useMutation({
    meta: { showsErrors: true },
    mutationFn: (body: ConsentAsk) =>
      call(
        api.POST("/api/assets/{asset_id}/consent", {
          params: { path: { asset_id: assetId } },
          body,
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.asset(assetId), exact: true }),
  });
}
