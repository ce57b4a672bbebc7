/* Verifies events, or the whole log, on the reader's own computer; the page is templates/audit/verify.html.
   Every step is told with a mark: ✓ proven, ✗ not, – a remark that proves nothing. */

import * as log from "./tree.js";

const AHEAD = 4; // bundles on their way while one is counted
const KEPT = "audit-keys";

class Failed extends Error {}

class Verification {
  constructor(place) {
    this.place = place;
    this.prefix = place.dataset.log.replace(/checkpoint$/, "");
    this.events = place.dataset.events ? place.dataset.events.split("-").map(Number) : [];
    this.wrong = 0;
    this.aborted = new AbortController();
  }

  find(name) { return this.place.querySelector(`[data-${name}]`); }

  word(name, values = {}) {
    const said = this.place.querySelector(`template[data-word="${name}"]`).content.textContent;
    return said.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
  }

  step(kind, name, values) {
    const made = this.place.querySelector(`template[data-step="${kind}"]`).content.cloneNode(true);
    made.querySelector("[data-text]").textContent = this.word(name, values);
    const mark = made.querySelector("[data-mark]");
    mark.setAttribute("role", "img");
    mark.setAttribute("aria-label", this.word({ good: "passed", bad: "not-passed", note: "note" }[kind]));
    if (kind === "bad") this.wrong += 1;
    this.find("steps").append(made);
  }

  /** One of two words, by whether it holds; returns that. */
  judge(holds, name, values) {
    this.step(holds ? "good" : "bad", holds ? name : `${name}-not`, values);
    return holds;
  }

  stop(name, values) { this.step("bad", name, values); throw new Failed(name); }

  async fetched(address, what, cache = "no-store") {
    const answer = await fetch(address, { signal: this.aborted.signal, cache, redirect: "error" });
    if (!answer.ok) this.stop("no-answer", { what, status: answer.status });
    return answer;
  }

  async bytes(path) {
    // From the browser's store as well: what it holds is checked like what comes.
    const answer = await this.fetched(this.prefix + path, path, "default");
    return new Uint8Array(await answer.arrayBuffer());
  }

  async keys() {
    const own = this.find("server-key").checked;
    const typed = own ? this.place.dataset.serverKeys : this.find("keys").value;
    const found = [];
    for (const line of typed.split("\n").filter((each) => each.trim())) {
      try { found.push(await log.parseKey(line)); } catch { this.stop("key-bad", { line: line.slice(0, 60) }); }
    }
    if (own) {
      // Witnesses that the reader names count all the same.
      for (const line of this.find("keys").value.split("\n").filter((each) => each.trim())) {
        const key = await log.parseKey(line).catch(() => null);
        if (key?.kind === 4) found.push(key);
      }
    }
    const signing = found.filter((key) => key.kind === 1);
    if (!signing.length) this.stop("key-none");
    if (!own && signing.length > 1) this.stop("key-two");
    this.step(own ? "note" : "good", own ? "key-server" : "key-own", { name: signing[0].name });
    return { own, signing, witnesses: found.filter((key) => key.kind === 4) };
  }

  async signed(note, signing) {
    for (const key of signing) {
      const said = await log.signedBy(note, key);
      if (said) return said.holds;
    }
    return false;
  }

  async head(keys) {
    const answer = await fetch(this.place.dataset.log, { signal: this.aborted.signal, cache: "no-store" });
    if (answer.status === 404) this.stop("no-log");
    if (!answer.ok) this.stop("no-answer", { what: "checkpoint", status: answer.status });
    let note, head;
    try { note = log.parseNote(await answer.text()); head = log.parseHead(note); } catch { this.stop("head-bad"); }
    this.step("good", "head-read", { origin: head.origin, size: this.number(head.size) });
    const signing = keys.signing.filter((key) => key.name === head.origin);
    if (!this.judge(await this.signed(note, signing), "signed")) throw new Failed("signed");
    for (const key of keys.witnesses) {
      const said = await log.signedBy(note, key);
      const at = said?.at ? new Date(said.at * 1000).toLocaleString(document.documentElement.lang) : "";
      if (!said) this.step("note", "cosigned-none", { name: key.name });
      else this.judge(said.holds, "cosigned", { name: key.name, at });
    }
    return head;
  }

