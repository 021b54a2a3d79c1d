// 比较 up to four things of one kind, ticked on any page of a list. Without script the ticks are an ordinary form.
"use strict";

(() => {
  const KEY = "kc.compare";
  const tray = () => document.getElementById("compare-tray");
  const read = () => JSON.parse(sessionStorage.getItem(KEY) || "[]");

  function keep(items) {
    sessionStorage.setItem(KEY, JSON.stringify(items));
    draw();
  }

  function draw() {
    const items = read();
    const kind = items.length ? items[0].id.split(":")[0] : "";
    document.querySelectorAll("[data-compare]").forEach((tick) => {
      tick.checked = items.some((item) => item.id === tick.value);
      tick.disabled = !tick.checked && (items.length >= 4 || (kind !== "" && !tick.value.startsWith(`${kind}:`)));
    });
    const box = tray();
    if (!box) return;
    box.hidden = items.length === 0;
    box.querySelector("[data-count]").textContent = String(items.length);
    box.querySelector("ul").replaceChildren(...items.map((item) => {
      const li = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = "×";
      button.dataset.drop = item.id;
      button.setAttribute("aria-label", `${box.dataset.drop} ${item.title}`);
      li.append(button, ` ${item.title}`);
      return li;
    }));
    const go = box.querySelector("[data-go]");
    const query = items.map((item) => `a=${encodeURIComponent(item.id)}`).join("&");
    go.href = `${go.dataset.href}?${query}`;
    go.toggleAttribute("hidden", items.length < 2);
  }

  document.addEventListener("change", (event) => {
    const tick = event.target.closest("[data-compare]");
    if (!tick) return;
    const others = read().filter((item) => item.id !== tick.value);
    keep(tick.checked ? [...others, { id: tick.value, title: tick.dataset.compare }].slice(0, 4) : others);
  });
  document.addEventListener("click", (event) => {
    const drop = event.target.closest("[data-drop]");
    if (drop && drop.id !== "compare-tray") keep(read().filter((item) => item.id !== drop.dataset.drop));
    if (event.target.closest("[data-clear]")) keep([]);
  });
  document.addEventListener("htmx:afterSwap", draw);
  document.querySelectorAll("[data-compare-submit]").forEach((button) => (button.hidden = true));
  draw();
})();
