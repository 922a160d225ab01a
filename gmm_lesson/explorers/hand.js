// The hand: a Gaussian mixture over objects on a line, to take hold of. The browser computes it all, with a
// kernel or without. anywidget calls `render`, and so does an exported page, with a model of four methods.

/** @typedef {{weights: number[], means: number[], variances: number[]}} Mixture */

// The maths: names and order of operations are those of em.py.

const TRACE = 1e-200; // of each object in each class, so that a class that lost its objects is not 0/0
const FARTHEST = 1e150; // sds, whose square is still a number
const sum = (values) => values.reduce((total, value) => total + value, 0);
const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

/** log(weight_k N(y_i | mean_k, variance_k)): a row an object. */
export function logJoint(y, { weights, means, variances }) {
  const sds = variances.map(Math.sqrt);
  const logs = variances.map((variance) => Math.log(2 * Math.PI * variance));
  const away = (value, k) => clamp((value - means[k]) / sds[k], -FARTHEST, FARTHEST);
  return y.map((value) => weights.map((w, k) => Math.log(w) - 0.5 * (away(value, k) ** 2 + logs[k])));
}

/** The responsibilities: a row an object, which sums to one. */
export function eStep(y, mixture) {
  return logJoint(y, mixture).map((row) => {
    const top = Math.max(...row);
    const joint = row.map((value) => Math.exp(value - top));
    const total = sum(joint);
    return joint.map((value) => value / total);
  });
}

/** The weight, mean and variance of class k: weighted averages. */
export function average(y, r, floor, k) {
  const n = sum(r.map((row) => row[k] + TRACE));
  const share = r.map((row) => (row[k] + TRACE) / n);
  const mean = sum(share.map((part, i) => part * y[i]));
  const variance = sum(share.map((part, i) => part * (y[i] - mean) ** 2));
  return { n, weight: n / y.length, mean, variance: Math.max(variance, floor) };
}

/** The mixture whose parameters are these averages. */
export function mStep(y, r, floor) {
  const classes = r[0].map((_, k) => average(y, r, floor, k));
  const all = (name) => classes.map((one) => one[name]);
  return { weights: all("weight"), means: all("mean"), variances: all("variance") };
}

/** The log-likelihood, by log-sum-exp. */
export function logLikelihood(y, mixture) {
  const logs = logJoint(y, mixture).map((row) => {
    const top = Math.max(...row);
    return top + Math.log(sum(row.map((value) => Math.exp(value - top))));
  });
  return sum(logs);
}

// The picture.

const SVG = "http://www.w3.org/2000/svg";
const MARKS = [
  "M-1,0A1,1 0 1,0 1,0A1,1 0 1,0 -1,0Z",
  "M-.9,-.9H.9V.9H-.9Z",
  "M0,-1.2L1.1,.8H-1.1Z",
  "M0,-1.3L1.3,0L0,1.3L-1.3,0Z",
  "M0,1.2L1.1,-.8H-1.1Z",
  "M-.4,-1.1H.4V-.4H1.1V.4H.4V1.1H-.4V.4H-1.1V-.4H-.4Z",
];
const GREY = [118, 118, 118];
const BELOW = 92; // pixels below the feet of the bells: the objects and the axis
const EDGE = 12; // pixels beside the axis
const BELL = Array.from({ length: 65 }, (_, i) => [i / 8 - 4, Math.exp(-((i / 8 - 4) ** 2) / 2)]);
const PACE = 500; // milliseconds of a half-step
const LEAST = 0.002; // a class keeps at least so much weight under the hand

function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
}

/** Add an element to another; one in an SVG is an SVG's. */
function add(parent, tag, attributes = {}, text = "") {
  const inside = tag === "svg" || parent.namespaceURI === SVG;
  const element = inside ? document.createElementNS(SVG, tag) : document.createElement(tag);
  set(element, attributes);
  element.textContent = text;
  parent.append(element);
  return element;
}

