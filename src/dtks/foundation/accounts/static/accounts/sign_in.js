/* Security keys (WebAuthn) in the forms of signing in; without them the forms still take a code.
   data-key="get" | "create" : what the form does with a key
   data-options              : what the server asks of the key (JSON, bytes as base64url)
   data-key-start            : the button that asks for the key
   data-key-error            : where a failure is told (data-failed of the form says it)
   data-key-none             : shown where the browser has no keys */
(function () {
  "use strict";

  function toBytes(text) {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, function (sign) { return sign.charCodeAt(0); });
  }

  function toText(buffer) {
    const plain = String.fromCharCode(...new Uint8Array(buffer));
    return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  function withBytes(list) {
    return (list ?? []).map(function (each) { return { ...each, id: toBytes(each.id) }; });
  }

  function asked(given, kind) {
    const key = { ...given.publicKey, challenge: toBytes(given.publicKey.challenge) };
    if (kind === "create") {
      key.user = { ...key.user, id: toBytes(key.user.id) };
      key.excludeCredentials = withBytes(key.excludeCredentials);
    } else {
      key.allowCredentials = withBytes(key.allowCredentials);
    }
    return { publicKey: key };
  }

  function answered(credential) {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (credential.response[name]) response[name] = toText(credential.response[name]);
    }
    return JSON.stringify({
      id: credential.id,
      rawId: toText(credential.rawId),
      type: credential.type,
      authenticatorAttachment: credential.authenticatorAttachment,
      clientExtensionResults: credential.getClientExtensionResults(),
      response: response,
    });
  }

  async function ask(form, button) {
    const told = form.querySelector("[data-key-error]");
    const kind = form.dataset.key;
    told.hidden = true;
    button.disabled = true;
    try {
      const options = asked(JSON.parse(form.dataset.options), kind);
      const credential = await navigator.credentials[kind](options);
      form.elements.credential.value = answered(credential);
      // The key answers instead of the code: an empty code must not hold the form back.
      form.noValidate = !form.elements.password || form.elements.password.value !== "";
      form.requestSubmit();
    } catch {
      told.textContent = form.dataset.failed;
      told.hidden = false;
    } finally {
      button.disabled = false;
    }
  }

  function prepare(form) {
    const button = form.querySelector("[data-key-start]");
    if (!button || button.dataset.ready || !form.dataset.options || !window.PublicKeyCredential) return;
    button.dataset.ready = "yes";
    button.hidden = false;
    form.querySelector("[data-key-none]")?.setAttribute("hidden", "");
    button.addEventListener("click", function () { ask(form, button); });
  }

  window.dtksKeys = { prepare };
  document.querySelectorAll("form[data-key]").forEach(prepare);
})();
