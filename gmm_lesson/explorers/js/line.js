// The hand on a line: bells over a strip of objects. The top of a bell is its mean and weight, its flank its sd.

import { clamp, sum } from "./em.js";
import { EDGE, Hand } from "./hand.js";
import { add, set, short } from "./svg.js";

const BELL = Array.from({ length: 65 }, (_, i) => [i / 8 - 4, Math.exp(-((i / 8 - 4) ** 2) / 2)]);
const path = (points) => `M${points.map(([x, y]) => `${short(x)},${short(y)}`).join(" ")}`;
const peakOf = (weight, variance) => weight / Math.sqrt(2 * Math.PI * variance);

export class Line extends Hand {
  shapes = "bells";
  kinds = [
    {
      what: "mean and weight",
      d: "M-8,0A8,8 0 1,0 8,0A8,8 0 1,0 -8,0Z",
      hint: "drag: mean, and up: weight",
      at: [0, 0],
    },
    { what: "sd", d: "M-9,0L0,-6V6ZM9,0L0,-6V6Z", hint: "drag: sd", at: [18, 18] },
  ];

  margins() {
    return { left: EDGE, right: EDGE, below: 92, height: 0.42 };
  }

  drawClasses(_svg, line) {
    this.total = add(this.plot, "path", { ...line, "stroke-width": 6, opacity: 0.25 });
    this.bells = this.colours.map((stroke, k) =>
      add(this.plot, "path", { ...line, stroke, "stroke-width": 2.5, "stroke-dasharray": this.dashes[k] }),
    );
  }

  layOutPanel(width, end) {
    set(this.ground, { y: this.base + 4, width, height: 38 });
    this.drawAcross(this.base + 46, end);
    const { low } = this.spans[0];
    const places = Array.from({ length: Math.ceil(width / 3) }, (_, i) => 3 * i - EDGE);
    this.grid = places.map((pixels) => low + pixels / this.scale[0]);
  }

  placeOf(value, i) {
    const spread = 26 * (((i * 0.6180339887498949) % 1) - 0.5); // as in the package's pictures
    return [this.across(value), this.base + 23 + spread];
  }

  up(height) {
    return this.base * (1 - height / this.top);
  }

  density(x) {
    const { weights, means, variances } = this.mixture;
    return sum(
      weights.map((w, k) => peakOf(w, variances[k]) * Math.exp(-((x - means[k]) ** 2) / 2 / variances[k])),
    );
  }

  reach() {
    const { low, high } = this.spans[0];
    const tallest = Math.max(...this.mixture.means.map((mean) => this.density(mean)));
    this.top = 1.3 * Math.min(tallest, 15 / (high - low)); // a needle is cut, or no other is seen
  }

  /** The sd and the height of a bell. */
  bell(k) {
    const { weights, variances } = this.mixture;
    return [Math.sqrt(variances[k]), peakOf(weights[k], variances[k])];
  }

  paintClass(k) {
    const [sd, peak] = this.bell(k);
    const mean = this.mixture.means[k];
    const d = path(BELL.map(([t, height]) => [this.across(mean + t * sd), this.up(peak * height)]));
    set(this.bells[k], { d });
  }

  paintRest(tags) {
    const near = tags.filter(({ x }) => Math.abs(x - tags[0].x) < 190).map(({ y }) => y);
    const top = Math.max(Math.min(...near) - 17, 14);
    set(this.hints[0], { y: top });
    const close = this.mixture.means.flatMap((mean, k) =>
      [-1, -0.5, 0, 0.5, 1].map((t) => mean + t * this.bell(k)[0]),
    );
    const places = [...this.grid, ...close].sort((a, b) => a - b);
    set(this.total, { d: path(places.map((x) => [this.across(x), this.up(this.density(x))])) });
  }

  tagAt(k) {
    return [this.across(this.mixture.means[k]), this.up(this.bell(k)[1]) - 16];
  }

  balanceAt(mean) {
    return [this.across(mean), this.base + 47];
  }

  /** At the top of the bell, or at the flank, one sd away. */
  handleAt(kind, k) {
    const [sd, peak] = this.bell(k);
    const mean = this.mixture.means[k];
    const flank = mean + sd > this.spans[0].high ? -sd : sd;
    return [this.across(mean + kind * flank), this.up(peak * Math.exp(-kind / 2))];
  }

  spoken(kind, k) {
    const { low, high } = this.spans[0];
    const [mean, sd] = [this.mixture.means[k], this.bell(k)[0]];
    if (kind) return { now: sd, low: this.least(), high: high - low, text: `sd ${this.said(sd)}` };
    const weight = this.mixture.weights[k].toFixed(3);
    return { now: mean, low, high, text: `mean ${this.said(mean)}, weight ${weight}` };
  }

  least() {
    return Math.max(Math.sqrt(this.floor), this.spans[0].step / 10);
  }

  drag(kind, k, x, y) {
    const { means, variances } = this.mixture;
    const value = this.spans[0].low + (x - this.left) / this.scale[0];
    if (kind) return this.widen(k, Math.abs(value - means[k]));
    const height = this.top * (1 - y / this.base);
    this.place(k, height / peakOf(1, variances[k]), value, variances[k]);
  }

  nudge(kind, k, right, up) {
    const { weights, means, variances } = this.mixture;
    const { step } = this.spans[0];
    if (kind) return this.widen(k, this.bell(k)[0] + (right + up) * step);
    this.place(k, weights[k] + up / 100, means[k] + right * step, variances[k]);
  }

  widen(k, sd) {
    const { low, high } = this.spans[0];
    const { weights, means } = this.mixture;
    this.place(k, weights[k], means[k], clamp(sd, this.least(), high - low) ** 2);
  }
}
