// A saved lesson keeps its pictures: what gmm_lesson/explorers/saving.py does in a server, done in the page, which
// has none. A live widget is left out of the file where a picture or a text stands beside it.
const WIDGET = "application/vnd.jupyter.widget-view+json";
const STAYS = ["image/png", "text/markdown"];

function withoutWidgets(notebook) {
  let own = false;
  for (const output of notebook.cells.flatMap((cell) => cell.outputs ?? [])) {
    if (STAYS.some((kind) => kind in (output.data ?? {}))) delete output.data[WIDGET];
    own ||= WIDGET in (output.data ?? {});
  }
  if (!own) delete notebook.metadata.widgets;
  return notebook;
}

const wait = setInterval(() => {
  const contents = /** @type {any} */ (window).jupyterapp?.serviceManager?.contents;
  if (!contents) return;
  clearInterval(wait);
  const save = contents.save.bind(contents);
  contents.save = (path, model) => {
    const notebook = model.type === "notebook" && model.content?.nbformat === 4;
    const content = notebook ? withoutWidgets(JSON.parse(JSON.stringify(model.content))) : model.content;
    return save(path, { ...model, content });
  };
}, 100);
