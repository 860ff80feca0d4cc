// Light, dark, or as the device says.
const KEY = "fieldhub.theme";

export const THEMES = ["auto", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const device = matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set<() => void>();
device.addEventListener("change", tell);

export function chosenTheme(): Theme {
  const kept = localStorage.getItem(KEY);
  return THEMES.find((theme) => theme === kept) ?? "auto";
}

export function isDark(): boolean {
  const theme = chosenTheme();
  return theme === "auto" ? device.matches : theme === "dark";
}

export function choose(theme: Theme): void {
  localStorage.setItem(KEY, theme);
  applyTheme();
  tell();
}

/** For `useSyncExternalStore`, with `isDark`: what is drawn on a canvas follows too. */
export function onThemeChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function applyTheme(): void {
  const theme = chosenTheme();
  if (theme === "auto") document.documentElement.removeAttribute("data-theme");
  else document.documentElement.dataset["theme"] = theme;
}

function tell(): void {
  for (const listener of listeners) listener();
}
