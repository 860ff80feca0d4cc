// One request to the graph, without a cache: for the session, and for work outside of any page.
import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { print } from "graphql";

/** The request as a whole failed. `code` is stable, see the GraphQL guide; `OFFLINE` is ours. */
export class RequestError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export async function ask<Data, Variables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  token?: string | null,
): Promise<Data> {
  const response = await fetch("/graphql", {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Accept: "application/graphql-response+json",
      ...(token ? { Authorization: `Bearer ${token}` } : {}),
    },
    body: JSON.stringify({ query: print(document), variables }),
  }).catch((error: unknown) => {
    throw new RequestError("OFFLINE", error instanceof Error ? error.message : String(error));
  });
  const answer = (await response.json().catch(() => null)) as Answer<Data> | null;
  const error = answer?.errors?.[0];
  if (error) throw new RequestError(error.extensions?.code ?? "INTERNAL", error.message);
  if (!answer?.data) throw new RequestError("OFFLINE", `the hub answered ${response.status}`);
  return answer.data;
}

interface Answer<Data> {
  data?: Data;
  errors?: { message: string; extensions?: { code?: string } }[];
}
