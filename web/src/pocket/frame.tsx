// What stands around every part: whether one is tracked, and the three parts themselves.
import { createContext, useContext } from "react";
import { useTranslation } from "react-i18next";
import { NavLink, Navigate, Route, Routes } from "react-router";

import { PocketTodayDocument, type PocketTodayQuery } from "../graphql";
import { useSignedIn } from "../shared/session/context";
import { Activity } from "./activity";
import { useHere, type Here } from "./here/position";
import { Me } from "./me";
import css from "./pocket.module.css";
import { useEntries } from "./queue/context";
import { useRemembered, type Remembered } from "./remembered";
import { Today } from "./today";
import { CustomerSheet } from "./today/customer";
import { DutyBar } from "./tracking/duty-bar";

interface Day {
  today: Remembered<PocketTodayQuery>;
  here: Here;
}

const DayContext = createContext<Day | null>(null);

export function useDay(): Day {
  const day = useContext(DayContext);
  if (!day) throw new Error("useDay outside of Frame");
  return day;
}

export function Frame() {
  const { t } = useTranslation("pocket");
  const { viewer, writing } = useSignedIn();
  const variables = { day: writing.dateOf(new Date()) };
  const today = useRemembered(`today:${viewer.id}`, PocketTodayDocument, variables);
  const here = useHere();
  const waiting = useEntries().filter(({ receipt }) => receipt === null).length;
  return (
    <DayContext value={{ today, here }}>
      <div className={css.frame}>
        <DutyBar />
        <main className={css.main}>
          <Routes>
            <Route index element={<Today />} />
            <Route path="customers/:id" element={<CustomerSheet />} />
            <Route path="activity" element={<Activity />} />
            <Route path="me" element={<Me />} />
            <Route path="*" element={<Navigate to="/" replace />} />
          </Routes>
        </main>
        <nav className={css.tabs} aria-label={t("parts")}>
          <NavLink to="/" end>
            {t("today")}
          </NavLink>
          <NavLink to="/activity">
            {t("activity")}
            {waiting > 0 && (
              <span className={css.count} aria-label={t("waiting", { count: waiting })}>
                {waiting}
              </span>
            )}
          </NavLink>
          <NavLink to="/me">{t("me")}</NavLink>
        </nav>
      </div>
    </DayContext>
  );
}
