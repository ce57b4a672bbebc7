/* Small enhancements of the officers' pages; every page works without them.
   data-focus-key="/"   : this key moves the focus to the element (not while typing)
   data-print           : prints the page
   data-submit-on-change: sends the form when one of its selects changes
   data-rows            : arrow keys (and j, k) walk through the links with data-row */
(function () {
  "use strict";

  function isTyping(target) {
    return target.closest("input, select, textarea, [contenteditable]") !== null;
  }

  function walkRows(event, step) {
    const rows = Array.from(document.querySelectorAll("[data-rows] [data-row]"));
    if (rows.length === 0) return;
    const at = rows.indexOf(document.activeElement);
    const next = at === -1 ? (step > 0 ? 0 : rows.length - 1) : at + step;
    if (next < 0 || next >= rows.length) return;
    event.preventDefault();
    rows[next].focus();
  }

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const wanted = document.querySelector('[data-focus-key="' + CSS.escape(event.key) + '"]');
    if (wanted) {
      event.preventDefault();
      wanted.focus();
      wanted.select?.();
    } else if (event.key === "j" || (event.key === "ArrowDown" && document.activeElement.matches("[data-row]"))) {
      walkRows(event, 1);
    } else if (event.key === "k" || (event.key === "ArrowUp" && document.activeElement.matches("[data-row]"))) {
      walkRows(event, -1);
    }
  });

  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-print]")) window.print();
  });

  document.addEventListener("change", function (event) {
    if (!event.target.matches("select")) return;
    const form = event.target.closest("form[data-submit-on-change]");
    if (form) form.requestSubmit();
  });

  document.querySelectorAll("[data-print]").forEach(function (button) {
    button.hidden = false;
  });
})();
