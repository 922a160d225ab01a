// The hand: a Gaussian mixture over its objects, to take hold of. The browser computes it all, with a kernel or
// without. What it looks like, and what a gesture means, is line.js's and plane.js's.

import { average, clamp, eStep, sum } from "./em.js";
import { Play } from "./play.js";
import { add, digitsOf, MARKS, niceStep, onArrows, set, short, tell } from "./svg.js";

const GREY = [118, 118, 118];
export const EDGE = 12; // pixels from a handle to the edge of the picture, at least
const LEAST = 0.002; // a class keeps at least so much weight under the hand

/** One hand on a page. A kind of it has `kinds` of handles, and says where they are and what a move means. */
export class Hand extends Play {
  /** @type {{what: string, d: string, finger?: number, hint: string, at: number[]}[]} */
  kinds = [];

  constructor(model) {
    super(model);
    this.asked = -1; // the place of the object whose shares are said
    this.spans = this.labels.map((_, axis) => {
      const shown = [...this.y, ...this.start.means].map((value) => [value].flat()[axis]);
      const [low, high] = [Math.min(...shown), Math.max(...shown)];
      const room = 0.08 * (high - low);
      return { low: low - room, high: high + room, step: niceStep((high - low + 2 * room) / 250) };
    });
    this.rgb = this.colours.map((c) => [1, 3, 5].map((at) => Number.parseInt(c.slice(at, at + 2), 16)));
    const along = this.y.map((value) => [value].flat()[0]);
    this.order = along.map((_, i) => i).sort((i, j) => along[i] - along[j]);
    this.shown = []; // what each dot looks like: in a drag few change
  }

  // What a kind of hand has to say.

  margins() {
    return { left: 0, right: 0, below: 0, height: 0 };
  }

  drawClasses(_svg, _line) {}

  layOutPanel(_width, _end) {}

  paintClass(_k) {}

  paintRest(_tags) {}

  /** @returns {number[]} where an object is, in pixels */
  placeOf(_value, _i) {
    return [];
  }

  /** @returns {number[]} where the objects of a class balance */
  balanceAt(_mean) {
    return [];
  }

  tagAt(_k) {
    return [0, 0];
  }

  handleAt(_kind, _k) {
    return [0, 0];
  }

  /** What a screen reader says of a handle. */
  spoken(_kind, _k) {
    return { now: 0, low: 0, high: 0, text: "" };
  }

  /** A value upwards, in pixels. */
  up(value) {
    return value;
  }

  drag(_kind, _k, _x, _y) {}

  nudge(_kind, _k, _right, _up) {}

  // What all have in common.

  draw(root) {
    const svg = add(root, "svg", { role: "group", "aria-label": "Mixture to take hold of" });
    this.axes = add(svg, "g", { "aria-hidden": "true" });
    this.plot = add(svg, "svg", { "aria-hidden": "true" }); // cuts curves at its edge
    const line = { fill: "none", stroke: "currentColor" };
    this.drawClasses(svg, line);
    this.field = add(svg, "g", { tabindex: 0, role: "slider", "aria-label": "object, in order" });
    this.ground = add(this.field, "rect", { class: "ring", fill: "transparent" });
    this.dots = this.y.map(() => add(this.field, "path", { opacity: 0.85 }));
    this.halo = add(this.field, "circle", { ...line, r: 9, "stroke-width": 2 });
    this.field.addEventListener("pointerdown", (event) => this.ask(this.nearest(event)));
    tell(this.field, { now: 0, low: 0, high: this.y.length, text: "none chosen" });
    onArrows(this.field, (right, up) => this.ask(clamp(this.asked + right + up, 0, this.y.length - 1)));
    this.fulcrum = add(svg, "path", { d: "M0,0L8,13H-8Z", stroke: "var(--paper)" });
    this.tags = this.names.map((name) => add(svg, "text", { "text-anchor": "middle" }, name));
    this.handles = this.names.map((name, k) =>
      this.kinds.map(({ what, d, finger }, kind) => {
        const label = `${what} of ${name}`;
        const handle = add(svg, "g", { tabindex: 0, role: "slider", "aria-label": label });
        add(handle, "circle", { r: finger ?? 22, fill: "transparent" });
        add(handle, "circle", { class: "ring", r: 12, fill: "none", "stroke-width": 3 });
        add(handle, "path", { d, fill: this.colours[k], stroke: "var(--paper)" });
        handle.addEventListener("pointerdown", (event) => this.hold(event));
        onArrows(handle, (right, up) => {
          this.begin();
          this.nudge(kind, k, right, up);
          this.end(kind);
        });
        return handle;
      }),
    );
    const hints = [...this.kinds.map(({ hint }) => hint), "click a dot: its shares"];
    const quiet = { class: "hint", "aria-hidden": "true" };
    this.hints = hints.map((hint) => add(svg, "text", quiet, hint));
    return svg;
  }

