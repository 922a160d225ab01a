// What is too wide for its place is scrolled by key, too.

const wide = ".formula, p:has(> math), .highlight pre, .table-wrapper, .sidebar-scroll, .toc-scroll";
const seen = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const over = target.scrollWidth > target.clientWidth + 1 || target.scrollHeight > target.clientHeight + 1;
    if (over) target.setAttribute("tabindex", "0");
    else target.removeAttribute("tabindex");
  }
});
for (const place of document.querySelectorAll(wide)) seen.observe(place);
