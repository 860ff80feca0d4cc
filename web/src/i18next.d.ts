// Makes a wrong key a fault of compilation.
import "i18next";

import type { en as accessLog } from "./manager/access-log/words";
import type { en as customers } from "./manager/customers/words";
import type { en as map } from "./manager/map/words";
import type { en as rankings } from "./manager/rankings/words";
import type { en as repDay } from "./manager/rep-day/words";
import type { en as review } from "./manager/review/words";
import type { en as shell } from "./manager/shell.words";
import type { en as training } from "./manager/training/words";
import type { en as webhooks } from "./manager/webhooks/words";
import type { en as pocket } from "./pocket/words";
import type { en as shared } from "./shared/words";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "shared";
    resources: {
      shared: typeof shared;
      shell: typeof shell;
      map: typeof map;
      repDay: typeof repDay;
      customers: typeof customers;
      rankings: typeof rankings;
      training: typeof training;
      webhooks: typeof webhooks;
      review: typeof review;
      accessLog: typeof accessLog;
      pocket: typeof pocket;
    };
  }
}
