// 搜索建议 suggestions under the search box: arrow keys move, Enter takes, Escape closes. Without script the box just searches.
"use strict";

(() => {
  const input = document.querySelector("[data-suggest]");
  if (!input) return;
  const list = document.getElementById(input.getAttribute("aria-controls"));
  let chosen = -1;
  let timer = 0;
  let request = null;

  const options = () => [...list.querySelectorAll('[role="option"]')];

  function show(open) {
    list.hidden = !open;
    input.setAttribute("aria-expanded", String(open));
    if (!open) choose(-1);
  }

  function choose(index) {
    chosen = index;
    options().forEach((option, i) => option.setAttribute("aria-selected", String(i === index)));
    const option = options()[index];
    if (option) {
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  }

  async function ask() {
    const text = input.value.trim();
    request?.abort();
    if (!text) return show(false);
    request = new AbortController();
    try {
      const address = `${input.dataset.suggest}?q=${encodeURIComponent(text.slice(0, 40))}`;
      const response = await fetch(address, { signal: request.signal });
      if (!response.ok) return show(false);
      list.innerHTML = await response.text();
      choose(-1);
      show(options().length > 0 && document.activeElement === input);
    } catch {
      // Aborted by the next letter, or offline: the box still searches.
    }
  }

  input.addEventListener("input", (event) => {
    if (event.isComposing) return;
    clearTimeout(timer);
    timer = setTimeout(ask, 80);
  });
  input.addEventListener("compositionend", ask);
  input.addEventListener("blur", () => setTimeout(() => show(false), 150));
  input.addEventListener("keydown", (event) => {
    const count = options().length;
    if (event.key === "Escape") show(false);
    if (list.hidden || !count || event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      choose(chosen < 0 && step < 0 ? count - 1 : (chosen + step + count) % count);
    } else if (event.key === "Enter" && chosen >= 0) {
      event.preventDefault();
      window.location.assign(options()[chosen].dataset.href);
    }
  });
  list.addEventListener("mousedown", (event) => {
    const option = event.target.closest('[role="option"]');
    if (!option) return;
    event.preventDefault();
    window.location.assign(option.dataset.href);
  });
})();
