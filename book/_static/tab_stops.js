// A box that scrolls sideways is reached by the keyboard while it does, and is no stop on the way while it does not.
(function () {
  "use strict";

  const BOXES = ".picture, div.math, mjx-container[display='true'], pre, .cell_output > .output";

  function set() {
    document.querySelectorAll(BOXES).forEach((box) => {
      const scrolls = box.scrollWidth > box.clientWidth + 1;
      if (scrolls) box.tabIndex = 0;
      else if (box.tabIndex === 0) box.removeAttribute("tabindex");
    });
  }

  let asked = 0;
  function soon() {
    cancelAnimationFrame(asked);
    asked = requestAnimationFrame(set);
  }

  window.addEventListener("load", soon); // pictures have their width
  window.addEventListener("resize", soon);
  // Equations are set after the page was read
  document.addEventListener("DOMContentLoaded", () =>
    new MutationObserver(soon).observe(document.querySelector(".bd-article") || document.body, { childList: true, subtree: true })
  );
})();
