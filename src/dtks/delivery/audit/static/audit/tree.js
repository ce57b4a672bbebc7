/* The log's own arithmetic, written anew for the browser: RFC 6962 trees over C2SP tiles, signed notes, vkeys.
   Pure: bytes in, bytes out; nothing here knows a page. Hashes and signatures are the browser's (WebCrypto).
   Sizes are plain numbers: exact up to 2 ** 53 leaves. */

const WIDTH = 256;
const HASH = 32;
const DASH = "\u2014 ";
const text = new TextEncoder();

export async function sha256(...parts) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", joined(parts)));
}

export function joined(parts) {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) { all.set(part, at); at += part.length; }
  return all;
}

export function same(one, other) {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

export const utf8 = (words) => text.encode(words);
export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

export function base64(words) {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(words) || words.length % 4) throw new Error("no Base64");
  return Uint8Array.from(atob(words), (letter) => letter.charCodeAt(0));
}

/* --- hashes --- */

export const entryOf = (salt, words) => sha256(salt, utf8(words));
export const leafHash = (entry) => sha256(Uint8Array.of(0), entry);
export const nodeHash = (left, right) => sha256(Uint8Array.of(1), left, right);

/** The root over leaf hashes, level by level; null for none. */
export async function rootOf(hashes) {
  let level = hashes;
  while (level.length > 1) {
    const pairs = [];
    for (let at = 0; at + 1 < level.length; at += 2) pairs.push(nodeHash(level[at], level[at + 1]));
    const made = await Promise.all(pairs);
    level = level.length % 2 ? [...made, level[level.length - 1]] : made;
  }
  return level.length ? level[0] : null;
}

const half = (number) => Math.floor(number / 2);
const odd = (number) => number % 2 === 1;

/** Whether the leaf hash stands at `index` of the tree of that size and root (RFC 9162, 2.1.3.2). */
export async function inclusionHolds(leaf, index, size, proof, root) {
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) return false;
  let at = index, last = size - 1, found = leaf;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (odd(at) || at === last) {
      found = await nodeHash(sibling, found);
      while (!odd(at) && at) { at = half(at); last = half(last); }
    } else {
      found = await nodeHash(found, sibling);
    }
    at = half(at); last = half(last);
  }
  return last === 0 && same(found, root);
}

/** Whether the tree of `size` leaves begins with the tree of `old` leaves (RFC 9162, 2.1.4.2). */
export async function consistencyHolds(old, oldRoot, size, root, proof) {
  if (old > size) return false;
  if (old === size) return proof.length === 0 && same(oldRoot, root);
  if (old === 0) return proof.length === 0 && same(oldRoot, await sha256());
  let power = old;
  while (!odd(power)) power = half(power);
  const path = power === 1 ? [oldRoot, ...proof] : [...proof];
  if (!path.length) return false;
  let at = old - 1, last = size - 1;
  while (odd(at)) { at = half(at); last = half(last); }
  let first = path[0], second = path[0];
  for (const sibling of path.slice(1)) {
    if (last === 0) return false;
    if (odd(at) || at === last) {
      first = await nodeHash(sibling, first);
      second = await nodeHash(sibling, second);
      while (!odd(at) && at) { at = half(at); last = half(last); }
    } else {
      second = await nodeHash(second, sibling);
    }
    at = half(at); last = half(last);
  }
  return last === 0 && same(first, oldRoot) && same(second, root);
}

/* --- tiles --- */

/** Where a tile or a bundle of entries stands below the log's prefix. */
export function pathOf(level, number, width = WIDTH) {
  const parts = [String(number % 1000).padStart(3, "0")];
  for (let rest = Math.floor(number / 1000); rest; rest = Math.floor(rest / 1000)) {
    parts.unshift("x" + String(rest % 1000).padStart(3, "0"));
  }
  return `tile/${level}/${parts.join("/")}` + (width === WIDTH ? "" : `.p/${width}`);
}

function powerBelow(size) {
  let power = 1;
  while (power * 2 < size) power *= 2;
  return power;
}

/** A tree of `size` leaves whose tiles come from `read(path)`; each tile is read once. */
export class Tree {
  constructor(size, read) { this.size = size; this.read = read; this.tiles = new Map(); }

