// The table of contents follows the reader: the section at the upper third of the window is the current one.
(function () {
  "use strict";
  let waiting = false;

  function mark() {
    waiting = false;
    const toc = document.querySelector(".toc");
    const links = [...(toc?.querySelectorAll("a") ?? [])];
    const begun = (link) => {
      const heading = document.getElementById(decodeURIComponent(link.hash.slice(1)));
      return heading && heading.getBoundingClientRect().top < innerHeight / 3;
    };
    const atEnd = scrollY > 0 && scrollY + innerHeight > document.documentElement.scrollHeight - 2;
    const current = atEnd ? links.at(-1) : links.findLast(begun);
    for (const link of links) {
      if (link === current) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    if (current && toc.scrollHeight > toc.clientHeight) toc.scrollTop = current.offsetTop - toc.clientHeight / 2;
  }
  function soon() {
    if (!waiting) requestAnimationFrame(mark);
    waiting = true;
  }

  addEventListener("scroll", soon, { passive: true });
  addEventListener("resize", soon); // also after an edit that is shown at once
  soon();
})();
