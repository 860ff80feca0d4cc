// A mutation as a page uses it: whether it runs, what the server refused and where, what failed.
import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMutation, type AnyVariables } from "urql";

import type { RefusalFragment } from "../graphql";
import { inLanguage } from "./refusals";
import type { Failure } from "./ui/fault";

interface Verb<Data, Variables> {
  /** What it did; null when it was refused or failed, which `refusals` and `error` tell. */
  run: (variables: Variables) => Promise<Data | null>;
  isRunning: boolean;
  refusals: RefusalFragment[];
  error: Failure | undefined;
}

/** Every mutation's payload carries `userErrors`; a document must select them. */
export function useVerb<Data extends object, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
): Verb<Data, Variables> {
  const [{ fetching, error }, execute] = useMutation(document);
  const { i18n } = useTranslation();
  const [refusals, setRefusals] = useState<RefusalFragment[]>([]);
  const run = async (variables: Variables) => {
    const { data, error } = await execute(variables);
    const refused = data ? refusalsOf(data) : [];
    setRefusals(refused.map((refusal) => inLanguage(refusal, i18n.language)));
    return error || refused.length > 0 ? null : (data ?? null);
  };
  return { run, isRunning: fetching, refusals, error };
}

/** What the server says of a field; `field` may name a level below it. */
export function refusalOf(refusals: RefusalFragment[], field: string): string | undefined {
  return refusals.find(
    (refusal) => refusal.field === field || refusal.field?.startsWith(`${field}.`),
  )?.message;
}

function refusalsOf(data: object): RefusalFragment[] {
  return Object.values(data).flatMap(
    (payload: { userErrors?: RefusalFragment[] } | null) => payload?.userErrors ?? [],
  );
}
