// 明细表 small tables in forms: add and remove rows. Without script the page always offers one empty row, and an
// emptied row counts as removed.
"use strict";

(() => {
  function fields(row) {
    return row.querySelectorAll("input, select, textarea");
  }

  function number(body) {
    [...body.rows].forEach((row, index) => {
      fields(row).forEach((field) => {
        const label = field.getAttribute("aria-label");
        if (label) field.setAttribute("aria-label", label.replace(/\d+/, index + 1));
      });
      const label = body.closest("[data-rows]").dataset.removeLabel.replace("0", index + 1);
      row.querySelector("[data-remove-row]")?.setAttribute("aria-label", label);
    });
  }

  function remover(word) {
    const cell = document.createElement("td");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-sm";
    button.dataset.removeRow = "";
    button.textContent = word;
    cell.append(button);
    return cell;
  }

  function prepare(root) {
    root.querySelectorAll("[data-rows]").forEach((box) => {
      const add = box.querySelector("[data-add-row]");
      if (add) add.hidden = false;
      const body = box.querySelector("tbody");
      [...body.rows].forEach((row) => row.querySelector("[data-remove-row]") || row.append(remover(box.dataset.remove)));
      number(body);
    });
  }

  // What was typed changed: tells the page's autosave.
  function changed(box) {
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }

  document.addEventListener("click", (event) => {
    const add = event.target.closest("[data-add-row]");
    const remove = event.target.closest("[data-remove-row]");
    if (add) {
      const body = add.closest("[data-rows]").querySelector("tbody");
      const row = body.lastElementChild.cloneNode(true);
      fields(row).forEach((field) => (field.value = ""));
      body.append(row);
      number(body);
      fields(row)[0].focus();
    }
    if (remove) {
      const box = remove.closest("[data-rows]");
      const row = remove.closest("tr");
      const body = row.parentElement;
      const next = row.nextElementSibling || row.previousElementSibling;
      if (next) row.remove();
      else fields(row).forEach((field) => (field.value = ""));
      number(body);
      (next || row).querySelector("input, select, textarea").focus();
      changed(box);
    }
  });
  document.addEventListener("htmx:afterSwap", (event) => prepare(event.detail.target || document));
  prepare(document);
})();