  // The picture.

  /** Draw what depends on the size alone: a panel with its axes, and the places of the objects. */
  layOut() {
    const width = Math.max(this.svg.clientWidth, 200);
    this.width = width;
    const { left, right, below, height } = this.margins();
    this.left = left;
    this.base = clamp(height * innerHeight, 200, 1000 * height - 80) - below; // a slide is low
    const room = [width - left - right, this.base];
    this.scale = this.spans.map(({ low, high }, axis) => room[axis] / (high - low));
    set(this.svg, { height: this.base + below });
    set(this.plot, { width: width - right + EDGE, height: this.base });
    this.axes.textContent = "";
    this.layOutPanel(width, width - right);
    set(this.hints.at(-1), { x: left, y: this.base + below - 8 });
    this.hint();
    this.places = this.y.map((value, i) => this.placeOf(value, i));
    this.reach();
    this.paint();
  }

  /** Draw the axis of the values across at a height, from one side to the other. */
  drawAcross(y, end) {
    add(this.axes, "path", { d: `M${this.left},${y}H${end}`, stroke: "currentColor" });
    this.drawTicks(0, 70, (x) => [`M${x},${y}v5`, { x, y: y + 20, "text-anchor": "middle" }]);
    add(this.axes, "text", { x: end, y: y + 40, "text-anchor": "end" }, this.labels[0]);
  }

  drawTicks(axis, pixels, at) {
    const { low, high: end, step } = this.spans[axis];
    const high = end - 8 / this.scale[axis]; // or the last number is cut
    const far = niceStep(Math.max(step, pixels / this.scale[axis]));
    for (let n = Math.ceil(low / far); n * far <= high; n++) {
      const [d, place] = at(short(axis ? this.up(n * far) : this.across(n * far)));
      add(this.axes, "path", { d, stroke: "currentColor" });
      add(this.axes, "text", place, (n * far).toFixed(digitsOf(far)));
    }
  }

  across(value) {
    return this.left + (value - this.spans[0].low) * this.scale[0];
  }

  /** A gesture is labelled until it was used; where there is no room for all labels, the next one alone. */
  hint(used = -1) {
    this.hints[used]?.classList.add("used");
    let shown = 0;
    for (const hint of this.hints) {
      const visible = !hint.classList.contains("used") && (this.width > 500 || shown === 0);
      if (visible) shown += 1;
      set(hint, { visibility: visible ? "visible" : "hidden" });
    }
  }

  /** Where a handle is drawn: where it belongs, or at the edge of the picture. */
  seenAt(kind, k) {
    const [x, y] = this.handleAt(kind, k);
    return [clamp(x, EDGE, this.width - EDGE), clamp(y, EDGE, this.base)];
  }

  paintPicture(dotsToo) {
    const tags = [];
    this.names.forEach((_, k) => {
      this.paintClass(k);
      this.handles[k].forEach((handle, kind) => {
        set(handle, { transform: `translate(${this.seenAt(kind, k).map(short)})` });
        tell(handle, this.spoken(kind, k));
      });
      const [x, y] = this.tagAt(k);
      const tag = { x: short(x), y: short(clamp(y, 14, this.base - 16)) };
      while (tags.some((other) => Math.abs(other.x - tag.x) < 60 && Math.abs(other.y - tag.y) < 15))
        tag.y -= 15;
      tags.push(tag);
      set(this.tags[k], tag);
    });
    this.kinds.forEach(({ at }, kind) => {
      const [x, y] = this.seenAt(kind, 0).map((pixels, axis) => short(pixels + at[axis]));
      set(this.hints[kind], { x, y });
    });
    this.paintRest(tags);
    if (dotsToo || this.looked >= 0) this.paintDots();
  }

