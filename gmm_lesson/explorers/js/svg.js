// What the pages' scripts build with: elements of an SVG, axes' steps, sliders that keys move.

import { clamp } from "./em.js";

const SVG = "http://www.w3.org/2000/svg";
/** The markers of the classes, as in the package's pictures. */
export const MARKS = [
  "M-1,0A1,1 0 1,0 1,0A1,1 0 1,0 -1,0Z",
  "M-.9,-.9H.9V.9H-.9Z",
  "M0,-1.2L1.1,.8H-1.1Z",
  "M0,-1.3L1.3,0L0,1.3L-1.3,0Z",
  "M0,1.2L1.1,-.8H-1.1Z",
  "M-.4,-1.1H.4V-.4H1.1V.4H.4V1.1H-.4V.4H-1.1V-.4H-.4Z",
];

export function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
}

/** Add an element to another; one in an SVG is an SVG's. */
export function add(parent, tag, attributes = {}, text = "") {
  const inside = tag === "svg" || parent.namespaceURI === SVG;
  const element = inside ? document.createElementNS(SVG, tag) : document.createElement(tag);
  set(element, attributes);
  element.textContent = text;
  parent.append(element);
  return element;
}

export const short = (value) => Math.round(10 * value) / 10;
export const digitsOf = (step) => clamp(-Math.floor(Math.log10(step)), 0, 9);

/** A step of 1, 2 or 5 times a power of ten, not below a number. */
export function niceStep(least) {
  const power = 10 ** Math.floor(Math.log10(least));
  return power * [1, 2, 5, 10].find((factor) => factor * power >= least * (1 - 1e-9));
}

/** What a screen reader says of a slider. */
export function tell(element, { now, low, high, text }) {
  set(element, { "aria-valuenow": now, "aria-valuemin": low, "aria-valuemax": high, "aria-valuetext": text });
}

/** What the arrow keys ask of an element: `on` gets steps right and up, ten with Shift. */
export function onArrows(element, on) {
  element.addEventListener("keydown", (event) => {
    const way = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!way) return;
    event.preventDefault();
    on(...way.map((steps) => steps * (event.shiftKey ? 10 : 1)));
  });
}
