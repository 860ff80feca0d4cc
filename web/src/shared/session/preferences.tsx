// The reader's language and appearance.
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { LANGUAGES, speak, type Language } from "../i18n";
import { THEMES, choose, chosenTheme, type Theme } from "../theme";
import { Choice } from "../ui";
import css from "./preferences.module.css";

export function Preferences() {
  const { t, i18n } = useTranslation();
  const [theme, setTheme] = useState<Theme>(chosenTheme);
  const languages = Object.entries(LANGUAGES) as [Language, string][];
  return (
    <div className={css.preferences}>
      <Choice
        label={t("language")}
        value={i18n.language as Language}
        options={languages.map(([value, label]) => ({ value, label }))}
        onChange={speak}
      />
      <Choice
        label={t("theme.label")}
        value={theme}
        options={THEMES.map((value) => ({ value, label: t(`theme.${value}`) }))}
        onChange={(theme) => {
          choose(theme);
          setTheme(theme);
        }}
      />
    </div>
  );
}
