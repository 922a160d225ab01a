// The hand in the plane: ellipses, two sds wide, over the objects; and the weights as bars beside them. Axes and
// angles are those that are seen, in pixels, so an ellipse turns under the hand as a plate does.

import { axesOf, clamp, floored, scaled, turned } from "./em.js";
import { Hand } from "./hand.js";
import { add, set, short } from "./svg.js";

const REACH = 2; // sds from the centre to the ellipse
const BAR = 26; // pixels from the weight of a class to that of the next
const THIN = 1.5; // pixels of the least sd

export class Plane extends Hand {
  shapes = "ellipses";
  poses = [];
  kinds = [
    { what: "mean", d: "M-8,0A8,8 0 1,0 8,0A8,8 0 1,0 -8,0Z", hint: "drag: mean", at: [-32, 26] },
    { what: "first axis", d: "M-7,-7H7V7H-7Z", hint: "drag: length and angle", at: [-64, 26] },
    { what: "second axis", d: "M0,-8L8,0L0,8L-8,0Z", hint: "drag: width", at: [14, 5] },
    {
      what: "weight",
      d: "M-10,-4H10V4H-10Z",
      finger: BAR / 2,
      hint: "drag: weight",
      at: [-94, 5],
    },
  ];

  margins() {
    const below = this.width < 500 ? 66 : 48; // the hint needs a line of its own
    return { left: 52, right: 24 + BAR * this.names.length, below, height: 0.55 };
  }

  drawClasses(svg, line) {
    this.ellipses = this.colours.map((stroke, k) => {
      const dash = { "stroke-dasharray": this.dashes[k], fill: stroke, "fill-opacity": 0.1 };
      return add(this.plot, "ellipse", { ...line, stroke, "stroke-width": 2.5, ...dash });
    });
    this.bars = this.colours.map((stroke) => add(svg, "path", { stroke, "stroke-width": 8 }));
  }

  layOutPanel(width, end) {
    this.poses = [];
    this.side = end;
    const [left, room] = [this.left, end - this.left];
    set(this.plot, { x: left, width: room, viewBox: `${left} 0 ${room} ${this.base}` });
    set(this.ground, { x: left, width: room, height: this.base });
    this.drawAcross(this.base, end);
    add(this.axes, "path", { d: `M${left},0V${this.base}`, stroke: "currentColor" });
    this.drawTicks(1, 40, (y) => [`M${left},${y}h-5`, { x: left - 8, y: y + 5, "text-anchor": "end" }]);
    add(this.axes, "text", { x: left + 8, y: 14 }, this.labels[1]);
    add(this.axes, "text", { x: width, y: this.base + 20, "text-anchor": "end" }, "weights");
  }

  placeOf([x, y]) {
    return [this.across(x), this.up(y)];
  }

  up(value) {
    return this.base - (value - this.spans[1].low) * this.scale[1];
  }

  /** The ellipse of class k on the screen: the angle of its first axis, and the sd along each. */
  pose(k) {
    const covariance = this.mixture.variances[k];
    const old = this.poses[k];
    if (old?.of === covariance) return old;
    const [across, up] = this.scale;
    const { angle, sizes } = axesOf(scaled(covariance, [across, -up]));
    // Four angles say the same ellipse: the one nearest to the old one keeps each handle on its side.
    const quarters = Math.round(((old?.angle ?? angle) - angle) / (Math.PI / 2));
    const sds = sizes.map((size) => Math.sqrt(Math.max(size, 0)));
    this.poses[k] = {
      of: covariance,
      angle: angle + (quarters * Math.PI) / 2,
      sds: quarters % 2 ? sds.reverse() : sds,
    };
    return this.poses[k];
  }

  paintClass(k) {
    const { angle, sds } = this.pose(k);
    const [x, y] = this.placeOf(this.mixture.means[k]).map(short);
    const transform = `translate(${x},${y}) rotate(${(angle * 180) / Math.PI})`;
    set(this.ellipses[k], { rx: REACH * sds[0], ry: REACH * sds[1], transform });
    const [at, top] = this.handleAt(3, k).map(short);
    set(this.bars[k], { d: `M${at},${this.base}V${top}` });
  }