const short = (value) => Math.round(10 * value) / 10;
const path = (points) => `M${points.map(([x, y]) => `${short(x)},${short(y)}`).join(" ")}`;
const peakOf = (weight, variance) => weight / Math.sqrt(2 * Math.PI * variance);
const digitsOf = (step) => clamp(-Math.floor(Math.log10(step)), 0, 9);

/** A step of 1, 2 or 5 times a power of ten, not below a number. */
function niceStep(least) {
  const power = 10 ** Math.floor(Math.log10(least));
  return power * [1, 2, 5, 10].find((factor) => factor * power >= least * (1 - 1e-9));
}

/** What a pointer or a key asks of an element: `on` gets steps right and up, of ten with Shift. */
function onArrows(element, on) {
  element.addEventListener("keydown", (event) => {
    const way = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!way) return;
    event.preventDefault();
    on(...way.map((steps) => steps * (event.shiftKey ? 10 : 1)));
  });
}

/** One hand on a page. */
class Hand {
  constructor(model, el) {
    this.model = model;
    Object.assign(this, model.get("setting")); // y, names, colours, dashes, label, unit, floor, optimum
    this.start = this.mixture = model.get("mixture");
    this.r = null; // the shares of the last E-step, while the bells have not moved since
    this.looked = -1; // the class whose shares are the sizes of the dots
    this.asked = -1; // the place of the object whose shares are said
    this.history = [];
    this.best = this.byHand = Number.NEGATIVE_INFINITY;
    this.turn = null; // what moves by itself: another turn ends it
    const shown = [...this.y, ...this.start.means];
    const [low, high] = [Math.min(...shown), Math.max(...shown)];
    [this.low, this.high] = [low - 0.08 * (high - low), high + 0.08 * (high - low)];
    this.step = niceStep((this.high - this.low) / 250);
    this.rgb = this.colours.map((c) => [1, 3, 5].map((at) => Number.parseInt(c.slice(at, at + 2), 16)));
    this.order = this.y.map((_, i) => i).sort((i, j) => this.y[i] - this.y[j]);
    this.root = add(el, "div", { class: "gmm-hand" });
    this.draw();
    this.control();
    this.reach();
    this.observer = new ResizeObserver(() => this.layOut());
    this.observer.observe(this.svg);
    this.layOut();
    this.settle();
    model.on("change:mixture", () => {
      if (model.get("mixture") === this.mixture) return;
      this.begin();
      this.show(model.get("mixture"));
      this.settle("Set from outside.");
    });
  }