  async inclusion(index) {
    const proof = [];
    let begin = 0, end = this.size;
    while (end - begin > 1) {
      const middle = begin + powerBelow(end - begin);
      if (index < middle) { proof.push(await this.#range(middle, end)); end = middle; }
      else { proof.push(await this.#range(begin, middle)); begin = middle; }
    }
    return proof.reverse();
  }

  async consistency(old) {
    if (old === 0 || old === this.size) return [];
    const proof = [];
    let begin = 0, end = this.size, entire = true;
    while (old < end) {
      const middle = begin + powerBelow(end - begin);
      if (old <= middle) { proof.push(await this.#range(middle, end)); end = middle; }
      else { proof.push(await this.#range(begin, middle)); begin = middle; entire = false; }
    }
    if (!entire) proof.push(await this.#range(begin, end));
    return proof.reverse();
  }

  async #range(begin, end) {
    const count = end - begin, height = Math.log2(count);
    if (Number.isInteger(height) && 2 ** height === count) return this.#subtree(height, begin / count);
    const middle = begin + powerBelow(count);
    return nodeHash(await this.#range(begin, middle), await this.#range(middle, end));
  }

  async #subtree(height, index) {
    const level = Math.floor(height / 8), inner = 2 ** (height % 8), first = index * inner;
    const tile = await this.#tile(level, Math.floor(first / WIDTH));
    const at = first % WIDTH;
    return rootOf(tile.slice(at, at + inner));
  }

  #tile(level, number) {
    const name = `${level}/${number}`;
    if (!this.tiles.has(name)) {
      const width = Math.min(WIDTH, Math.floor(this.size / WIDTH ** level) - number * WIDTH);
      this.tiles.set(name, this.read(pathOf(level, number, width)).then((content) => {
        if (content.length !== width * HASH) throw new Error(`tile ${name}: ${content.length} bytes`);
        return Array.from({ length: width }, (_, at) => content.subarray(at * HASH, (at + 1) * HASH));
      }));
    }
    return this.tiles.get(name);
  }
}

/** The right edge of a tree that only grows; what is added is a complete subtree of 2 ** height leaves. */
export class Frontier {
  constructor(roots = []) { this.roots = roots; }

  async add(hash, height = 0) {
    while (this.roots.length && this.roots[this.roots.length - 1].height === height) {
      hash = await nodeHash(this.roots.pop().hash, hash);
      height += 1;
    }
    this.roots.push({ height, hash });
  }

  async root() {
    if (!this.roots.length) return sha256();
    let found = this.roots[this.roots.length - 1].hash;
    for (let at = this.roots.length - 2; at >= 0; at -= 1) found = await nodeHash(this.roots[at].hash, found);
    return found;
  }

  copy() { return new Frontier([...this.roots]); }
}

/** The entries of a bundle, each with its length in two bytes before it. */
export function entriesOf(content) {
  const found = [];
  for (let at = 0; at < content.length;) {
    const length = content[at] * 256 + content[at + 1];
    if (!(at + 2 + length <= content.length)) throw new Error("a bundle that is broken off");
    found.push(content.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return found;
}

/* --- notes and keys --- */

/** {name, id, kind, key} of a vkey line: kind 1 signs, 4 cosigns. Throws for anything else. */
export async function parseKey(line) {
  const [, name, id, encoded] = /^([^\s+]+)\+([0-9a-f]{8})\+(\S+)$/.exec(line.trim()) ?? [];
  if (!name) throw new Error("no vkey");
  const content = base64(encoded);
  const kind = content[0];
  if (content.length !== 33 || (kind !== 1 && kind !== 4)) throw new Error("no Ed25519 key");
  const wanted = (await sha256(utf8(name), Uint8Array.of(10), content)).slice(0, 4);
  if (hex(wanted) !== id) throw new Error("the key does not fit its number");
  return { name, id: wanted, kind, key: content.slice(1) };
}

/** {text, signatures: [{name, id, content}]} of a signed note. */
export function parseNote(raw) {
  const cut = raw.lastIndexOf("\n\n");
  if (cut < 0 || !raw.endsWith("\n") || raw.length > 1e6) throw new Error("no signed note");
  const signatures = raw.slice(cut + 2, -1).split("\n").map((line) => {
    const [, name, encoded] = new RegExp(`^${DASH}([^\\s+]+) (\\S+)$`).exec(line) ?? [];
    if (!name) throw new Error("no signature line");
    const content = base64(encoded);
    if (content.length < 5) throw new Error("no signature");
    return { name, id: content.slice(0, 4), content: content.slice(4) };
  });
  return { text: raw.slice(0, cut + 1), signatures };
}

/** {origin, size, root} that a note states. */
export function parseHead(note) {
  const [origin, size, root] = note.text.split("\n");
  if (!origin || !/^(0|[1-9][0-9]{0,15})$/.test(size ?? "") || !Number.isSafeInteger(Number(size))) throw new Error("no checkpoint");
  const hash = base64(root ?? "");
  if (hash.length !== HASH) throw new Error("no root");
  return { origin, size: Number(size), root: hash };
}

/** Whether this browser knows Ed25519. */
export async function knowsEd25519() {
  try {
    await imported(Uint8Array.from(atob("11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="), (letter) => letter.charCodeAt(0)));
    return true;
  } catch {
    return false;
  }
}

const imported = (key) => crypto.subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);

/** What a key says of a note: {holds, at} or null when it did not sign. `at`: a cosignature's time. */
export async function signedBy(note, key) {
  const found = note.signatures.find((each) => each.name === key.name && same(each.id, key.id));
  if (!found) return null;
  let message = note.text, content = found.content, at = null;
  if (key.kind === 4) {
    if (content.length !== 72) return { holds: false, at };
    at = Number(new DataView(content.buffer, content.byteOffset).getBigUint64(0));
    message = `cosignature/v1\ntime ${at}\n${note.text}`;
    content = content.slice(8);
  }
  const holds = await crypto.subtle.verify({ name: "Ed25519" }, await imported(key.key), content, utf8(message));
  return { holds, at };
}
