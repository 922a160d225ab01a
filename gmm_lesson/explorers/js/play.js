// A mixture that half-steps of EM move, and hands: what is on screen, what was before, its score and its buttons.

import { clamp, eStep, logLikelihood, mStep } from "./em.js";
import { add, set } from "./svg.js";

const PACE = 500; // milliseconds of a half-step
const NONE = Number.NEGATIVE_INFINITY;

/** What lies between two numbers, or between lists of them. */
function between(from, to, part) {
  if (typeof from === "number") return from + part * (to - from);
  return from.map((value, i) => between(value, to[i], part));
}

/**
 * What is on screen, where it came from, and what its buttons do. How it looks is the matter of hand.js.
 * @abstract
 */
export class Play {
  shapes = "classes";
  constructor(model) {
    this.model = model;
    const setting = model.get("setting");
    this.y = setting.y;
    this.floor = setting.floor;
    this.optimum = setting.optimum;
    this.names = setting.names;
    this.colours = setting.colours;
    this.dashes = setting.dashes;
    this.labels = setting.labels;
    this.units = setting.units;
    this.start = this.mixture = model.get("mixture");
    this.r = null; // the shares of the last E-step, while no class has moved since
    this.looked = -1; // the class whose shares are the sizes of the dots
    this.history = [];
    this.best = this.byHand = NONE;
    /** @type {object | null} */
    this.turn = null; // what moves by itself: another turn ends it
  }

  /** Come to life in an element of a page. */
  mount(el) {
    this.root = add(el, "div", { class: "gmm-hand" });
    this.svg = this.draw(this.root);
    this.control();
    this.observer = new ResizeObserver(() => this.layOut());
    this.observer.observe(this.svg);
    this.layOut();
    this.settle();
    this.model.on("change:mixture", () => {
      const given = this.model.get("mixture");
      if (given === this.mixture) return;
      this.begin();
      this.show(given);
      this.settle("Set from outside.");
    });
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
      const away = this.optimum - this.now();
      this.say(`The best known is ${this.optimum.toFixed(2)}: ${away.toFixed(2)} above what is on screen.`);
    });
    this.status = add(this.root, "p", { role: "status", "aria-live": "polite" });
  }

  /** @returns {Element} the picture */
  draw(root) {
    return root;
  }

  layOut() {}

  /** Choose how much is shown: not during a gesture, or the handle would run from the pointer. */
  reach() {}

  paintPicture(_dotsToo) {}

  hint(_used) {}

  /** @returns {{n: number, mean: any} | null} what a class that is looked at weighs, and where it balances */
  paintDots() {
    return null;
  }

  /** @returns {string} a value with its unit */
  said(value) {
    return `${value}`;
  }

  now() {
    return logLikelihood(this.y, this.mixture);
  }

  say(text) {
    this.status.textContent = text;
  }

  paint(dotsToo = true) {
    this.paintPicture(dotsToo);
    const now = this.now();
    const hand = this.byHand > NONE ? ` · your best by hand ${this.byHand.toFixed(2)}` : "";
    const best = Math.max(this.best, now).toFixed(2);
    set(this.score, { "data-log-likelihood": now });
    this.score.textContent = `log-likelihood ${now.toFixed(2)} · best so far ${best}${hand}`;
    return now;
  }

  /** A move begins: what moves by itself ends, and Back leads here. */
  begin() {
    this.stop();
    this.history.push([this.mixture, this.r]);
  }

  end(kind) {
    this.hint(kind);
    this.byHand = Math.max(this.byHand, this.now());
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
    this.settle(`M-step: the ${this.shapes} are at the weighted averages.`);
  }

  async glide(from, to, turn, pace) {
    const begin = performance.now();
    for (let part = 0; part < 1 && this.turn === turn && this.root.isConnected; ) {
      part = clamp(((await new Promise(requestAnimationFrame)) - begin) / (0.7 * pace), 0, 1);
      const step = (name) => [name, between(from[name], to[name], part)];
      this.mixture = Object.fromEntries(Object.keys(from).map(step));
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
    let [before, now, wait] = [NONE, this.now(), PACE];
    while (this.turn === turn && this.root.isConnected && now - before > 1e-8 * this.y.length) {
      await this.take(!this.r, turn, wait);
      await new Promise((done) => setTimeout(done, wait));
      if (!this.r) [before, now, wait] = [now, this.now(), Math.max(0.8 * wait, 20)];
    }
    if (this.turn === turn) this.stop();
  }

  stop() {
    this.turn = null;
    this.runButton.textContent = "Run";
  }
}
