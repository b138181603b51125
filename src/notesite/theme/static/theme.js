// Light or dark: what the reader chose here, else what the system says. In <head>, before the first paint.
// And what is too wide and scrolls can be scrolled by keyboard: it takes the focus, only while it is.
// And a page that a link leads to is fetched while the reader still points at it.
(function () {
  "use strict";
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const fetched = new Set([location.pathname]);

  function chosen() {
    try { return localStorage.getItem("theme"); } catch { return null; } // storage may be forbidden
  }
  function isDark() {
    return root.dataset.theme ? root.dataset.theme === "dark" : system.matches;
  }
  function apply(theme) {
    if (theme === "dark" || theme === "light") root.dataset.theme = theme;
    else delete root.dataset.theme;
    document.querySelector(".theme-toggle")?.setAttribute("aria-pressed", isDark());
  }
  function toggle() {
    const dark = !isDark();
    const theme = dark === system.matches ? "" : dark ? "dark" : "light"; // "": as the system again
    apply(theme);
    try { localStorage.setItem("theme", theme); } catch { /* for this page only */ }
  }
  function reachWide() {
    for (const box of document.querySelectorAll("main :is(table, .katex-display)")) {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  }
  function fetchEarly(event) {
    const link = event.target.closest?.("a[href]");
    if (link?.origin !== location.origin || !/(\/|\.html)$/.test(link.pathname) || fetched.has(link.pathname)) return;
    fetched.add(link.pathname);
    document.head.append(Object.assign(document.createElement("link"), { rel: "prefetch", href: link.pathname }));
  }
  async function search(event) { // its script comes when it is first asked for
    const link = document.querySelector(".search-link");
    const asked = event.key === "/" ? !event.target.closest("input, textarea, select, [contenteditable]")
      : event.type === "click" && !event.shiftKey && link?.contains(event.target);
    if (!link || !asked || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    try { await (await import(link.dataset.script)).open(link); } catch { location = link.href; }
  }

  root.dataset.js = ""; // the style sheet keeps the button's place from the first paint on
  apply(chosen());
  system.addEventListener("change", () => apply(root.dataset.theme));
  addEventListener("beforeprint", () => apply("light")); // paper is white
  addEventListener("afterprint", () => apply(chosen()));
  addEventListener("load", reachWide);
  addEventListener("resize", reachWide);
  addEventListener("click", search);
  addEventListener("keydown", search);
  addEventListener("storage", () => apply(chosen()));
  if (!navigator.connection?.saveData) addEventListener("pointerover", fetchEarly);
  addEventListener("DOMContentLoaded", () => {
    const button = document.querySelector(".theme-toggle");
    if (!button) return; // a site's own header
    button.hidden = false;
    button.addEventListener("click", toggle);
    apply(root.dataset.theme);
  });
})();
