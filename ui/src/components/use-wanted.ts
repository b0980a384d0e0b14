import { useSearchParams } from "react-router";

/**
 * What a list is narrowed to stands in the address: `read` from there, and by `write` put there anew
 * when a part of it changes. Neither the way back nor the place on the page is touched by that.
 */
export function useWanted<Wanted>(
  read: (address: URLSearchParams) => Wanted,
  write: (wanted: Wanted) => URLSearchParams,
): [Wanted, (change: Partial<Wanted>) => void] {
  const [address, setAddress] = useSearchParams();
  const wanted = read(address);
  const change = (part: Partial<Wanted>) => {
    setAddress(write({ ...wanted, ...part }), { replace: true, preventScrollReset: true });
  };
  return [wanted, change];
}