  paintRest() {}

  tagAt(k) {
    const [x, y] = this.placeOf(this.mixture.means[k]);
    return [x, y - 14];
  }

  balanceAt(mean) {
    return this.placeOf(mean);
  }

  /** At the centre, at the end of an axis, or on the bar of the weight. */
  handleAt(kind, k) {
    const { weights, means } = this.mixture;
    if (kind === 3) return [this.side + 24 + BAR * k, this.base * (1 - weights[k])];
    const [x, y] = this.placeOf(means[k]);
    if (kind === 0) return [x, y];
    const { angle, sds } = this.pose(k);
    const way = angle - (kind - 1) * (Math.PI / 2); // the second axis is a quarter to the left
    const length = REACH * sds[kind - 1];
    return [x + length * Math.cos(way), y + length * Math.sin(way)];
  }

  spoken(kind, k) {
    const { weights, means, variances } = this.mixture;
    if (kind === 3) return { now: weights[k], low: 0, high: 1, text: `weight ${weights[k].toFixed(3)}` };
    if (kind === 0) {
      const { low, high } = this.spans[0];
      return { now: means[k][0], low, high, text: `mean ${this.said(means[k])}` };
    }
    const [[a, b], [, d]] = variances[k];
    const sds = [Math.sqrt(a), Math.sqrt(d)];
    const text = `sds ${this.said(sds)}, correlation ${(b / sds[0] / sds[1]).toFixed(2)}`;
    return { now: this.pose(k).sds[kind - 1], low: THIN, high: this.most(), text };
  }

  most() {
    return Math.max(this.side - this.left, this.base);
  }

  drag(kind, k, x, y) {
    const { weights, means, variances } = this.mixture;
    const at = [x, y];
    const [across, up] = this.scale;
    const value = [this.spans[0].low + (x - this.left) / across, this.spans[1].low + (this.base - y) / up];
    if (kind === 3) return this.place(k, 1 - y / this.base, means[k], variances[k]);
    if (kind === 0) return this.place(k, weights[k], value, variances[k]);
    const [right, down] = this.placeOf(means[k]).map((centre, axis) => at[axis] - centre);
    const { angle, sds } = this.pose(k);
    if (kind === 1) return this.turnTo(k, Math.atan2(down, right), [Math.hypot(right, down) / REACH, sds[1]]);
    const width = Math.abs(right * Math.sin(angle) - down * Math.cos(angle));
    this.turnTo(k, angle, [sds[0], width / REACH]);
  }

  nudge(kind, k, right, up) {
    const { weights, means, variances } = this.mixture;
    if (kind === 3) return this.place(k, weights[k] + (right + up) / 100, means[k], variances[k]);
    if (kind === 0) {
      const mean = means[k].map((at, axis) => at + [right, up][axis] * this.spans[axis].step);
      return this.place(k, weights[k], mean, variances[k]);
    }
    const { angle, sds } = this.pose(k);
    if (kind === 1) return this.turnTo(k, angle - (up * Math.PI) / 180, [sds[0] + right, sds[1]]);
    this.turnTo(k, angle, [sds[0], sds[1] + right + up]);
  }

  /** Give the ellipse of class k an angle and two sds on the screen: what it is of is a covariance matrix. */
  turnTo(k, angle, sds) {
    const { weights, means } = this.mixture;
    const lengths = sds.map((sd) => clamp(sd, THIN, this.most()));
    const [across, up] = this.scale;
    const seen = turned(
      angle,
      lengths.map((sd) => sd ** 2),
    );
    const covariance = scaled(seen, [1 / across, -1 / up]);
    const allowed = floored(covariance, this.floor);
    if (allowed === covariance) this.poses[k] = { of: covariance, angle, sds: lengths };
    this.place(k, weights[k], means[k], allowed);
  }
}
