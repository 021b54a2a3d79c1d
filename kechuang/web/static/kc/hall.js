/* The hall screen: clock, full screen, slow scrolling, and a word when the server is silent. Nothing grows: the moving
   part is replaced as a whole every minute. */
(() => {
  "use strict";
  const live = document.getElementById("live");
  const clock = document.getElementById("clock");
  const stale = document.getElementById("stale");
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");
  const STEP = 60; // milliseconds for a pixel
  const REST = 4000; // at the top and at the end

  const tick = () => { clock.textContent = new Date().toLocaleTimeString("zh-CN", { hour12: false, timeZone: clock.dataset.zone }); };
  tick();
  setInterval(tick, 1000);

  const full = () => {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen().catch(() => {});
  };
  document.getElementById("full").addEventListener("click", full);
  document.addEventListener("keydown", (event) => {
    if ((event.key === "f" || event.key === "F") && !event.ctrlKey && !event.metaKey && !event.altKey) full();
  });

  // Where each panel is and until when it rests; by id, so that a refresh goes on where it was.
  const places = new Map();
  setInterval(() => {
    if (still.matches) return;
    const now = Date.now();
    for (const panel of live.querySelectorAll(".hall-scroll")) {
      const most = panel.scrollHeight - panel.clientHeight;
      if (most <= 1 || panel.matches(":hover") || panel.contains(document.activeElement)) continue;
      const place = places.get(panel.id) || { rest: now + REST };
      places.set(panel.id, place);
      if (now < place.rest) continue;
      if (place.back) { panel.scrollTop = 0; places.set(panel.id, { rest: now + REST }); continue; }
      panel.scrollTop += 1;
      if (panel.scrollTop >= most - 1) { place.back = true; place.rest = now + REST; }
    }
  }, STEP);

  let tops = {};
  let focused = "";
  document.addEventListener("htmx:beforeSwap", () => {
    tops = {};
    for (const panel of live.querySelectorAll(".hall-scroll")) tops[panel.id] = panel.scrollTop;
    focused = document.activeElement && live.contains(document.activeElement) ? document.activeElement.id : "";
  });
  document.addEventListener("htmx:afterSwap", () => {
    for (const [id, top] of Object.entries(tops)) {
      const panel = document.getElementById(id);
      if (panel) panel.scrollTop = top;
    }
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    stale.textContent = "";
  });
  const silent = () => {
    const at = live.querySelector("[data-at]");
    const words = `${live.dataset.stale} ${at ? at.dataset.at : ""}`;
    if (stale.textContent !== words) stale.textContent = words;
  };
  for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) document.addEventListener(name, silent);
})();
