// Why a point was kept aside, in the reader's words; a code we don't know is told as it is.
import { useTranslation } from "react-i18next";

import { en } from "./words";

type Known = keyof typeof en.quarantine;

export function useQuarantineWords(): (code: string) => string {
  const { t } = useTranslation();
  return (code) => (code in en.quarantine ? t(`quarantine.${code as Known}`) : code);
}
