// A query whose last answer is kept on the phone, for when the network is away.
import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { useCallback, useEffect, useState } from "react";
import { useQuery, type AnyVariables, type CombinedError } from "urql";

import { keep, kept } from "./store";

interface Kept<Data> {
  at: number;
  data: Data;
}

export interface Remembered<Data> {
  data: Data | undefined;
  /** When what is shown was true; null when it is now. */
  keptAt: number | null;
  error: CombinedError | undefined;
  again: () => void;
}

export function useRemembered<Data, Variables extends AnyVariables>(
  key: string,
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): Remembered<Data> {
  const [{ data, error }, ask] = useQuery<Data, AnyVariables>({ query: document, variables: variables ?? {} });
  const [old, setOld] = useState<Kept<Data>>();
  useEffect(() => {
    void kept<Kept<Data>>(key).then(setOld);
  }, [key]);
  useEffect(() => {
    if (data && !error) void keep(key, { at: Date.now(), data });
  }, [key, data, error]);
  const again = useCallback(() => ask({ requestPolicy: "network-only" }), [ask]);
  if (data) return { data, keptAt: null, error, again };
  return { data: old?.data, keptAt: old ? old.at : null, error, again };
}
