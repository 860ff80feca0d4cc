// The form to sign in with. A link may carry the fields behind its #, which no server sees.
import { useEffect, useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";

import { RequestError } from "../ask";
import { Button, Fault, Field } from "../ui";
import { useSession } from "./context";
import { Preferences } from "./preferences";
import css from "./sign-in.module.css";

type Trouble = "refused" | "limited" | Error;

export function SignInPage({ onSignedIn }: { onSignedIn: () => void }) {
  const { t } = useTranslation();
  const session = useSession();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const [isBusy, setBusy] = useState(false);

  const signIn = async (email: string, password: string) => {
    setBusy(true);
    const trouble = await session.signIn(email, password).then(
      (refusals) => (refusals.length > 0 ? ("refused" as const) : null),
      troubleOf,
    );
    setBusy(false);
    setTrouble(trouble);
    if (trouble === null) onSignedIn();
  };

  useEffect(() => {
    document.title = `${t("signIn.title")} · Fieldhub`;
    const link = new URLSearchParams(location.hash.slice(1));
    const [email, password] = [link.get("email"), link.get("password")];
    if (email === null) return;
    // The password does not stay in the address bar.
    history.replaceState(history.state, "", location.pathname);
    setEmail(email);
    if (password !== null) void signIn(email, password);
    // Once, for the link that led here.
  }, []);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    void signIn(email, password);
  };

  return (
    <main className={css.place}>
      <form className={css.form} onSubmit={submit}>
        <h1>{t("app")}</h1>
        <Field label={t("signIn.email")}>
          {(control) => (
            <input
              {...control}
              type="email"
              autoComplete="username"
              required
              value={email}
              onChange={(event) => setEmail(event.target.value)}
            />
          )}
        </Field>
        <Field label={t("signIn.password")}>
          {(control) => (
            <input
              {...control}
              type="password"
              autoComplete="current-password"
              required
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          )}
        </Field>
        {trouble !== null &&
          (typeof trouble === "string" ? (
            <p role="alert" className={css.trouble}>
              {t(`signIn.${trouble}`)}
            </p>
          ) : (
            <Fault error={trouble} />
          ))}
        <Button look="primary" type="submit" disabled={isBusy}>
          {t("signIn.submit")}
        </Button>
      </form>
      <Preferences />
    </main>
  );
}

function troubleOf(error: unknown): Trouble {
  if (error instanceof RequestError) {
    if (error.code === "RATE_LIMITED") return "limited";
    if (error.code === "UNAUTHENTICATED") return "refused";
    return error;
  }
  return error instanceof Error ? error : new Error(String(error));
}
