/* The funnel as bars. The table beside it says the same; without this file nothing is missing. */
(() => {
  "use strict";
  const place = document.querySelector("[data-chart]");
  if (!place || !window.echarts) return;
  const rows = JSON.parse(document.getElementById(place.dataset.chart).textContent);
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const colours = ["#0b5cad", "#2f7d6b", "#8a6d1f", "#7a4a8c", "#b05a2a", "#2b7a3d"];
  const chart = window.echarts.init(place, null, { renderer: "svg" });
  chart.setOption({
    animation: !still,
    aria: { enabled: true, label: { enabled: false }, decal: { show: true } },
    grid: { left: 8, right: 56, top: 8, bottom: 8, containLabel: true },
    xAxis: { type: "value", minInterval: 1, splitLine: { lineStyle: { color: "#e1e6eb" } } },
    yAxis: { type: "category", inverse: true, axisTick: { show: false }, axisLabel: { fontSize: 14, color: "#1f2a37" }, data: rows.map((row) => row.label) },
    series: [{
      type: "bar",
      barWidth: "62%",
      cursor: "pointer",
      label: { show: true, position: "right", fontSize: 14, color: "#1f2a37" },
      data: rows.map((row, i) => ({ value: row.count, itemStyle: { color: colours[i % colours.length] } })),
    }],
  });
  chart.on("click", (event) => { location.assign(rows[event.dataIndex].url); });
  new ResizeObserver(() => chart.resize()).observe(place);
})();
