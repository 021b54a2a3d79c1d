// 页面小件 small things of every page: menus, messages of refused requests, filters on narrow screens, focus.
"use strict";

(() => {
  const narrow = window.matchMedia("(max-width: 991px)");

  function closeMenus(except) {
    document.querySelectorAll("details.kc-menu[open]").forEach((menu) => {
      if (menu !== except) menu.open = false;
    });
  }

  document.addEventListener("click", (event) => closeMenus(event.target.closest("details.kc-menu")));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.querySelector("details.kc-menu[open]");
    closeMenus(null);
    menu?.querySelector("summary").focus();
  });

  // Filters stand open beside the list, and closed above it on a phone.
  const filters = document.querySelector("details.kc-filters");
  if (filters && narrow.matches) filters.open = false;

  document.querySelector("[data-focus]")?.focus();

  // A link to a place inside a closed part opens the part.
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    const part = link && document.getElementById(link.hash.slice(1))?.closest("details");
    if (part) part.open = true;
  });

  // A swap keeps what the reader had opened or closed.
  let opened = new Map();
  document.addEventListener("htmx:beforeSwap", (event) => {
    opened = new Map([...(event.detail.target || document).querySelectorAll("details[id]")].map((d) => [d.id, d.open]));
  });
  document.addEventListener("htmx:afterSwap", () => {
    opened.forEach((open, id) => {
      const details = document.getElementById(id);
      if (details) details.open = open;
    });
  });

  // A refused or failed request says why, where messages are read aloud.
  function say(text) {
    const box = document.createElement("div");
    box.className = "alert alert-danger";
    box.textContent = text;
    const messages = document.getElementById("messages");
    messages.replaceChildren(box);
    messages.scrollIntoView({ block: "nearest" });
  }
  document.addEventListener("htmx:responseError", (event) => {
    const page = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
    const words = page.querySelector("[data-refusal] .kc-lead, main h1");
    say(words ? words.textContent.trim() : document.getElementById("messages").dataset.failed);
  });
  document.addEventListener("htmx:sendError", () => say(document.getElementById("messages").dataset.offline));
})();
