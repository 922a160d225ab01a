// While the student reads: what the kernel in the browser will ask for, into the browser's own cache.
const files = [];
if (!(/** @type {any} */ (navigator).connection?.saveData)) {
  for (const file of files) {
    const link = document.createElement("link");
    link.rel = "prefetch";
    link.href = new URL(`static/pyodide/${file}`, import.meta.url).href;
    document.head.append(link);
  }
}
