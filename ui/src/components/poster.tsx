import { useState, type ReactNode } from "react";
import type { Address } from "@/client/schema";

/**
 * The still picture of a lesson or a scene; `instead` of it, where there is none or it cannot be
 * fetched.
 */
export function Poster({
  poster,
  instead,
  alt = "",
  whole = false,
}: {
  poster: Address | null;
  instead: ReactNode;
  /** Left out where what it shows is named beside it. */
  alt?: string;
  /** All of it is shown, with room beside it, rather than what fills its place. */
  whole?: boolean;
}) {
  const [broken, setBroken] = useState<string | null>(null);
  if (poster === null || poster.address === broken) return instead;
  return (
    <img
      src={poster.address}
      alt={alt}
      loading="lazy"
      className={`size-full ${whole ? "object-contain" : "object-cover"}`}
      onError={() => {
        setBroken(poster.address);
      }}
    />
  );
}
