// What stands on each slide, from where to where, and the texts cut at a side or under the arrows. A space at the
// end of a line may hang over the edge: so much does not count. test_lessons.py calls it.
// biome-ignore-all lint/performance/useDomNodeTextContent: what is seen
// biome-ignore-all lint/correctness/noUnusedVariables: it is called from Python
async function slides() {
  const box = (node) => node.getBoundingClientRect();
  const arrows = [...document.querySelectorAll("[class*=jp-deck-mod-direction]")].map(box);
  const forward = document.querySelector(".jp-deck-mod-direction-forward");
  const meets = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  const look = () => {
    const shown = [...document.querySelectorAll(".jp-Notebook .jp-deck-mod-onscreen")];
    const cut = [];
    const covered = [];
    for (const cell of shown) {
      const walk = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
      const { left } = box(cell.closest(".jp-WindowedPanel-outer"));
      const { right } = box(cell);
      for (let node = walk.nextNode(); node; node = walk.nextNode()) {
        const parent = node.parentElement;
        const text = document.createRange();
        if (!node.data.trim() || parent.closest(".jp-InputPrompt, svg, mjx-assistive-mml")) continue;
        if (!parent.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
        text.selectNodeContents(node);
        const lines = [...text.getClientRects()].filter((box) => box.width);
        const line = parent.closest(".cm-line") || parent;
        if (lines.some((box) => box.right > right + 10 || box.left < left)) cut.push(line.innerText);
        if (lines.some((box) => arrows.some((arrow) => meets(box, arrow)))) covered.push(node.data.trim());
      }
    }
    const edges = shown.map(box).filter((edge) => edge.height);
    const figures = shown.flatMap((cell) => [...cell.querySelectorAll("svg[role=img]")]);
    return {
      text: shown.map((cell) => cell.innerText.trim()).join("\n"),
      top: Math.min(...edges.map((edge) => edge.top)),
      bottom: Math.max(...edges.map((edge) => edge.bottom)),
      figures: figures.map((figure) => box(figure).height),
      cut: [...new Set(cut)],
      covered,
      last: forward.classList.contains("jp-mod-disabled"),
    };
  };
  const slides = [];
  while (!slides.at(-1)?.last) {
    let [same, now] = [0, null]; // as soon as it is the same in six frames in a row
    for (let frames = 0; same < 5; frames++) {
      if (frames > 7200) throw new Error(`slide ${slides.length} comes not to rest: ${now.text}`);
      await new Promise(requestAnimationFrame);
      const old = now;
      now = look();
      same = JSON.stringify(now) === JSON.stringify(old) ? same + 1 : 0;
    }
    if (slides.length === 100) throw new Error(`no end of the slides: ${now.text}`);
    slides.push(now);
    jupyterapp.commands.execute("deck:forward");
  }
  return slides;
}