  /** The head that the reader brought, when it is one of this log; null when none was brought. */
  async brought(head, keys) {
    const file = this.find("checkpoint-file").files[0];
    if (!file) { this.step("note", "old-none"); return null; }
    let note, old;
    try { note = log.parseNote(await file.text()); old = log.parseHead(note); } catch { this.stop("old-bad"); }
    if (old.origin !== head.origin) this.stop("old-other", { origin: old.origin });
    const said = await Promise.all(keys.witnesses.map((key) => log.signedBy(note, key)));
    if (!(await this.signed(note, keys.signing)) && !said.some((each) => each?.holds)) this.stop("old-unsigned");
    if (old.size > head.size) this.stop("old-longer", { old: this.number(old.size), size: this.number(head.size) });
    return old;
  }

  number(value) { return value.toLocaleString(document.documentElement.lang); }

  async run() {
    if (!globalThis.crypto?.subtle) this.stop("no-crypto");
    if (!(await log.knowsEd25519())) this.stop("no-ed25519");
    const keys = await this.keys();
    const head = await this.head(keys);
    const old = await this.brought(head, keys);
    if (this.events.length) await this.some(head, old);
    else await this.whole(head, old);
    return keys.own;
  }

  /* --- some events --- */

  async some(head, old) {
    const tree = new log.Tree(head.size, (path) => this.bytes(path));
    if (old) {
      const proof = await tree.consistency(old.size);
      const holds = await log.consistencyHolds(old.size, old.root, head.size, head.root, proof);
      this.judge(holds, "consistent", { old: this.number(old.size) });
    }
    const answer = await this.fetched(`${this.place.dataset.opened}?peristiwa=${this.events.join("-")}`, "bukti");
    const opened = (await answer.json()).events;
    const named = opened.map((each) => each.event).sort((one, other) => one - other).join("-");
    if (named !== [...this.events].sort((one, other) => one - other).join("-")) this.stop("foreign");
    const proven = [];
    for (const each of opened) {
      const holds = await this.one(each, head, tree);
      this.mark(each.event, holds);
      if (holds) proven.push(JSON.parse(each.text));
    }
    if (proven.length) {
      this.find("proven-text").textContent = JSON.stringify(proven.length === 1 ? proven[0] : proven, null, 2);
      this.find("proven").hidden = false;
    }
  }

  /** true, false, or null where nothing can be said yet. */
  async one(opened, head, tree) {
    const event = opened.event;
    if (opened.index === null) { this.step("note", "waiting", { event }); this.undecided = true; return null; }
    if (opened.index >= head.size) { this.step("note", "beyond", { event }); this.undecided = true; return null; }
    const entry = await log.entryOf(log.base64(opened.salt), opened.text);
    if (this.events.length === 1) this.step("good", "entry", { event });
    const proof = await tree.inclusion(opened.index);
    const index = this.number(opened.index);
    const included = await log.inclusionHolds(await log.leafHash(entry), opened.index, head.size, proof, head.root);
    if (!this.judge(included, "included", { event, index })) return false;
    const root = JSON.parse(opened.text).rows_root;
    if (!root || this.events.length > 1) return true;
    const keys = log.base64(opened.keys), count = Math.floor(keys.length / 16);
    const leaves = Array.from({ length: count }, (_, at) => log.leafHash(keys.subarray(at * 16, (at + 1) * 16)));
    const found = await log.rootOf(await Promise.all(leaves));
    return this.judge(found !== null && keys.length % 16 === 0 && log.hex(found) === root, "list", { event, count: this.number(count) });
  }