  draw() {
    this.svg = add(this.root, "svg", {
      role: "group",
      "aria-label": "Mixture to take hold of",
    });
    this.axis = add(this.svg, "g", { "aria-hidden": "true" });
    this.plot = add(this.svg, "svg", { width: "100%", "aria-hidden": "true" }); // cuts bells at its edge
    const line = { fill: "none", stroke: "currentColor" };
    this.total = add(this.plot, "path", { ...line, "stroke-width": 6, opacity: 0.25 });
    this.bells = this.colours.map((stroke, k) =>
      add(this.plot, "path", { ...line, stroke, "stroke-width": 2.5, "stroke-dasharray": this.dashes[k] }),
    );
    this.strip = add(this.svg, "g", { tabindex: 0, role: "slider", "aria-label": "object, in order" });
    this.band = add(this.strip, "rect", { class: "ring", width: "100%", height: 38, fill: "transparent" });
    this.dots = this.y.map(() => add(this.strip, "path", { opacity: 0.85 }));
    this.halo = add(this.strip, "circle", { ...line, r: 9, "stroke-width": 2 });
    this.strip.addEventListener("pointerdown", (event) => this.ask(this.nearest(event)));
    this.tell(this.strip, 0, 0, this.y.length, "none chosen");
    onArrows(this.strip, (right, up) => this.ask(clamp(this.asked + right + up, 0, this.y.length - 1)));
    this.fulcrum = add(this.svg, "path", { d: "M0,0L8,13H-8Z" });
    this.tags = this.names.map((name) => add(this.svg, "text", { "text-anchor": "middle" }, name));
    this.handles = this.names.map((name, k) =>
      ["mean and weight", "sd"].map((what, kind) => {
        const handle = add(this.svg, "g", {
          tabindex: 0,
          role: "slider",
          "aria-label": `${what} of ${name}`,
        });
        add(handle, "circle", { r: 22, fill: "transparent" }); // enough for a finger
        add(handle, "circle", { class: "ring", r: 12, fill: "none", "stroke-width": 3 });
        const d = kind ? "M-9,0L0,-6V6ZM9,0L0,-6V6Z" : "M-8,0A8,8 0 1,0 8,0A8,8 0 1,0 -8,0Z";
        add(handle, "path", { d, fill: this.colours[k], stroke: "var(--paper)" });
        handle.addEventListener("pointerdown", (event) => this.hold(event, handle, kind, k));
        onArrows(handle, (right, up) => this.nudge(kind, k, right, up));
        return handle;
      }),
    );
    const hint = (parent, text, at) =>
      add(parent, "text", { class: "hint", "aria-hidden": "true", ...at }, text);
    const beside = this.handles[0].map((handle, kind) =>
      hint(handle, ["drag: mean, and up: weight", "drag: sd"][kind], { x: 18 * kind, y: 18 }),
    );
    this.hints = [...beside, hint(this.svg, "click a dot: its shares", { x: EDGE })];
  }

  control() {
    this.score = add(this.root, "p");
    const row = add(this.root, "div", { class: "row" });
    const button = (name, action) => {
      const made = add(row, "button", { type: "button" }, name);
      made.addEventListener("click", action);
      return made;
    };
    button("E-step", () => this.half(true));
    this.mButton = button("M-step", () => this.half(false));
    this.backButton = button("Back", () => this.back());
    this.runButton = button("Run", () => this.run());
    button("Reset", () => {
      this.begin();
      this.show(this.start);
      this.settle("Back at the start.");
    });
    const look = add(add(row, "label", {}, "look at "), "select");
    for (const name of ["all classes", ...this.names]) add(look, "option", {}, name);
    look.addEventListener("change", () => {
      this.looked = look.selectedIndex - 1;
      this.settle();
    });
    button("How far from the best known?", () => {
      const away = this.optimum - logLikelihood(this.y, this.mixture);
      this.say(`The best known is ${this.optimum.toFixed(2)}: ${away.toFixed(2)} above what is on screen.`);
    });
    this.status = add(this.root, "p", { role: "status", "aria-live": "polite" });
  }

  /** Draw what depends on the width alone: the axis, and the places of the objects. */
  layOut() {
    const width = Math.max(this.svg.clientWidth, 200);
    this.scale = (width - 2 * EDGE) / (this.high - this.low);
    this.base = clamp(0.42 * innerHeight, 200, 340) - BELOW; // a slide is low
    set(this.svg, { height: this.base + BELOW });
    set(this.plot, { height: this.base });
    set(this.band, { y: this.base + 4 });
    set(this.hints[2], { y: this.base + BELOW - 8 });
    this.axis.textContent = "";
    const [y, step] = [this.base + 46, niceStep(Math.max(this.step, 70 / this.scale))];
    add(this.axis, "path", { d: `M${EDGE},${y}H${width - EDGE}`, stroke: "currentColor" });
    for (let at = Math.ceil(this.low / step); at * step <= this.high; at++) {
      const place = { x: this.across(at * step), y: y + 20, "text-anchor": "middle" };
      add(this.axis, "path", { d: `M${place.x},${y}v5`, stroke: "currentColor" });
      add(this.axis, "text", place, (at * step).toFixed(digitsOf(step)));
    }
    add(this.axis, "text", { x: width - EDGE, y: y + 40, "text-anchor": "end" }, this.label);
    const spread = (i) => 26 * (((i * 0.6180339887498949) % 1) - 0.5); // as in the package's pictures
    this.places = this.y.map((value, i) => [this.across(value), this.base + 23 + spread(i)]);
    this.grid = Array.from(
      { length: Math.ceil(width / 3) },
      (_, i) => this.low + (3 * i - EDGE) / this.scale,
    );
    this.paint();
  }

