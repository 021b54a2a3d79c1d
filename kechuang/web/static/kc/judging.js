// 评判 judging pairs by keyboard, button or touch. The next pair is fetched ahead; a verdict is kept in this browser until
// the server has it, so that a broken connection, an expired login or a closed tab loses nothing.
"use strict";

(() => {
  const root = document.getElementById("judging");
  const box = document.getElementById("pair");
  if (!root || !box.querySelector(".kc-pair")) return;
  const words = root.dataset;
  const show = (id, text) => (document.getElementById(id).textContent = text);
  const say = (text) => show("judging-said", text);

  // -- the pairs of this page; what the page was opened with comes first
  const pairs = JSON.parse(document.getElementById("judging-pairs").textContent).map(([need, offer]) => ({ need, offer }));
  const url = (pair) => `${words.next}${pair.need}/${pair.offer}/`;
  const parts = new Map();
  const done = []; // indexes of pairs with a verdict, for undo
  let at = 0;
  let asking = null;
  let moves = 0;

  function part(index) {
    const pair = pairs[index];
    if (!pair) return Promise.reject(new Error("no pair"));
    if (!parts.has(pair)) {
      const got = fetch(`${url(pair)}?part=1`, { redirect: "error" }).then((answer) => {
        if (answer.status === 404) return ""; // withdrawn in the meantime
        if (!answer.ok) throw new Error(answer.status);
        return answer.text();
      });
      got.catch(() => parts.delete(pair));
      parts.set(pair, got);
    }
    return parts.get(pair);
  }

  function more() {
    if (asking || pairs.length - at > 10) return asking;
    const held = pairs.slice(-200).map((p) => `${p.need}-${p.offer}`).join(",");
    asking = fetch(`${words.queue}?without=${held}`, { redirect: "error" })
      .then((answer) => answer.json())
      .then((found) => {
        const known = new Set(pairs.map((p) => `${p.need}-${p.offer}`));
        found.pairs.forEach(([need, offer]) => {
          if (!known.has(`${need}-${offer}`)) pairs.push({ need, offer });
        });
        show("judging-waiting", found.undecided);
      })
      .catch(() => {})
      .finally(() => (asking = null));
    return asking;
  }

  const ahead = () => [at + 1, at + 2].forEach((i) => pairs[i] && part(i).catch(() => {}));

  async function go(step, from = at) {
    const move = ++moves;
    let index = from + step;
    if (index >= pairs.length) await more();
    try {
      let html = index >= 0 && index < pairs.length ? await part(index) : null;
      while (html === "" && step && pairs[index + step]) html = await part((index += step));
      if (move !== moves) return; // the reader has gone elsewhere
      if (!html) {
        draw();
        return step > 0 ? alertWith(words.end) : undefined;
      }
      at = index;
      box.innerHTML = html;
      draw();
      box.querySelector("h2").focus({ preventScroll: true });
      window.scrollTo({ top: 0 });
      history.replaceState(null, "", url(pairs[at]));
      more();
      ahead();
    } catch {
      if (move === moves) alertWith(words.failed);
    }
    return undefined;
  }

  // -- what stands on the page
  function draw() {
    box.querySelectorAll("button[hidden]").forEach((button) => (button.hidden = false));
    const pair = pairs[at];
    if (pair.said !== undefined) {
      const reason = pair.reason && box.querySelector(`button[value="${pair.reason}"]`);
      const text = pair.said === "unfit" ? words.unfit + (reason ? reason.lastChild.textContent.trim() : "") : words[pair.said] || "";
      box.querySelector("[data-said-words]").textContent = pair.said ? text : "";
      if (pair.said) say(text);
    }
    count();
  }

  function count() {
    show("judging-done", pairs.filter((p) => p.said && p.said !== "pass").length);
  }

  function alertWith(text) {
    const place = document.getElementById("judging-alert");
    place.replaceChildren();
    if (!text) return;
    const note = document.createElement("div");
    note.className = "alert alert-warning";
    note.textContent = text;
    place.append(note);
  }

  // -- verdicts: one after the other, each kept until it is answered
  const PREFIX = `kc.verdict.${words.user}.`;
  const STALE = 15000; // a verdict that no page has tended for so long belongs to a page that is gone
  const waiting = [];
  let sending = false;
  let tries = 0;

  function keep(entry) {
    entry.tended = Date.now();
    try {
      localStorage.setItem(entry.key, JSON.stringify(entry));
    } catch {
      // private windows may refuse; the verdict is still in memory
    }
  }

  function takeOver() {
    Object.keys(localStorage)
      .filter((key) => key.startsWith(PREFIX))
      .map((key) => JSON.parse(localStorage.getItem(key)))
      .filter((entry) => entry && Date.now() - entry.tended > STALE && !waiting.some((w) => w.key === entry.key))
      .sort((a, b) => a.made - b.made)
      .forEach((entry) => waiting.push(entry));
    send();
  }

  const token = () => (document.cookie.match(/(?:^|; )csrftoken=([^;]+)/) || [])[1] || "";

  async function post(entry) {
    const body = new URLSearchParams({ verdict: entry.verdict, reason: entry.reason });
    const answer = await fetch(entry.url, {
      method: "POST",
      body,
      redirect: "manual",
      headers: { Accept: "application/json", "X-CSRFToken": token() },
    });
    if (answer.status === 404) return { refused: words.gone };
    if (answer.type === "opaqueredirect") return { again: words.login };
    const json = (answer.headers.get("Content-Type") || "").includes("json");
    // Whatever does not come from the action itself says nothing about the verdict: a proxy, an expired token.
    if (!json || answer.status >= 500) return { again: answer.status === 403 ? words.login : words.retry };
    const found = await answer.json();
    return answer.ok ? found : { refused: found.error };
  }

  async function send() {
    if (sending || !waiting.length) return state();
    sending = true;
    state();
    const entry = waiting[0];
    keep(entry);
    let found;
    try {
      found = await post(entry);
    } catch {
      found = { again: words.retry };
    }
    sending = false;
    if (found.again) {
      tries += 1;
      alertWith(found.again.replace("{n}", waiting.length));
      setTimeout(send, Math.min(30000, 500 * 2 ** tries));
      return undefined;
    }
    if (tries) alertWith("");
    tries = 0;
    waiting.shift();
    localStorage.removeItem(entry.key);
    if (found.refused) refused(entry, found.refused);
    else if (found.today !== undefined) show("judging-today", found.today);
    return send();
  }

  function refused(entry, why) {
    const pair = pairs.find((p) => url(p) === entry.url);
    if (pair) pair.said = "";
    alertWith(words.refused + why);
    if (pair === pairs[at]) draw();
  }

  function state() {
    show("judging-state", waiting.length ? words.saving.replace("{n}", waiting.length) : words.saved);
  }

  function decide(index, verdict, reason = "") {
    const pair = pairs[index];
    pair.said = verdict === "undo" ? "" : verdict;
    pair.reason = reason;
    parts.delete(pair); // shown again, it is fetched with what was said
    const made = Date.now();
    const entry = { key: `${PREFIX}${made}.${Math.random()}`, url: url(pair), verdict, reason, made };
    waiting.push(entry);
    keep(entry);
    send();
    count();
  }

  function judge(verdict, reason) {
    done.push(at);
    decide(at, verdict, reason);
    go(1);
  }

  function undo() {
    const index = done.length ? done.pop() : at;
    decide(index, "undo");
    say(words.undo);
    if (index === at) draw();
    else go(0, index);
  }

  // -- keys and buttons do the same
  const reasons = () => box.querySelector(".kc-judging-reasons");

  const KEYS = {
    j: () => go(1),
    k: () => go(-1),
    y: () => judge("fits"),
    s: () => judge("pass"),
    u: undo,
    n: () => {
      reasons().open = true;
      reasons().querySelector("button").focus();
    },
    c: () => box.querySelector("a[aria-keyshortcuts=c]").click(),
    "?": () => {
      const help = document.getElementById("judging-help");
      if (help.open) help.close();
      else help.showModal();
    },
    Escape: () => {
      if (!reasons().open) return;
      reasons().open = false;
      reasons().querySelector("summary").focus();
    },
  };

  function press(key) {
    if (!/^[1-9]$/.test(key)) return KEYS[key] && (KEYS[key](), true);
    const button = reasons().open && reasons().querySelector(`[data-key="${key}"]`);
    if (button) judge("unfit", button.value);
    return Boolean(button);
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
    if (event.target.closest("input, select, textarea, [contenteditable]")) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (document.getElementById("judging-help").open && key !== "?") return;
    if (press(key)) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("#judging [data-key]");
    if (button && press(button.dataset.key)) event.preventDefault();
  });
  window.addEventListener("beforeunload", (event) => {
    if (waiting.length) event.preventDefault();
  });
  window.addEventListener("online", send);
  setInterval(() => {
    waiting.forEach(keep);
    takeOver();
  }, 5000);

  draw();
  ahead();
  takeOver();
})();
