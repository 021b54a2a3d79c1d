// 办件 casework: a refused step shows the present state at once; "写意见" beside a field adds a row to the return form.
"use strict";

(() => {
  // 409 answers with the same fragment, which says what happened in the meantime.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.status === 409 && event.detail.target.id === "work") {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });

  function openNamed() {
    const named = location.hash.startsWith("#step-") && document.getElementById(location.hash.slice(1));
    if (named && named.tagName === "DETAILS") named.open = true;
  }

  function show() {
    document.querySelectorAll("[data-remark][hidden]").forEach((button) => (button.hidden = false));
    document.querySelector("#work [data-focus]")?.focus();
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-remark]");
    if (!button) return;
    const forms = [...document.querySelectorAll("details.kc-step")].filter((d) => d.querySelector("[data-rows]"));
    const step = forms.find((d) => d.open) || forms[0];
    if (!step) return;
    step.open = true;
    const rows = () => step.querySelectorAll("[data-rows] tbody tr");
    let row = [...rows()].find((r) => r.querySelector("select").value === "");
    if (!row) {
      step.querySelector("[data-add-row]").click();
      row = rows()[rows().length - 1];
    }
    row.querySelector("select").value = button.dataset.remark;
    row.querySelector("input").focus();
  });
  document.addEventListener("htmx:afterSwap", show);
  window.addEventListener("hashchange", openNamed);
  openNamed();
  show();
})();
