// What stands around every page: where one can go, who one is, and the way out.
import { Suspense } from "react";
import { useTranslation } from "react-i18next";
import { Navigate, NavLink, Outlet, useLocation } from "react-router";

import { SignedIn, useIsSignedIn, useSession, useSignedIn } from "../shared/session/context";
import { Preferences } from "../shared/session/preferences";
import { Button, Loading } from "../shared/ui";
import css from "./shell.module.css";

const PLACES = [
  { to: "/", name: "map" },
  { to: "/customers", name: "customers" },
  { to: "/rankings", name: "rankings" },
  { to: "/training", name: "training" },
  { to: "/review", name: "review" },
  { to: "/access-log", name: "accessLog" },
  { to: "/webhooks", name: "webhooks" },
] as const;
/** Places that only administrators have. */
const OF_ADMINS = ["webhooks"];

export function Shell() {
  const isSignedIn = useIsSignedIn();
  const { pathname, search } = useLocation();
  if (!isSignedIn) {
    return <Navigate to={`/sign-in?to=${encodeURIComponent(pathname + search)}`} replace />;
  }
  return (
    <SignedIn>
      <Frame />
    </SignedIn>
  );
}

function Frame() {
  const { t } = useTranslation(["shell", "shared"]);
  const { viewer } = useSignedIn();
  const places = PLACES.filter(({ name }) => viewer.role === "ADMIN" || !OF_ADMINS.includes(name));
  return (
    <div className={css.frame}>
      <a className={css.skip} href="#main">
        {t("skip")}
      </a>
      <header className={css.side}>
        <p className={css.brand}>
          <img src="/icon.svg" alt="" width="28" height="28" />
          {t("shared:app")}
        </p>
        <nav aria-label={t("places")}>
          <ul className={css.places}>
            {places.map(({ to, name }) => (
              <li key={name}>
                <NavLink className={css.place} to={to} end={to === "/"}>
                  {t(name)}
                </NavLink>
              </li>
            ))}
          </ul>
        </nav>
        <Account />
      </header>
      <main id="main" className={css.main} tabIndex={-1}>
        <Suspense fallback={<Loading />}>
          <Outlet />
        </Suspense>
      </main>
    </div>
  );
}

function Account() {
  const { t } = useTranslation(["shell", "shared"]);
  const session = useSession();
  const { viewer, company } = useSignedIn();
  return (
    <details className={css.account}>
      <summary>
        <bdi>{viewer.name}</bdi>
        <span className={css.role}>{t(`role.${viewer.role}`)}</span>
      </summary>
      <div className={css.menu}>
        <p>
          <bdi>{company.name}</bdi>
          <br />
          {t("zone", { zone: company.timeZone })}
        </p>
        <Preferences />
        <a href="/graphiql">GraphiQL</a>
        <Button onClick={() => void session.signOut()}>{t("shared:signIn.out")}</Button>
      </div>
    </details>
  );
}
