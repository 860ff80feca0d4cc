// What is shown when a page could not be loaded or drawn.
import { useRouteError } from "react-router";

import { Fault } from "../shared/ui";

export function Broken() {
  const error = useRouteError();
  return (
    <Fault
      error={error instanceof Error ? error : new Error(String(error))}
      onRetry={() => location.reload()}
    />
  );
}
