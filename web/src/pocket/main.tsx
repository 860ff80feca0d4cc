// The rep's pocket page.
import "../shared/base.css";

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { startLanguage } from "../shared/i18n";
import { SessionProvider, SignedIn, useIsSignedIn } from "../shared/session/context";
import { Session } from "../shared/session/session";
import { SignInPage } from "../shared/session/sign-in";
import { applyTheme } from "../shared/theme";
import * as pocket from "./words";

applyTheme();
startLanguage({ pocket });
const session = new Session("fieldhub.pocket");

function Pocket() {
  if (!useIsSignedIn()) return <SignInPage onSignedIn={() => undefined} />;
  return <SignedIn>{null}</SignedIn>;
}

const root = document.getElementById("app");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <SessionProvider session={session}>
        <Pocket />
      </SessionProvider>
    </StrictMode>,
  );
}
