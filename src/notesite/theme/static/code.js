// Every block of code has a button that copies it. Its words come with the script tag.
(function () {
  "use strict";
  const { copy, copied } = document.currentScript.dataset;

  function button() {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "copy";
    made.dataset.added = ""; // no part of the note
    made.textContent = copy;
    made.addEventListener("click", async () => {
      await navigator.clipboard.writeText(made.parentElement.querySelector("pre").textContent);
      made.textContent = copied;
      setTimeout(() => { made.textContent = copy; }, 2000);
    });
    return made;
  }
  function add() {
    for (const block of document.querySelectorAll(".code:not(:has(> .copy))")) block.append(button());
  }

  if (!navigator.clipboard) return; // a browser has none for http, but on this machine
  addEventListener("resize", add); // also after an edit that is shown at once
  add();
})();
