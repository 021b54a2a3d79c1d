// 安全密钥 security keys: says why a key could not be used, where allauth's own script only writes to the console.
"use strict";

(() => {
  const words = document.currentScript.dataset; // one sentence for each kind of error, and one for any other

  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    const name = (event.detail.exception?.name || "other").replace(/Error$/, "");
    const box = document.createElement("div");
    box.className = "alert alert-warning";
    box.textContent = words[name[0].toLowerCase() + name.slice(1)] ?? words.other;
    const messages = document.getElementById("messages");
    messages.replaceChildren(box);
    messages.scrollIntoView({ block: "nearest" });
  });
})();
