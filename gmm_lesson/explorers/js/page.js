// What makes the stored pictures of an exported page alive. Each picture has its state beside it. Where a script
// does not run, the picture stays.

import { render } from "./mount.js";
import { add } from "./svg.js";

/** A model with no kernel behind it: it keeps what it is given. */
function modelOf(state) {
  return {
    get: (name) => state[name],
    set: (name, value) => {
      state[name] = value;
    },
    save_changes: () => {},
    on: () => {},
  };
}

/** The frames of a scrubber, [svg, sentence] each, from deflated JSON in base 64. */
async function unpacked(packed) {
  const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).json();
}

/** A picture that steps through its frames, by a slider and by Play. */
async function renderScrubber({ frames: packed, background }, el) {
  const frames = await unpacked(packed);
  el.className = "gmm-hand";
  const layers = add(el, "div", { style: "display: grid; background: white" });
  const fit = "grid-area: 1 / 1; display: block; width: 100%; max-height: 46vh; object-fit: contain"; // as the svg
  add(layers, "img", { alt: "", src: `data:image/png;base64,${background}`, style: fit });
  const moving = add(layers, "div", { style: "grid-area: 1 / 1" });
  const row = add(el, "div", { class: "row" });
  const play = add(row, "button", { type: "button" }, "Play");
  const label = add(row, "label", { style: "flex: 1 1 16em; display: flex; gap: .5em" }, "half-step ");
  const last = frames.length - 1;
  const slider = add(label, "input", { type: "range", min: 0, max: last, value: 0, style: "flex: 1" });
  const status = add(el, "p", { role: "status", "aria-live": "polite", style: "min-height: 4.2em" });
  let clock = null;
  const show = () => {
    [moving.innerHTML, status.textContent] = frames[slider.value];
    slider.setAttribute("aria-valuetext", status.textContent.split(":")[0]);
  };
  const stop = () => {
    clearInterval(clock);
    clock = null;
    play.textContent = "Play";
  };
  slider.addEventListener("input", show);
  play.addEventListener("click", () => {
    if (clock) return stop();
    if (Number(slider.value) === last) slider.value = 0;
    play.textContent = "Pause";
    clock = setInterval(() => {
      slider.value = Number(slider.value) + 1;
      show();
      if (Number(slider.value) === last) stop();
    }, 700);
  });
  show();
}

for (const state of document.querySelectorAll("script.gmm-live")) {
  const { hand, scrubber } = JSON.parse(state.textContent);
  const el = document.createElement("div");
  const [picture, sentence] = state.parentElement.children;
  picture.before(el);
  if (hand) render({ model: modelOf(hand), el });
  else await renderScrubber(scrubber, el);
  for (const stored of [picture, sentence]) stored.setAttribute("hidden", ""); // the sentence says what the picture shows
}
