// While the reader reads: what the kernel in the browser will ask for, into the browser's own cache. Not on a phone,
// where few will run it, and not for who saves data.
const files = [];
const saves = /** @type {any} */ (navigator).connection?.saveData;
if (matchMedia("(hover: hover)").matches && !saves) {
  for (const file of files) {
    const link = document.createElement("link");
    link.rel = "prefetch";
    link.href = new URL(`static/pyodide/${file}`, import.meta.url).href;
    document.head.append(link);
  }
}
