// Instants and days as the company writes them: in its zone, never in the browser's.
/** How instants and numbers are written: a zone, a language, a currency. */
export interface Writing {
  time: (instant: string) => string;
  timeWithSeconds: (instant: string) => string;
  day: (instant: string) => string;
  dayAndTime: (instant: string) => string;
  /** A calendar day `YYYY-MM-DD`. */
  date: (date: string) => string;
  /** How long ago or for how long, of seconds. */
  duration: (seconds: number) => string;
  metres: (metres: number) => string;
  number: (value: number | string, digits?: number) => string;
  percent: (ratio: number | string) => string;
  money: (amount: number | string, currency: string) => string;
  /** The calendar day of an instant. */
  dateOf: (instant: Date) => string;
  /** The instant, as RFC 3339, at which a calendar day begins. */
  startOf: (date: string) => string;
}

export function writing(zone: string, language: string): Writing {
  const format = (options: Intl.DateTimeFormatOptions, timeZone = zone) => {
    const formatter = new Intl.DateTimeFormat(language, { timeZone, ...options });
    return (instant: string) => formatter.format(new Date(instant));
  };
  const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
  const day = { weekday: "short", month: "short", day: "numeric" } as const;
  const date = format({ ...day, year: "numeric" }, "UTC");
  const sortable = new Intl.DateTimeFormat("en-CA", { timeZone: zone });
  return {
    time: format(clock),
    timeWithSeconds: format({ ...clock, second: "2-digit" }),
    day: format(day),
    dayAndTime: format({ ...day, ...clock }),
    date: (value) => date(`${value}T00:00:00Z`),
    duration: (seconds) => duration(seconds, language),
    metres: (metres) => distance(metres, language),
    number: (value, digits = 0) =>
      Number(value).toLocaleString(language, { maximumFractionDigits: digits }),
    percent: (ratio) =>
      Number(ratio).toLocaleString(language, { style: "percent", maximumFractionDigits: 0 }),
    money: (amount, currency) =>
      Number(amount).toLocaleString(language, {
        style: "currency",
        currency,
        maximumFractionDigits: 0,
      }),
    dateOf: (instant) => sortable.format(instant),
    startOf: (date) => startOf(date, zone),
  };
}

/** Midnight by the zone's clock, which may be ahead of or behind UTC by another time each season. */
function startOf(date: string, timeZone: string): string {
  const clock = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "medium" });
  const midnight = Date.parse(`${date}T00:00:00Z`);
  const ahead = (at: number) => Date.parse(`${clock.format(at).replace(" ", "T")}Z`) - at;
  const first = midnight - ahead(midnight);
  return new Date(midnight - ahead(first)).toISOString();
}

/** The two largest units: "2 h 5 min", "3 d". */
function duration(seconds: number, language: string): string {
  const all = Math.max(0, Math.round(seconds));
  const unit = (value: number, name: string) =>
    value.toLocaleString(language, { style: "unit", unit: name, unitDisplay: "short" });
  if (all < 60) return unit(all, "second");
  if (all < 3600) return unit(Math.floor(all / 60), "minute");
  if (all < 86_400) {
    const minutes = Math.floor((all % 3600) / 60);
    const hours = unit(Math.floor(all / 3600), "hour");
    return minutes === 0 ? hours : `${hours} ${unit(minutes, "minute")}`;
  }
  return unit(Math.floor(all / 86_400), "day");
}

function distance(metres: number, language: string): string {
  const far = Math.abs(metres) >= 1000;
  return (far ? metres / 1000 : metres).toLocaleString(language, {
    style: "unit",
    unit: far ? "kilometer" : "meter",
    unitDisplay: "short",
    maximumFractionDigits: far ? 1 : 0,
  });
}

/** The calendar day some days later or earlier. */
export function addDays(date: string, days: number): string {
  const moved = new Date(`${date}T00:00:00Z`);
  moved.setUTCDate(moved.getUTCDate() + days);
  return moved.toISOString().slice(0, 10);
}
