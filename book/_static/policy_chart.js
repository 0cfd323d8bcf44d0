// A line chart with bands, drawn as SVG at the width of its box, so that letters keep their size on a phone.
const PolicyChart = (function () {
  "use strict";

  const SVG = "http://www.w3.org/2000/svg";
  const ROOM = { left: 44, right: 20, top: 28, bottom: 28 };

  function add(parent, name, attributes, text) {
    const element = set(document.createElementNS(SVG, name), attributes);
    if (text !== undefined) element.textContent = text;
    parent.append(element);
    return element;
  }

  function set(element, attributes) {
    Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
    return element;
  }

  // Round numbers that cover a range with about `wanted` steps.
  function ticks(low, high, wanted) {
    const raw = (high - low) / wanted || 1;
    const size = 10 ** Math.floor(Math.log10(raw));
    const step = [1, 2, 5, 10].map((factor) => factor * size).find((one) => one >= raw * 0.999);
    const first = Math.floor(low / step + 1e-9);
    const last = Math.ceil(high / step - 1e-9);
    return Array.from({ length: last - first + 1 }, (_, at) => Number(((first + at) * step).toPrecision(12)));
  }

  // `chart`: {alt, unit, bands: [{name, x, lower, upper}], lines: [{name, label, x, y}]}, both in data units.
  function draw(box, chart, height) {
    const width = Math.max(box.clientWidth, 260);
    const xs = chart.lines.flatMap((line) => line.x);
    const ys = [0, ...chart.lines.flatMap((line) => line.y), ...chart.bands.flatMap((b) => [...b.lower, ...b.upper])];
    const marks = ticks(Math.min(...ys), Math.max(...ys, 1e-6), 5);
    const [low, high] = [marks[0], marks[marks.length - 1]];
    const [first, last] = [Math.min(...xs), Math.max(...xs)];
    const inner = { w: width - ROOM.left - ROOM.right, h: height - ROOM.top - ROOM.bottom };
    const px = (x) => (ROOM.left + ((x - first) / (last - first)) * inner.w).toFixed(1);
    const py = (y) => (ROOM.top + (1 - (y - low) / (high - low)) * inner.h).toFixed(1);
    const points = (x, y) => x.map((value, at) => `${px(value)},${py(y[at])}`);

    const svg = document.createElementNS(SVG, "svg");
    set(svg, { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": chart.alt });
    marks.forEach((mark) => {
      const y = py(mark);
      const told = mark.toLocaleString("en-GB", { maximumFractionDigits: 6 });
      add(svg, "line", { x1: ROOM.left, x2: width - ROOM.right, y1: y, y2: y, class: mark ? "grid" : "zero" });
      add(svg, "text", { x: ROOM.left - 6, y, dy: "0.32em", "text-anchor": "end" }, told);
    });
    ticks(first, last, Math.max(2, Math.floor(inner.w / 90))).filter((x) => x >= first && x <= last && x % 1 === 0)
      .forEach((x) => add(svg, "text", { x: px(x), y: height - 8, "text-anchor": "middle" }, String(x)));
    chart.bands.forEach((band) => {
      const back = points(band.x, band.lower).reverse();
      add(svg, "polygon", { points: [...points(band.x, band.upper), ...back].join(" "), class: `band ${band.name}` });
      [band.upper, band.lower].forEach((edge) =>
        add(svg, "polyline", { points: points(band.x, edge).join(" "), class: `edge ${band.name}` }));
    });
    chart.lines.forEach((line) =>
      add(svg, "polyline", { points: points(line.x, line.y).join(" "), class: `line ${line.name}` }));
    add(svg, "text", { x: 0, y: 12 }, chart.unit);
    box.replaceChildren(svg, legend(chart.lines));
  }

  function legend(lines) {
    const list = document.createElement("ul");
    list.className = "policy-legend";
    lines.forEach((line) => {
      const item = document.createElement("li");
      const sample = set(document.createElementNS(SVG, "svg"), { width: 28, height: 10, "aria-hidden": "true" });
      add(sample, "line", { x1: 0, x2: 28, y1: 5, y2: 5, class: `line ${line.name}` });
      item.append(sample, ` ${line.label}`);
      list.append(item);
    });
    return list;
  }

  return { draw, ticks };
})();