  mark(event, holds) {
    const place = document.querySelector(`[data-result="${event}"]`);
    if (!place) return;
    const kind = holds === null ? "note" : holds ? "good" : "bad";
    const mark = this.place.querySelector(`template[data-step="${kind}"]`).content.querySelector("[data-mark]").cloneNode(true);
    mark.setAttribute("role", "img");
    mark.setAttribute("aria-label", this.word({ good: "passed", bad: "not-passed", note: "note" }[kind]));
    place.replaceChildren(mark);
  }

  /* --- the whole log --- */

  async whole(head, old) {
    const edge = new log.Frontier();
    const bundles = Math.ceil(head.size / 256);
    const coming = [];
    const begun = performance.now();
    let done = 0, oldRoot = old?.size === 0 ? await edge.root() : null;
    const ask = (number) => {
      const asked = this.bytes(log.pathOf("entries", number, Math.min(256, head.size - number * 256)));
      asked.catch(() => {}); // told when its turn comes
      return asked;
    };
    for (let number = 0; number < bundles; number += 1) {
      while (coming.length < AHEAD && number + coming.length < bundles) coming.push(ask(number + coming.length));
      const entries = log.entriesOf(await coming.shift());
      const width = Math.min(256, head.size - done);
      if (entries.length !== width) throw new Error(`entries ${number}: ${entries.length}`);
      const leaves = await Promise.all(entries.map(log.leafHash));
      if (old && done < old.size && old.size <= done + width) {
        const then = edge.copy();
        for (const leaf of leaves.slice(0, old.size - done)) await then.add(leaf);
        oldRoot = await then.root();
      }
      if (width === 256) await edge.add(await log.rootOf(leaves), 8);
      else for (const leaf of leaves) await edge.add(leaf);
      done += width;
      this.progress(done, head.size, (1000 * done) / (performance.now() - begun));
    }
    this.step("good", "whole-read", { size: this.number(done) });
    this.judge(log.same(await edge.root(), head.root), "whole");
    if (old) this.judge(log.same(oldRoot, old.root), "consistent", { old: this.number(old.size) });
  }

  progress(done, size, rate) {
    const place = this.find("progress");
    place.hidden = false;
    Object.assign(place.querySelector("progress"), { max: size, value: done });
    const values = { done: this.number(done), size: this.number(size), rate: this.number(Math.round(rate)) };
    this.find("progress-text").textContent = this.word("progress", values);
  }
}

async function verify(place) {
  const work = new Verification(place);
  const [start, stop, verdict] = ["start", "stop", "verdict"].map((name) => work.find(name));
  work.find("steps").replaceChildren();
  work.find("proven").hidden = work.find("progress").hidden = true;
  verdict.textContent = "";
  const halt = () => work.aborted.abort();
  stop.addEventListener("click", halt);
  start.disabled = true;
  stop.hidden = false;
  try {
    const own = await work.run();
    const good = own ? "good-server-key" : "good";
    verdict.textContent = work.wrong ? work.word("bad") : work.undecided ? "" : work.word(good);
  } catch (problem) {
    if (problem instanceof Failed) verdict.textContent = work.word("bad");
    else if (work.aborted.signal.aborted) verdict.textContent = work.word("stopped");
    else verdict.textContent = work.word("failed", { problem: problem.message });
  } finally {
    stop.removeEventListener("click", halt);
    start.disabled = false;
    stop.hidden = true;
  }
}

for (const place of document.querySelectorAll("[data-verify]")) {
  const keys = place.querySelector("[data-keys]");
  // What was typed before this script had come stays.
  keys.value ||= sessionStorage.getItem(KEPT) ?? "";
  keys.addEventListener("change", () => sessionStorage.setItem(KEPT, keys.value));
  place.querySelector("[data-keys-file]").addEventListener("change", async (event) => {
    const file = event.target.files[0];
    if (!file) return;
    keys.value = (await file.text()).slice(0, 20_000).trim();
    keys.dispatchEvent(new Event("change"));
  });
  place.querySelector("[data-verify-form]").addEventListener("submit", (event) => {
    event.preventDefault();
    verify(place);
  });
  // Until now a press would only have loaded the page anew.
  place.querySelector("[data-start]").disabled = false;
}
