// What the interactive pages share: data that register themselves, the chart library loaded when it is needed,
// the theme's colours, and tables as CSV. Data come as scripts, because a page opened from the disk cannot fetch.
window.compendium = (function () {
  "use strict";

  const ERRORS = 1; // of Vega's levels of logging
  const base = new URL(".", document.currentScript.src).href;
  const known = new Map();
  const loading = new Map();
  const watching = new Map(); // box of a chart -> what watches its width

  function register(name, data) {
    known.set(name, data);
  }

  function script(address) {
    if (!loading.has(address)) {
      loading.set(
        address,
        new Promise((resolve, reject) => {
          const element = document.createElement("script");
          element.src = base + address;
          element.onload = resolve;
          element.onerror = () => reject(new Error(`${address} is not beside this page`));
          document.head.append(element);
        })
      );
    }
    return loading.get(address);
  }

  // Data by name, as `helpers.site.data_files` wrote them
  async function load(name) {
    if (!known.has(name)) await script(`site_data/${name}.js`);
    return known.get(name);
  }

  function colour(name, otherwise) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim() || otherwise;
  }

  // Axes and words in the colours of the theme, light or dark
  function themed() {
    const text = colour("--pst-color-text-base", "#222");
    const rule = colour("--pst-color-border", "#ddd");
    const words = { labelColor: text, titleColor: text };
    return {
      background: "transparent",
      font: getComputedStyle(document.body).fontFamily,
      axis: { ...words, gridColor: rule, domainColor: rule, tickColor: rule, gridOpacity: 0.6, labelFontSize: 11 },
      legend: words,
      title: { color: text },
      text: { color: text },
      aria: false, // the box has one description; a thousand marks read out would bury it
    };
  }

  // A chart in a box, to be fed with rows. Resolves to the Vega view.
  async function draw(box, specification, options = {}) {
    await script("vega/bundle.js");
    const spec = { ...specification, datasets: { rows: [], ...options.datasets } };
    spec.config = { ...spec.config, ...themed(), ...options.config };
    // Its warnings tell of layers that are empty for now, as the one of the provisional figures mostly is
    const result = await window.vegaEmbed(box, spec, { actions: false, logLevel: ERRORS, renderer: options.renderer || "svg" });
    // The box is described; marks inside a picture would be taken for pictures without a description
    box.querySelectorAll("svg, canvas").forEach((drawing) => drawing.setAttribute("aria-hidden", "true"));
    // The page may settle after the window was resized, which is all that Vega listens to
    if (watching.has(box)) watching.get(box).disconnect();
    const watch = new ResizeObserver(() => {
      if (box.clientWidth && result.view.width() !== box.clientWidth) result.view.width(box.clientWidth).runAsync();
    });
    watch.observe(box);
    watching.set(box, watch);
    return result.view;
  }

  // One act after another, so that a slow one cannot end after a later one
  function queue() {
    let last = Promise.resolve();
    return (act) => (last = last.then(act));
  }

  function onTheme(listener) {
    new MutationObserver(listener).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  }

  function csv(columns, rows) {
    const cell = (value) => {
      const text = value === null || value === undefined ? "" : String(value);
      return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    };
    return [columns, ...rows].map((row) => row.map(cell).join(",")).join("\n") + "\n";
  }

  function save(name, text) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  // What the page shows is in its address; the button says what became of it, since a clipboard may be refused
  async function copyAddress(button) {
    await navigator.clipboard.writeText(location.href).then(
      () => (button.textContent = "Copied"),
      () => (button.textContent = "Copy it from the address bar")
    );
  }

  // A table of texts and numbers, numbers to the right
  function table(columns, rows, caption) {
    const element = document.createElement("table");
    element.className = "dataframe";
    element.createCaption().textContent = caption;
    const head = element.createTHead().insertRow();
    columns.forEach((column) => {
      const cell = document.createElement("th");
      cell.scope = "col";
      cell.textContent = column;
      head.append(cell);
    });
    const body = element.createTBody();
    rows.forEach((row) => {
      const line = body.insertRow();
      row.forEach((value, place) => {
        const cell = place === 0 ? line.appendChild(document.createElement("th")) : line.insertCell();
        if (place === 0) cell.scope = "row";
        else if (/^[-−\d]/.test(value)) cell.className = "number";
        cell.textContent = value;
      });
    });
    return element;
  }

  // A list of choices: [value, words], or {label, options} for a group of them
  function fill(list, options, chosen) {
    const option = ([value, words]) => new Option(words, value, false, String(value) === String(chosen));
    list.replaceChildren(
      ...options.map((one) => {
        if (Array.isArray(one)) return option(one);
        const group = document.createElement("optgroup");
        group.label = one.label;
        group.append(...one.options.map(option));
        return group;
      })
    );
  }

  return { register, load, draw, onTheme, queue, csv, save, copyAddress, table, fill };
})();
