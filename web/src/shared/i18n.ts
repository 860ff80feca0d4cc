// Which language the pages speak: the reader's choice, else the browser's, else English.
import i18next, { type Resource } from "i18next";
import { initReactI18next } from "react-i18next";

import * as shared from "./words";

const KEY = "fieldhub.language";

export const LANGUAGES = { en: "English", "zh-CN": "简体中文" } as const;
export type Language = keyof typeof LANGUAGES;

/** The words of one page: the second language has exactly the words of the first. */
export interface Words {
  en: Resource[string][string];
  zh: Resource[string][string];
}

export function startLanguage(namespaces: Record<string, Words>): void {
  const all: Record<string, Words> = { ...namespaces, shared };
  const resources: Resource = { en: {}, "zh-CN": {} };
  for (const [name, words] of Object.entries(all)) {
    resources["en"]![name] = words.en;
    resources["zh-CN"]![name] = words.zh;
  }
  i18next.on("languageChanged", (language) => {
    document.documentElement.lang = language;
  });
  void i18next.use(initReactI18next).init({
    resources,
    lng: preferred(),
    fallbackLng: "en",
    defaultNS: "shared",
    // React escapes.
    interpolation: { escapeValue: false },
    initAsync: false,
  });
  document.documentElement.lang = i18next.language;
}

export function speak(language: Language): void {
  localStorage.setItem(KEY, language);
  void i18next.changeLanguage(language);
}

function preferred(): Language {
  const chosen = localStorage.getItem(KEY);
  if (chosen !== null && chosen in LANGUAGES) return chosen as Language;
  return navigator.languages.some((language) => language.startsWith("zh")) ? "zh-CN" : "en";
}
