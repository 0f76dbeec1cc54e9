// A small chart of the last minute: one or two lines over time, its colours from the style sheet.

import { StatsHistory } from "./stats.js";

/**
 * Draws lines into a canvas.
 *
 * @param canvas where; its computed style gives the colours
 * @param lines [{color: CSS custom property, values: (number | null)[]}], newest value last
 * @param atLeast the smallest top of the scale
 */
export function plot(canvas, lines, atLeast) {
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  if (width === 0) return;
  const ratio = window.devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
  if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio);
  const style = getComputedStyle(canvas);
  const paint = canvas.getContext("2d");
  paint.setTransform(ratio, 0, 0, ratio, 0, 0);
  paint.clearRect(0, 0, width, height);
  paint.strokeStyle = style.getPropertyValue("--line");
  paint.lineWidth = 1;
  for (const y of [0.5, Math.round(height / 2) + 0.5, height - 0.5]) {
    paint.beginPath();
    paint.moveTo(0, y);
    paint.lineTo(width, y);
    paint.stroke();
  }
  const top = Math.max(atLeast, ...lines.flatMap(({ values }) => values.map((value) => value ?? 0))) * 1.1;
  const step = width / (StatsHistory.seconds - 1);
  for (const { color, values } of lines) {
    const first = StatsHistory.seconds - values.length;
    paint.strokeStyle = style.getPropertyValue(color);
    paint.lineWidth = 1.75;
    paint.lineJoin = "round";
    paint.beginPath();
    let down = false;
    values.forEach((value, index) => {
      if (value === null) {
        down = false;
        return;
      }
      const x = (first + index) * step;
      const y = height - 1.5 - (value / top) * (height - 3);
      if (down) paint.lineTo(x, y);
      else paint.moveTo(x, y);
      down = true;
    });
    paint.stroke();
  }
}
