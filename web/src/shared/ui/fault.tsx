// A request that failed, in the reader's words and with what to do.
import { useTranslation } from "react-i18next";
import type { CombinedError } from "urql";

import { RequestError } from "../ask";
import { en } from "../words";
import { Button } from ".";
import css from "./ui.module.css";

/** Whatever a query, a verb or a request of one's own ended with. */
export type Failure = CombinedError | RequestError | Error;

export function Fault({ error, onRetry }: { error: Failure; onRetry?: () => void }) {
  const { t } = useTranslation();
  return (
    <div className={css.fault} role="alert">
      <span>{useFaultWords()(error)}</span>
      {onRetry && <Button onClick={onRetry}>{t("retry")}</Button>}
    </div>
  );
}

/** What to say of a failure. */
export function useFaultWords(): (error: Failure) => string {
  const { t } = useTranslation();
  return (error) => {
    const code = codeOf(error);
    return isKnown(code) ? t(`fault.${code}`) : t("fault.other", { message: messageOf(error) });
  };
}

type Known = Exclude<keyof typeof en.fault, "other">;

function isKnown(code: string): code is Known {
  return code !== "other" && code in en.fault;
}

function codeOf(error: Failure): string {
  if (error instanceof RequestError) return error.code;
  if ("networkError" in error && error.networkError) return "OFFLINE";
  if ("graphQLErrors" in error) return String(error.graphQLErrors[0]?.extensions["code"]);
  return "other";
}

function messageOf(error: Failure): string {
  const first = "graphQLErrors" in error ? error.graphQLErrors[0] : undefined;
  return first?.message ?? error.message;
}
