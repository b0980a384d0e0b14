import { useEffect, useState } from "react";
import { text } from "@/text";

const PATIENCE_MILLISECONDS = 600;

/** Room for what is being loaded; after a moment it says so in words. */
export function Waiting({
  children = text.common.loading,
  className = "",
}: {
  children?: string;
  className?: string;
}) {
  const [long, setLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => {
      setLong(true);
    }, PATIENCE_MILLISECONDS);
    return () => {
      clearTimeout(timer);
    };
  }, []);
  return (
    <p role="status" className={`min-h-12 py-3 text-muted ${className}`}>
      {long && `${children} …`}
    </p>
  );
}
