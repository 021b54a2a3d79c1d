// 明细表 small tables in forms: one more row on demand. Without script the page always offers one empty row.
"use strict";

(() => {
  function prepare(root) {
    root.querySelectorAll("[data-rows] [data-add-row][hidden]").forEach((button) => (button.hidden = false));
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-add-row]");
    if (!button) return;
    const body = button.closest("[data-rows]").querySelector("tbody");
    const row = body.lastElementChild.cloneNode(true);
    const number = body.children.length + 1;
    row.querySelectorAll("input, select").forEach((input) => {
      input.value = "";
      input.setAttribute("aria-label", input.getAttribute("aria-label").replace(/\d+/, number));
    });
    body.append(row);
    row.querySelector("input, select").focus();
  });
  document.addEventListener("htmx:afterSwap", (event) => prepare(event.detail.target));
  prepare(document);
})();
