// When somebody is to come by, and whether that is late.
import { useTranslation } from "react-i18next";

import type { DueStanding } from "../../graphql";
import { useWriting } from "../../shared/session/context";
import { Badge, type Tone } from "../../shared/ui";

const TONES: Record<DueStanding, Tone> = { MISSED: "bad", PENDING: "warn", COVERED: "good" };

export function DueBadge({ standing, dueBy }: { standing: DueStanding; dueBy: string }) {
  const { t } = useTranslation();
  const writing = useWriting();
  return (
    <Badge tone={TONES[standing]}>
      {t(`due.${standing}`)} · {writing.date(dueBy)}
    </Badge>
  );
}
