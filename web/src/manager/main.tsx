// The manager's app.
import "../shared/base.css";

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { RouterProvider } from "react-router/dom";

import { startLanguage } from "../shared/i18n";
import { SessionProvider } from "../shared/session/context";
import { Session } from "../shared/session/session";
import { applyTheme } from "../shared/theme";
import { router } from "./routes";
import { words } from "./words";

applyTheme();
startLanguage(words);
const session = new Session("fieldhub.manager");

const root = document.getElementById("app");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <SessionProvider session={session}>
        <RouterProvider router={router} />
      </SessionProvider>
    </StrictMode>,
  );
}
