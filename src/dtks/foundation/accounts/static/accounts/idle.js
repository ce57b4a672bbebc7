/* The clock of a session: warns a minute before it locks, locks the page, and opens it again where it was.
   The server decides (accounts/idle.py); this only shows it, so that a form that is being filled in is kept.

   <dialog data-idle data-seconds data-alive data-lock data-locked> with the parts
   data-warning (data-left: seconds) and data-unlock (a form). */
(function () {
  "use strict";

  const dialog = document.querySelector("dialog[data-idle]");
  if (!dialog) return;
  const WARNING = 60_000;
  const PING_EVERY = 15_000;
  const BACKGROUND = "X-DTKS-Background";
  const warning = dialog.querySelector("[data-warning]");
  const unlock = dialog.querySelector("[data-unlock]");
  const left = dialog.querySelector("[data-left]");
  const error = dialog.querySelector("[data-error]");
  let state = "open";
  let deadline = Date.now() + Number(dialog.dataset.seconds) * 1000;
  let pinged = Date.now();
  let touched = 0;
  let asking = false;

  function send(url, fields, headers) {
    const body = new FormData();
    for (const [name, value] of Object.entries(fields ?? {})) body.set(name, value);
    body.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
    return fetch(url, { method: "POST", body, headers: { Accept: "application/json", ...headers } });
  }

  function show(part) {
    warning.hidden = part !== warning;
    unlock.hidden = part !== unlock;
    dialog.setAttribute("aria-labelledby", part.querySelector("h2").id);
    if (!dialog.open) dialog.showModal();
    part.querySelector("input:not([type=hidden]), button").focus();
  }

  function open() {
    state = "open";
    document.body.style.visibility = "";
    if (dialog.open) dialog.close();
    unlock.reset();
    error.hidden = true;
  }

  /* Ask the server how long there is; with `alive` also say that somebody is there. */
  async function ask(alive) {
    asking = true;
    try {
      const answer = await send(dialog.dataset.alive, {}, alive ? {} : { [BACKGROUND]: "1" });
      const told = await answer.json();
      pinged = Date.now();
      touched = 0;
      if (!told.open) return closed();
      deadline = Date.now() + told.left * 1000;
    } catch {
      // No connection just now: the clock of the page goes on, the server's too.
    } finally {
      asking = false;
    }
  }

  /* Nothing of the page may be read any more; it stays as it is beneath. */
  async function closed() {
    state = "locked";
    document.body.style.visibility = "hidden";
    dialog.style.visibility = "visible";
    show(unlock);
    const answer = await fetch(dialog.dataset.locked, { headers: { Accept: "application/json" } });
    if (answer.status === 401) return window.location.reload();
    const told = await answer.json();
    if (told.ok) {
      open();
      return ask(true);
    }
    if (told.key) {
      unlock.dataset.options = told.key;
      window.dtksKeys?.prepare(unlock);
    }
  }

  async function lock() {
    state = "locked";
    document.body.style.visibility = "hidden";
    try {
      await send(dialog.dataset.lock, { why: "idle" });
    } finally {
      await closed();
    }
  }

  function tick() {
    const now = Date.now();
    if (state === "locked" || asking) return;
    // A sign from before the machine slept is none any more.
    if (state === "open" && now - pinged > PING_EVERY && now - touched < 2 * PING_EVERY) ask(true);
    else if (now >= deadline) lock();
    else if (deadline - now <= WARNING && state === "open") {
      // Another page of this session may have been used meanwhile.
      ask(false).then(function () {
        if (state !== "open" || deadline - Date.now() > WARNING) return;
        state = "warning";
        show(warning);
      });
    } else if (state === "warning") left.textContent = String(Math.ceil((deadline - now) / 1000));
  }

  dialog.addEventListener("cancel", function (event) {
    event.preventDefault();
    if (state === "warning") dialog.querySelector("[data-stay]").click();
  });

  dialog.querySelector("[data-stay]").addEventListener("click", async function () {
    await ask(true);
    if (state === "warning") open();
  });

  unlock.addEventListener("submit", async function (event) {
    event.preventDefault();
    const answer = await send(dialog.dataset.locked, Object.fromEntries(new FormData(unlock)));
    unlock.elements.credential.value = "";
    if (answer.status === 401) return window.location.reload();
    const told = await answer.json();
    if (told.ok) {
      open();
      return ask(true);
    }
    error.textContent = told.error;
    error.hidden = false;
    if (told.key) unlock.dataset.options = told.key;
    unlock.elements.code.value = "";
    unlock.elements.password?.focus();
  });

  for (const name of ["keydown", "pointerdown", "wheel", "input"]) {
    document.addEventListener(name, function () { touched = Date.now(); }, { passive: true, capture: true });
  }
  // What the page asks by itself is no sign that somebody sits there.
  document.addEventListener("htmx:configRequest", function (event) {
    if (!event.detail.triggeringEvent?.isTrusted) event.detail.headers[BACKGROUND] = "1";
  });
  document.addEventListener("visibilitychange", tick);
  window.setInterval(tick, 1000);
})();
