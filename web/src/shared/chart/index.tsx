// Horizontal bars, drawn by ECharts in the page's own colours.
import { BarChart } from "echarts/charts";
import { AriaComponent, GridComponent, TooltipComponent } from "echarts/components";
import { init, use, type EChartsType } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { useEffect, useRef, useSyncExternalStore } from "react";

import { isDark, onThemeChange } from "../theme";
import css from "./chart.module.css";

use([BarChart, AriaComponent, GridComponent, TooltipComponent, SVGRenderer]);

interface Bar {
  name: string;
  value: number;
  /** A second number to compare with, such as a target. */
  target: number | null;
}

interface BarsProps {
  label: string;
  bars: Bar[];
  format: (value: number) => string;
}

const ROW_PX = 30;

export function Bars({ label, bars, format }: BarsProps) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType | null>(null);
  const dark = useSyncExternalStore(onThemeChange, isDark);

  useEffect(() => {
    if (!place.current) return;
    const made = init(place.current, null, { renderer: "svg" });
    chart.current = made;
    const watching = new ResizeObserver(() => made.resize());
    watching.observe(place.current);
    return () => {
      watching.disconnect();
      made.dispose();
    };
  }, []);

  useEffect(() => {
    chart.current?.setOption(options(label, bars, format), { notMerge: true });
  }, [label, bars, format, dark]);

  return (
    <div
      ref={place}
      className={css.chart}
      role="img"
      aria-label={label}
      style={{ height: `${bars.length * ROW_PX + 40}px` }}
    />
  );
}

function options(label: string, bars: Bar[], format: (value: number) => string) {
  const [ink, quiet, accent, line] = ["--ink", "--quiet", "--accent", "--line"].map(colour);
  const rows = [...bars].reverse();
  const name = (text: string) => (text.length > 22 ? `${text.slice(0, 21)}…` : text);
  return {
    animation: false,
    aria: { enabled: true, label: { description: label } },
    grid: { left: 8, right: 56, top: 4, bottom: 4, containLabel: true },
    // The pages' policy allows no styles written into HTML.
    tooltip: { renderMode: "richText", valueFormatter: (value: unknown) => format(Number(value)) },
    xAxis: {
      type: "value",
      axisLabel: { color: quiet, formatter: format, hideOverlap: true },
      splitLine: { lineStyle: { color: line } },
    },
    yAxis: {
      type: "category",
      data: rows.map((row) => name(row.name)),
      axisLabel: { color: ink },
      axisLine: { lineStyle: { color: line } },
      axisTick: { show: false },
    },
    series: [
      {
        type: "bar",
        data: rows.map((row) => row.value),
        itemStyle: { color: accent, borderRadius: [0, 3, 3, 0] },
        barMaxWidth: 16,
      },
      {
        type: "bar",
        data: rows.map((row) => row.target),
        itemStyle: { color: "transparent", borderColor: quiet, borderType: "dashed" },
        barGap: "-100%",
        barMaxWidth: 16,
        silent: true,
      },
    ],
  };
}

/** The colour that a token has now, as text that SVG understands. */
function colour(token: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(${token})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
