// Where the hand comes to a page: anywidget calls `render`, and so does an exported page, with a model of four
// methods.

import { Line } from "./line.js";
import { Plane } from "./plane.js";

export function render({ model, el }) {
  const kind = model.get("setting").labels.length > 1 ? Plane : Line;
  const hand = new kind(model);
  hand.mount(el);
  return () => {
    hand.stop();
    hand.observer.disconnect();
  };
}

export default { render };
