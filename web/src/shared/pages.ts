// A list that grows page by page: what was read stays while the next page is read.
import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { useCallback, useEffect, useState } from "react";
import { useClient, type AnyVariables, type CombinedError } from "urql";

interface PageOf<Node> {
  totalCount?: number;
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
  nodes: Node[];
}

export interface Pages<Node> {
  nodes: Node[];
  totalCount: number | null;
  hasMore: boolean;
  isReading: boolean;
  error: CombinedError | undefined;
  readMore: () => void;
  /** Reads from the beginning. */
  readAgain: () => void;
}

/** `variables` must be the same object while they say the same; `find` takes the list out of the answer. */
export function usePages<Data, Variables extends AnyVariables, Node>(
  document: TypedDocumentNode<Data, Variables & { after?: string | null }>,
  variables: Variables,
  find: (data: Data) => PageOf<Node> | null | undefined,
): Pages<Node> {
  const client = useClient();
  const [read, setRead] = useState<PageOf<Node> | null>(null);
  const [error, setError] = useState<CombinedError>();
  const [isReading, setReading] = useState(true);
  const [turn, setTurn] = useState(0);

  const fetchPage = useCallback(
    async (after: string | null) => {
      const asked = { ...variables, after };
      const { data, error } = await client.query(document, asked, { requestPolicy: "network-only" });
      return { page: data ? find(data) : null, error };
    },
    // `find` only reads: another function that says the same asks for nothing new.
    [client, document, variables],
  );

  useEffect(() => {
    let isGone = false;
    setReading(true);
    void fetchPage(null).then(({ page, error }) => {
      if (isGone) return;
      setRead(page ?? null);
      setError(error);
      setReading(false);
    });
    return () => {
      isGone = true;
    };
  }, [fetchPage, turn]);

  const readMore = async () => {
    setReading(true);
    const { page, error } = await fetchPage(read?.pageInfo.endCursor ?? null);
    if (page) setRead({ ...page, nodes: [...(read?.nodes ?? []), ...page.nodes] });
    setError(error);
    setReading(false);
  };

  return {
    nodes: read?.nodes ?? [],
    totalCount: read?.totalCount ?? null,
    hasMore: read?.pageInfo.hasNextPage ?? false,
    isReading,
    error,
    readMore: () => void readMore(),
    readAgain: () => setTurn((turn) => turn + 1),
  };
}
