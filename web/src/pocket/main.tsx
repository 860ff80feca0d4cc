// The rep's pocket page.
import "../shared/base.css";

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { BrowserRouter } from "react-router";

import { startLanguage } from "../shared/i18n";
import { SessionProvider, SignedIn, useIsSignedIn } from "../shared/session/context";
import { Session } from "../shared/session/session";
import { SignInPage } from "../shared/session/sign-in";
import { applyTheme } from "../shared/theme";
import { Frame } from "./frame";
import { OutboxProvider } from "./queue/context";
import * as pocket from "./words";

applyTheme();
startLanguage({ pocket });
const session = new Session("fieldhub.pocket");

// The page opens without a network once its worker has kept it.
if ("serviceWorker" in navigator && import.meta.env.PROD) {
  void navigator.serviceWorker.register("/pocket-worker.js", { scope: "/pocket" });
}

function Pocket() {
  if (!useIsSignedIn()) return <SignInPage onSignedIn={() => undefined} />;
  return (
    <SignedIn>
      <OutboxProvider>
        <Frame />
      </OutboxProvider>
    </SignedIn>
  );
}

const root = document.getElementById("app");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <SessionProvider session={session}>
        <BrowserRouter basename="/pocket">
          <Pocket />
        </BrowserRouter>
      </SessionProvider>
    </StrictMode>,
  );
}
