// The day as a bar: the visits as blocks, a slider over it, and the replay that moves the slider.
import { useEffect, useMemo, useState, type CSSProperties } from "react";
import { useTranslation } from "react-i18next";

import type { DayVisitFragment } from "../../graphql";
import { useWriting } from "../../shared/session/context";
import { Button, Choice } from "../../shared/ui";
import type { DayOfRep } from ".";
import css from "./day.module.css";
import type { Reading } from "./replay";

const SPEEDS = ["60", "300", "1200"] as const;
/** The slider moves by this, in milliseconds of the day. */
const STEP_MS = 10_000;
const MARGIN_MS = 15 * 60_000;
const HOUR_MS = 3_600_000;

interface TimeBarProps {
  day: DayOfRep;
  readings: Reading[];
  at: number | null;
  isKnown: boolean;
  onMove: (at: number) => void;
  chosen: string | null;
  onChoose: (visit: string) => void;
}

export function TimeBar({ day, readings, at, isKnown, onMove, chosen, onChoose }: TimeBarProps) {
  const { t } = useTranslation("repDay");
  const writing = useWriting();
  const [from, to] = useMemo(() => spanOf(day, readings), [day, readings]);
  const share = (instant: number) =>
    `${(100 * (Math.min(to, Math.max(from, instant)) - from)) / (to - from)}%`;
  const width = (begin: number, end: number) => `${(100 * (end - begin)) / (to - from)}%`;
  const [speed, setSpeed] = useState<(typeof SPEEDS)[number]>("300");
  const [isPlaying, setPlaying] = useReplay(from, to, at, Number(speed), onMove);
  const now = at ?? from;
  const clock = writing.timeWithSeconds(new Date(now).toISOString());
  return (
    <div className={css.time}>
      <div className={css.bar}>
        {hours(from, to).map((hour) => (
          <span key={hour} className={css.hour} style={{ insetInlineStart: share(hour) }}>
            {writing.time(new Date(hour).toISOString())}
          </span>
        ))}
        {day.visits.nodes.map((visit) => {
          const begin = Math.max(from, Date.parse(visit.arrivedAt));
          const end = Math.min(to, visit.leftAt === null ? to : Date.parse(visit.leftAt));
          return (
            <Block
              key={visit.id}
              visit={visit}
              isChosen={chosen === visit.id}
              style={{ insetInlineStart: share(begin), inlineSize: width(begin, end) }}
              onPress={() => {
                onChoose(visit.id);
                onMove(begin);
              }}
            />
          );
        })}
        <span className={css.needle} style={{ insetInlineStart: share(now) }} aria-hidden="true" />
      </div>
      <input
        className={css.slider}
        type="range"
        aria-label={t("bar")}
        aria-valuetext={clock}
        min={from}
        max={to}
        step={STEP_MS}
        value={now}
        onChange={(event) => onMove(Number(event.target.value))}
      />
      <div className={css.replay}>
        <Button
          look="primary"
          disabled={readings.length === 0}
          onClick={() => setPlaying(!isPlaying)}
        >
          {t(isPlaying ? "stop" : "play")}
        </Button>
        <Choice
          label={t("speed")}
          value={speed}
          options={SPEEDS.map((value) => ({ value, label: t("times", { times: value }) }))}
          onChange={setSpeed}
        />
        <output className={css.clock}>
          {clock}
          {at !== null && !isKnown && ` · ${t("unknownThen")}`}
        </output>
      </div>
    </div>
  );
}

function Block(props: {
  visit: DayVisitFragment;
  isChosen: boolean;
  style: CSSProperties;
  onPress: () => void;
}) {
  const { t } = useTranslation("repDay");
  const writing = useWriting();
  const { visit, isChosen, style, onPress } = props;
  const name = visit.customer?.name ?? t("unseen");
  return (
    <button
      type="button"
      className={css.block}
      data-open={visit.leftAt === null || undefined}
      aria-pressed={isChosen}
      style={style}
      title={name}
      aria-label={`${name}, ${writing.time(visit.arrivedAt)}`}
      onClick={onPress}
    />
  );
}

/** Moves the instant on, a frame at a time, until the end of the bar. */
function useReplay(
  from: number,
  to: number,
  at: number | null,
  speed: number,
  onMove: (at: number) => void,
): [boolean, (isPlaying: boolean) => void] {
  const [isPlaying, setPlaying] = useState(false);
  useEffect(() => {
    if (!isPlaying) return;
    let now = at === null || at >= to ? from : at;
    let last = performance.now();
    let frame = requestAnimationFrame(function step(time) {
      now += (time - last) * speed;
      last = time;
      onMove(Math.min(now, to));
      if (now >= to) setPlaying(false);
      else frame = requestAnimationFrame(step);
    });
    return () => cancelAnimationFrame(frame);
    // It begins where the slider stands, and moves the slider itself from then on.
  }, [isPlaying, speed, from, to, onMove]);
  return [isPlaying, setPlaying];
}

/** From a little before the first thing that is known of the day to a little after the last. */
function spanOf(day: DayOfRep, readings: Reading[]): [number, number] {
  const [start, end] = [Date.parse(day.startsAt), Math.min(Date.parse(day.endsAt), Date.now())];
  const known = [
    ...readings.map(({ at }) => at),
    ...day.visits.nodes.flatMap(({ arrivedAt, leftAt }) => [
      Date.parse(arrivedAt),
      leftAt === null ? end : Date.parse(leftAt),
    ]),
  ];
  const first = known.reduce((a, b) => Math.min(a, b), end) - MARGIN_MS;
  const last = known.reduce((a, b) => Math.max(a, b), start) + MARGIN_MS;
  const [from, to] = [Math.max(start, first), Math.min(end, last)];
  return to > from ? [from, to] : [start, Date.parse(day.endsAt)];
}

function hours(from: number, to: number): number[] {
  const every = to - from > 10 * HOUR_MS ? 2 * HOUR_MS : HOUR_MS;
  const first = Math.ceil(from / every) * every;
  return Array.from({ length: Math.max(0, Math.floor((to - first) / every) + 1) }, (_, i) => first + i * every);
}
