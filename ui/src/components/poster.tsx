import { useState, type ReactNode } from "react";
import type { Address } from "@/client/schema";

/** The still picture of a lesson; `instead` of it, where there is none or it cannot be fetched. */
export function Poster({ poster, instead }: { poster: Address | null; instead: ReactNode }) {
  const [broken, setBroken] = useState<string | null>(null);
  if (poster === null || poster.address === broken) return instead;
  return (
    <img
      src={poster.address}
      alt=""
      loading="lazy"
      className="size-full object-cover"
      onError={() => {
        setBroken(poster.address);
      }}
    />
  );
}
