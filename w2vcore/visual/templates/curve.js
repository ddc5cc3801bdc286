// The curve of the loss, on which a click goes to that moment.

const CURVE_ROOM = { left: 42, right: 10, top: 8, bottom: 24 };

/** Round numbers that divide a range into a few parts. */
function roundNumbers(low, high, most) {
  const rough = (high - low) / most || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough);
  const count = Math.floor(high / step + 1e-9) - Math.ceil(low / step - 1e-9) + 1;
  return Array.from({ length: Math.max(0, count) }, (_, i) => (Math.ceil(low / step - 1e-9) + i) * step);
}

class LossCurve {
  /** @param picked is called with the place on the lower axis that the reader goes to */
  constructor(canvas, picked) {
    Object.assign(this, { canvas, xs: [], ys: [], last: 1, now: 0, unit: "" });
    const goTo = (event) => picked(this.placeOf(pointOn(canvas, event)[0]));
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      goTo(event);
    });
    canvas.addEventListener("pointermove", (event) => { if (event.buttons) goTo(event); });
  }

  /** @param curve {xs, ys, last, unit}: points, the end of the lower axis, and what is counted there */
  setCurve(curve) {
    Object.assign(this, curve);
    this.draw();
  }

  setNow(now) {
    this.now = now;
    this.draw();
  }

  get room() {
    const { left, right } = CURVE_ROOM;
    return Math.max(1, this.canvas.clientWidth - left - right);
  }

  placeOf(pixel) {
    return Math.max(0, Math.min(this.last, ((pixel - CURVE_ROOM.left) / this.room) * this.last));
  }

  draw() {
    const { context, width, height } = cleared(this.canvas);
    if (!this.ys.length || !width) return;
    const { left, right, top, bottom } = CURVE_ROOM;
    const [low, high] = [Math.min(...this.ys), Math.max(...this.ys)];
    const [floor, ceiling] = high > low ? [low - 0.05 * (high - low), high + 0.05 * (high - low)] : [low - 0.5, high + 0.5];
    const across = (x) => left + (x / this.last) * this.room;
    const up = (y) => height - bottom - ((y - floor) / (ceiling - floor)) * (height - top - bottom);
    const soft = { tint: colour("--soft"), size: 12 };
    Object.assign(context, { lineWidth: 1, strokeStyle: colour("--line") });
    for (const y of roundNumbers(floor, ceiling, 4)) {
      drawLine(context, [left, up(y)], [width - right, up(y)]);
      drawText(context, String(Number(y.toPrecision(3))), [left - 6, up(y)], { ...soft, align: "right" });
    }
    const marks = roundNumbers(0, this.last, Math.max(2, width / 90));
    marks.forEach((x) => drawText(context, grouped(x), [across(x), height - 9], { ...soft, align: x > 0.97 * this.last ? "right" : "center" }));
    drawText(context, this.unit, [width - right, top + 6], { ...soft, align: "right", halo: true });
    this.drawLine(context, across, up, { tint: colour("--rare"), until: Infinity });
    this.drawLine(context, across, up, { tint: colour("--frequent"), until: this.now });
    Object.assign(context, { lineWidth: 2, strokeStyle: colour("--accent") });
    drawLine(context, [across(this.now), top], [across(this.now), height - bottom]);
  }

  drawLine(context, across, up, { tint, until }) {
    Object.assign(context, { lineWidth: 2, strokeStyle: tint, lineJoin: "round" });
    context.beginPath();
    this.xs.forEach((x, i) => { if (x <= until) context.lineTo(across(x), up(this.ys[i])); });
    context.stroke();
  }
}
