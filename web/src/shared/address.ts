// What the reader has chosen stands in the address, so that it can be sent to others.
import { useCallback } from "react";
import { useSearchParams, type NavigateOptions } from "react-router";

type Change = (values: Record<string, string | null>, options?: NavigateOptions) => void;

/** The search of the address, and what puts values into it; one that is empty or null goes away. */
export function useAddress(): [URLSearchParams, Change] {
  const [params, setParams] = useSearchParams();
  const change = useCallback<Change>(
    (values, options) =>
      setParams((params) => {
        for (const [name, value] of Object.entries(values)) {
          if (value) params.set(name, value);
          else params.delete(name);
        }
        return params;
      }, options),
    [setParams],
  );
  return [params, change];
}
