/* A masked value that was asked for is covered again: after a minute, on leaving the page, or by its button.
   [data-covered]  : the place of the value
   [data-show]     : opens the form in that place (htmx does); what stood there is kept
   [data-cover]    : puts it back
   [data-vanish=60]: the value; put back after so many seconds */
(function () {
  "use strict";
  const before = new Map();

  function cover(place) {
    if (!before.has(place)) return;
    const focused = place.contains(document.activeElement);
    place.innerHTML = before.get(place);
    before.delete(place);
    window.htmx.process(place);
    if (focused) place.querySelector("[data-show]")?.focus();
  }

  document.addEventListener("click", function (event) {
    const place = event.target.closest("[data-covered]");
    if (!place) return;
    if (event.target.closest("[data-show]")) before.set(place, place.innerHTML);
    if (event.target.closest("[data-cover]")) cover(place);
  }, true);

  new MutationObserver(function (changes) {
    for (const change of changes) {
      const place = change.target.closest?.("[data-covered]");
      if (!place || change.target !== place || change.addedNodes.length === 0) continue;
      // The session has ended or was locked: what came is a whole page.
      if (place.querySelector("main, h1")) { window.location.reload(); return; }
      const value = place.querySelector("[data-vanish]");
      if (value && !value.dataset.counting) {
        value.dataset.counting = "1";
        window.setTimeout(function () { if (value.isConnected) cover(place); }, 1000 * Number(value.dataset.vanish));
      }
      (value ?? place.querySelector("select"))?.focus();
    }
  }).observe(document.body, { childList: true, subtree: true });

  window.addEventListener("pagehide", function () { [...before.keys()].forEach(cover); });

  // Shown by a page that was loaded for it.
  const once = document.querySelector("[data-once]");
  if (once) {
    const hide = function () { once.replaceWith(once.dataset.masked); };
    window.setTimeout(hide, 1000 * Number(once.dataset.once));
    window.addEventListener("pagehide", hide);
  }
})();
