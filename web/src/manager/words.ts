// The words of the manager's pages, by page.
import type { Words } from "../shared/i18n";
import * as accessLog from "./access-log/words";
import * as customers from "./customers/words";
import * as map from "./map/words";
import * as rankings from "./rankings/words";
import * as repDay from "./rep-day/words";
import * as review from "./review/words";
import * as shell from "./shell.words";
import * as training from "./training/words";
import * as webhooks from "./webhooks/words";

export const words: Record<string, Words> = {
  shell,
  map,
  repDay,
  customers,
  rankings,
  training,
  review,
  accessLog,
  webhooks,
};
