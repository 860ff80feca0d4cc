// One picture a state: told apart by shape as well as by colour.
import type { Palette } from "../../shared/map/style";

/** Device pixels; drawn at half of it. */
const SIZE = 56;

type Draw = (pen: CanvasRenderingContext2D) => void;

export function stateIcons(colours: Palette): [string, ImageData][] {
  const shapes: Record<string, Draw> = {
    AT_CUSTOMER: check,
    MOVING: chevron,
    STATIONARY: bars,
    STALE: question,
  };
  return Object.entries(shapes).map(([state, draw]) => [
    state,
    icon(state, colours.states[state] ?? colours.accent, colours, draw),
  ]);
}

function icon(state: string, colour: string, colours: Palette, draw: Draw): ImageData {
  const canvas = new OffscreenCanvas(SIZE, SIZE);
  const pen = canvas.getContext("2d") as unknown as CanvasRenderingContext2D;
  const isHollow = state === "STALE";
  pen.translate(SIZE / 2, SIZE / 2);
  pen.beginPath();
  if (state === "AT_CUSTOMER") pen.roundRect(-22, -22, 44, 44, 12);
  else pen.arc(0, 0, 20, 0, 2 * Math.PI);
  pen.fillStyle = isHollow ? colours.halo : colour;
  pen.strokeStyle = isHollow ? colour : colours.halo;
  pen.lineWidth = 5;
  if (isHollow) pen.setLineDash([7, 5]);
  pen.fill();
  pen.stroke();
  pen.setLineDash([]);
  pen.strokeStyle = isHollow ? colour : colours.halo;
  pen.fillStyle = pen.strokeStyle;
  pen.lineWidth = 6;
  pen.lineCap = "round";
  pen.lineJoin = "round";
  draw(pen);
  return pen.getImageData(0, 0, SIZE, SIZE);
}

const check: Draw = (pen) => line(pen, [-10, 1], [-3, 8], [11, -8]);

const chevron: Draw = (pen) => line(pen, [-5, -9], [5, 0], [-5, 9]);

const bars: Draw = (pen) => {
  line(pen, [-5, -7], [-5, 7]);
  line(pen, [5, -7], [5, 7]);
};

const question: Draw = (pen) => {
  pen.font = "bold 24px sans-serif";
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillText("?", 0, 1);
};

function line(pen: CanvasRenderingContext2D, ...points: [number, number][]): void {
  pen.beginPath();
  for (const [x, y] of points) pen.lineTo(x, y);
  pen.stroke();
}
