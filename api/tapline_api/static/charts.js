// Draws every figure that carries its data beside it. Colours come from the page's tokens.
"use strict";

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function draw(figure) {
  const data = JSON.parse(figure.querySelector("script").textContent);
  const chart = echarts.init(figure.querySelector(".chart"), null, { renderer: "svg" });
  const line = { lineStyle: { color: token("--line") } };
  const label = { color: token("--ink-3"), fontFamily: token("--font") };
  const band = { type: "line", symbol: "none", stack: "band", lineStyle: { opacity: 0 }, silent: true };
  const bars = data.kind === "bars";
  const lows = data.points.map(([ts, , low]) => [ts, low]);
  // A silence is an empty point: null less null would be drawn as nothing above nothing.
  const spans = data.points.map(([ts, , low, high]) => [ts, low === null ? null : high - low]);
  chart.setOption({
    animation: false,
    grid: { left: 8, right: 12, top: 16, bottom: 8, containLabel: true },
    tooltip: { trigger: "axis", renderMode: "richText", confine: true, valueFormatter: (v) => `${Math.round(v * 10) / 10} ${data.unit}` },
    xAxis: { type: bars ? "category" : "time", data: bars ? data.points.map(([name]) => name) : undefined, axisLine: line, axisTick: { show: false }, axisLabel: { ...label, hideOverlap: true }, min: data.since, max: data.until },
    yAxis: { type: "value", scale: !bars, splitLine: line, axisLabel: label },
    series: bars
      ? [{ type: "bar", name: data.name, data: data.points.map(([, value]) => value), itemStyle: { color: token("--accent"), borderRadius: [3, 3, 0, 0] }, barCategoryGap: "30%" }]
      : [
          { ...band, data: lows, tooltip: { show: false } },
          { ...band, data: spans, areaStyle: { color: token("--accent"), opacity: 0.14 }, tooltip: { show: false } },
          { type: "line", name: data.name, symbol: data.points.length > 40 ? "none" : "circle", symbolSize: 5, data: data.points.map(([ts, mean]) => [ts, mean]), lineStyle: { width: 2, color: token("--accent") }, itemStyle: { color: token("--accent") } },
        ],
  });
  new ResizeObserver(() => chart.resize()).observe(figure);
}

// A machine has more charts than a screen shows: each is drawn when it comes near, or to be printed.
const waiting = new Set(document.querySelectorAll("figure[data-chart]"));
const near = new IntersectionObserver((seen) => show(seen.filter((one) => one.isIntersecting).map((one) => one.target)), { rootMargin: "400px" });

function show(figures) {
  for (const figure of figures) {
    if (!waiting.delete(figure)) continue;
    near.unobserve(figure);
    draw(figure);
  }
}

waiting.forEach((figure) => near.observe(figure));
window.addEventListener("beforeprint", () => show([...waiting]));