  paintDots() {
    const looked = this.looked >= 0;
    const r = this.r ?? (looked ? eStep(this.y, this.mixture) : null);
    const radius = clamp(Math.sqrt(1600 / this.y.length), 2.2, 4.5);
    const blend = (row) =>
      [0, 1, 2].map((at) => Math.round(sum(row.map((share, k) => share * this.rgb[k][at]))));
    this.dots.forEach((dot, i) => {
      const row = r?.[i];
      const most = looked ? this.looked : row ? row.indexOf(Math.max(...row)) : 0;
      const size = looked ? radius * (0.3 + 1.2 * Math.sqrt(row[most])) : radius;
      const colour = looked ? this.rgb[most] : row ? blend(row) : GREY;
      const now = {
        d: MARKS[most % MARKS.length],
        fill: `rgb(${colour.join()})`,
        transform: `translate(${this.places[i].map(short)}) scale(${short(size)})`,
      };
      const was = this.shown[i] ?? {};
      for (const name of Object.keys(now)) if (was[name] !== now[name]) dot.setAttribute(name, now[name]);
      this.shown[i] = now;
    });
    const found = looked ? average(this.y, r, this.floor, this.looked) : null;
    const [x, y] = looked ? this.balanceAt(found.mean).map(short) : [0, 0];
    const shown = (visible) => (visible ? "visible" : "hidden");
    const transform = `translate(${x},${y})`;
    set(this.fulcrum, { visibility: shown(looked), transform, fill: this.colours[this.looked] });
    const asked = this.places[this.order[this.asked]];
    set(this.halo, { visibility: shown(asked), cx: asked?.[0] ?? 0, cy: asked?.[1] ?? 0 });
    return found;
  }

  /** A value as it is said, with its unit; in the plane a pair. */
  said(value) {
    const numbers = [value].flat().map((number, axis) => {
      const unit = this.units[axis];
      return `${number.toFixed(digitsOf(this.spans[axis].step))}${unit && ` ${unit}`}`;
    });
    return numbers.length > 1 ? `(${numbers.join(", ")})` : numbers[0];
  }

  // What a hand does.

  /** Where a pointer is on the picture. */
  at({ clientX, clientY }) {
    const { left, top } = this.svg.getBoundingClientRect();
    return [clientX - left, clientY - top];
  }

  /** Take hold of the handle nearest to the pointer: where two overlap, the upper one need not be meant. */
  hold(event) {
    if (event.button > 0) return;
    event.preventDefault();
    const from = this.at(event);
    const away = ([kind, k]) => {
      const [x, y] = this.seenAt(kind, k);
      return Math.hypot(x - from[0], y - from[1]);
    };
    const all = this.names.flatMap((_, k) => this.kinds.map((_, kind) => [kind, k]));
    const [kind, k] = all.reduce((best, one) => (away(one) < away(best) ? one : best));
    const [handle, place] = [this.handles[k][kind], this.handleAt(kind, k)];
    handle.focus({ preventScroll: true });
    handle.setPointerCapture(event.pointerId);
    const held = from.map((pixels, axis) => pixels - place[axis]);
    let [moved, last] = [false, null];
    const frame = () => {
      if (last) this.drag(kind, k, ...this.at(last).map((pixels, axis) => pixels - held[axis]));
      last = null;
    };
    const over = new AbortController();
    const on = (name, action) => handle.addEventListener(name, action, { signal: over.signal });
    on("pointermove", (next) => {
      if (!moved) this.begin();
      if (!last) requestAnimationFrame(frame);
      [moved, last] = [true, next];
    });
    for (const name of ["pointerup", "pointercancel"]) {
      on(name, () => {
        over.abort();
        frame();
        if (moved) this.end(kind);
      });
    }
  }

  /** Give class k a weight, mean and variance; the other weights keep their proportions. */
  place(k, weight, mean, variance) {
    const { weights, means, variances } = this.mixture;
    const lone = weights.length === 1;
    const now = lone ? 1 : clamp(weight, LEAST, 1 - LEAST * (weights.length - 1));
    const rest = lone ? 1 : (1 - now) / (1 - weights[k]);
    const inside = [mean].flat().map((at, axis) => clamp(at, this.spans[axis].low, this.spans[axis].high));
    this.show({
      weights: weights.map((other, j) => (j === k ? now : other * rest)),
      means: means.with(k, inside.length > 1 ? inside : inside[0]),
      variances: variances.with(k, variance),
    });
  }

  nearest(event) {
    const [x, y] = this.at(event);
    const away = (i) => Math.hypot(this.places[i][0] - x, this.places[i][1] - y);
    return this.order.reduce((best, i, place) => (away(i) < away(this.order[best]) ? place : best), 0);
  }

  ask(place) {
    this.asked = place;
    this.hint(this.kinds.length);
    const value = this.y[this.order[place]];
    const shares = eStep([value], this.mixture)[0].map((share, k) => `${this.names[k]} ${share.toFixed(3)}`);
    const text = `The object at ${this.said(value)}: ${shares.join(", ")}.`;
    tell(this.field, { now: place + 1, low: 1, high: this.y.length, text });
    this.say(text);
    this.paintDots();
  }
}