  across(value) {
    return EDGE + (value - this.low) * this.scale;
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

  /** Choose how high the picture reaches: not during a gesture, or the handle would run from the pointer. */
  reach() {
    const tallest = Math.max(...this.mixture.means.map((mean) => this.density(mean)));
    this.top = 1.3 * Math.min(tallest, 15 / (this.high - this.low)); // a needle is cut, or no other is seen
  }

  paint(dotsToo = true) {
    const { weights, means, variances } = this.mixture;
    const sds = variances.map(Math.sqrt);
    const tags = [];
    weights.forEach((weight, k) => {
      const peak = peakOf(weight, variances[k]);
      set(this.bells[k], {
        d: path(BELL.map(([t, height]) => [this.across(means[k] + t * sds[k]), this.up(peak * height)])),
      });
      this.handles[k].forEach((handle, kind) => {
        const [x, y] = this.handleAt(kind, k).map(short);
        set(handle, { transform: `translate(${x},${clamp(y, 13, this.base)})` });
      });
      const where = `mean ${this.said(means[k])}, weight ${weight.toFixed(3)}`;
      this.tell(this.handles[k][0], means[k], this.low, this.high, where);
      this.tell(this.handles[k][1], sds[k], this.least(), this.high - this.low, `sd ${this.said(sds[k])}`);
      const tag = { x: this.across(means[k]), y: clamp(this.up(peak) - 16, 14, this.base - 16) };
      while (tags.some(({ x, y }) => Math.abs(x - tag.x) < 60 && Math.abs(y - tag.y) < 15)) tag.y -= 15;
      tags.push(tag);
      set(this.tags[k], tag);
    });
    const near = tags.filter(({ x }) => Math.abs(x - tags[0].x) < 190).map(({ y }) => y);
    const above = Math.max(Math.min(...near) - 17, 14);
    set(this.hints[0], { y: above - clamp(this.handleAt(0, 0)[1], 13, this.base) });
    const knots = means.flatMap((mean, k) => [-1, -0.5, 0, 0.5, 1].map((t) => mean + t * sds[k]));
    const places = [...this.grid, ...knots].sort((a, b) => a - b);
    set(this.total, { d: path(places.map((x) => [this.across(x), this.up(this.density(x))])) });
    const now = logLikelihood(this.y, this.mixture);
    const hand =
      this.byHand > Number.NEGATIVE_INFINITY ? ` · your best by hand ${this.byHand.toFixed(2)}` : "";
    const best = Math.max(this.best, now).toFixed(2);
    set(this.score, { "data-log-likelihood": now });
    this.score.textContent = `log-likelihood ${now.toFixed(2)} · best so far ${best}${hand}`;
    if (dotsToo || this.looked >= 0) this.paintDots();
    return now;
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
      const [x, y] = this.places[i].map(short);
      const transform = `translate(${x},${y}) scale(${size.toFixed(2)})`;
      const [d, fill] = [MARKS[most % MARKS.length], `rgb(${colour.join()})`];
      if (dot.d !== d || dot.fill !== fill) set(dot, { d, fill }); // in a drag few change
      [dot.d, dot.fill] = [d, fill];
      set(dot, { transform });
    });
    const balance = looked ? average(this.y, r, this.floor, this.looked) : null;
    const at = looked ? this.across(balance.mean) : 0;
    const transform = `translate(${short(at)},${this.base + 47})`;
    set(this.fulcrum, {
      visibility: looked ? "visible" : "hidden",
      transform,
      fill: this.colours[this.looked],
    });
    const asked = this.places[this.order[this.asked]];
    set(this.halo, { visibility: asked ? "visible" : "hidden", cx: asked?.[0] ?? 0, cy: asked?.[1] ?? 0 });
    return balance;
  }

  /** Where a handle belongs: at the top of its bell, or at the flank, one sd away. A tall one is above. */
  handleAt(kind, k) {
    const { weights, means, variances } = this.mixture;
    const [peak, sd] = [peakOf(weights[k], variances[k]), Math.sqrt(variances[k])];
    const flank = means[k] + sd > this.high ? -sd : sd;
    return [this.across(means[k] + kind * flank), this.up(peak * Math.exp(-kind / 2))];
  }

  tell(element, now, low, high, text) {
    set(element, {
      "aria-valuenow": now,
      "aria-valuemin": low,
      "aria-valuemax": high,
      "aria-valuetext": text,
    });
  }

  said(value) {
    return `${value.toFixed(digitsOf(this.step))}${this.unit && ` ${this.unit}`}`;
  }

  say(text) {
    this.status.textContent = text;
  }

  least() {
    return Math.max(Math.sqrt(this.floor), this.step / 10);
  }

  // What a hand does.

  hold(event, handle, kind, k) {
    if (event.button > 0) return;
    event.preventDefault();
    handle.focus({ preventScroll: true });
    handle.setPointerCapture(event.pointerId);
    const { left, top } = this.svg.getBoundingClientRect();
    const [x, y] = this.handleAt(kind, k);
    const held = [event.clientX - left - x, event.clientY - top - y];
    let [moved, last] = [false, null];
    const frame = () => {
      if (!last) return;
      const { left, top } = this.svg.getBoundingClientRect();
      this.dragTo(kind, k, last.clientX - held[0] - left, last.clientY - held[1] - top);
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

  dragTo(kind, k, x, y) {
    const { weights, means, variances } = this.mixture;
    const value = this.low + (x - EDGE) / this.scale;
    if (kind) this.place(k, weights[k], means[k], Math.abs(value - means[k]));
    else
      this.place(
        k,
        (this.top * (1 - y / this.base)) / peakOf(1, variances[k]),
        value,
        Math.sqrt(variances[k]),
      );
  }

  nudge(kind, k, right, up) {
    const { weights, means, variances } = this.mixture;
    this.begin();
    const by = kind ? (right + up) * this.step : 0;
    const mean = means[k] + (kind ? 0 : right * this.step);
    this.place(k, weights[k] + (kind ? 0 : up / 100), mean, Math.sqrt(variances[k]) + by);
    this.end(kind);
  }

  /** Give class k a weight, mean and sd within bounds; the other weights keep their proportions. */
  place(k, weight, mean, sd) {
    const { weights, means, variances } = this.mixture;
    const now = weights.length > 1 ? clamp(weight, LEAST, 1 - LEAST * (weights.length - 1)) : 1;
    const rest = weights.length > 1 ? (1 - now) / (1 - weights[k]) : 1;
    this.show({
      weights: weights.map((other, j) => (j === k ? now : other * rest)),
      means: means.with(k, clamp(mean, this.low, this.high)),
      variances: variances.with(k, clamp(sd, this.least(), this.high - this.low) ** 2),
    });
  }

  /** A move begins: what moves by itself ends, and Back leads here. */
  begin() {
    this.stop();
    this.history.push([this.mixture, this.r]);
  }

  end(kind) {
    set(this.hints[kind], { visibility: "hidden" });
    this.byHand = Math.max(this.byHand, logLikelihood(this.y, this.mixture));
    this.settle();
  }

  /** Show another mixture: the shares of the last E-step are no longer its own. */
  show(mixture) {
    const dots = this.r !== null;
    [this.mixture, this.r] = [mixture, null];
    this.paint(dots);
  }

  /** Come to rest: say the score, and let the kernel know. */
  settle(text = "") {
    this.reach();
    const now = this.paint(false);
    this.best = Math.max(this.best, now);
    const found = this.paintDots();
    const balance = found
      ? `Sizes are shares of ${this.names[this.looked]}: their sum is ${found.n.toFixed(2)} objects, and they
        balance at ${this.said(found.mean)}.`
      : "";
    this.say(`${text} ${balance} Log-likelihood ${now.toFixed(2)}.`.trim());
    set(this.mButton, { "aria-disabled": this.r === null });
    set(this.backButton, { "aria-disabled": !this.history.length });
    if (this.model.get("mixture") === this.mixture) return;
    this.model.set("mixture", this.mixture);
    this.model.save_changes();
  }

  back() {
    this.stop();
    if (!this.history.length) return;
    [this.mixture, this.r] = this.history.pop();
    this.settle("Back.");
  }

  nearest({ clientX, clientY }) {
    const { left, top } = this.svg.getBoundingClientRect();
    const away = (i) => Math.hypot(this.places[i][0] - clientX + left, this.places[i][1] - clientY + top);
    return this.order.reduce((best, i, place) => (away(i) < away(this.order[best]) ? place : best), 0);
  }

  ask(place) {
    this.asked = place;
    set(this.hints[2], { visibility: "hidden" });
    const value = this.y[this.order[place]];
    const shares = eStep([value], this.mixture)[0].map((share, k) => `${this.names[k]} ${share.toFixed(3)}`);
    const text = `The object at ${this.said(value)}: ${shares.join(", ")}.`;
    this.tell(this.strip, place + 1, 1, this.y.length, text);
    this.say(text);
    this.paintDots();
  }

  // EM.

  half(isE) {
    if (isE && this.r) this.say("Each object has its shares: M-step next.");
    else if (!isE && !this.r) this.say("An M-step needs shares: E-step first.");
    else {
      this.begin();
      this.turn = {};
      this.take(isE, this.turn, PACE);
    }
  }

  async take(isE, turn, pace) {
    if (isE) {
      this.r = eStep(this.y, this.mixture);
      return this.settle("E-step: each object has its shares.");
    }
    const [from, to] = [this.mixture, mStep(this.y, this.r, this.floor)];
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (!still) await this.glide(from, to, turn, pace);
    if (this.turn !== turn) return;
    this.show(to);
    this.settle("M-step: the bells are at the weighted averages.");
  }

  async glide(from, to, turn, pace) {
    const begin = performance.now();
    for (let part = 0; part < 1 && this.turn === turn && this.root.isConnected; ) {
      part = clamp(((await new Promise(requestAnimationFrame)) - begin) / (0.7 * pace), 0, 1);
      const between = (name) => from[name].map((value, k) => value + part * (to[name][k] - value));
      this.mixture = {
        weights: between("weights"),
        means: between("means"),
        variances: between("variances"),
      };
      this.paint(false);
    }
  }

  async run() {
    const running = this.runButton.textContent === "Stop";
    this.begin();
    if (running) return this.settle();
    const turn = {};
    this.turn = turn;
    this.runButton.textContent = "Stop";
    let [before, now, wait] = [Number.NEGATIVE_INFINITY, logLikelihood(this.y, this.mixture), PACE];
    while (this.turn === turn && this.root.isConnected && now - before > 1e-8 * this.y.length) {
      await this.take(!this.r, turn, wait);
      await new Promise((done) => setTimeout(done, wait));
      if (!this.r) [before, now, wait] = [now, logLikelihood(this.y, this.mixture), Math.max(0.8 * wait, 20)];
    }
    if (this.turn === turn) this.stop();
  }

  stop() {
    this.turn = null;
    this.runButton.textContent = "Run";
  }
}

function render({ model, el }) {
  const hand = new Hand(model, el);
  return () => {
    hand.stop();
    hand.observer.disconnect();
  };
}

export default { render };
