// The explorer: choices, four charts tied together, a table and its download. The data are written by
// helpers.site.explorer, the charts by helpers.site.explorer_charts; nothing is computed here but the choice of rows.
(function () {
  "use strict";

  const COLUMNS = ["indicator", "release", "area_code", "area_vintage", "area_name", "year", "value", "lower", "upper", "status", "unit", "interval"];
  const STATUS = { p: "published", v: "provisional", s: "suppressed", m: "missing" };
  const SIGN = { suppressed: "◇", missing: "×" };
  const MOST_COLOURS = 5; // more lines in colour cannot be told apart
  const MOST_RANKED = 80; // rows of the ranking; of more, half from either end
  const STEP = 15; // pixels per row of the ranking
  const FIRST = "gva_per_hour";
  const LATEST = "latest";
  const { load, draw, csv, save, table, fill, onTheme, queue, copyAddress } = window.compendium;
  const next = queue();
  const byId = (name) => document.getElementById(`explorer-${name}`);

  let contents; // what the page knows before any figure
  let measures; // measure id -> measure with its indicator's label
  let state; // measure, release, from, to, year, mark, with, districts (null: all)
  let figures = []; // rows of the chosen measure and release, all districts
  let others = []; // the same of the measure to compare with
  let years = [];
  let over = ""; // the district under the pointer
  const views = {};

  // ---- rows

  function rowsOf(records, release) {
    const newest = (year) => Math.max(...records.filter((one) => one.years.includes(year)).map((one) => one.release));
    const rows = [];
    records.forEach((record) => {
      if (release !== LATEST && record.release !== Number(release)) return;
      record.areas.forEach(([area, name, code], place) => {
        record.years.forEach((year, at) => {
          const status = STATUS[record.status[place][at]];
          if (!status || (release === LATEST && record.release !== newest(year))) return;
          const end = (which) => (record[which] ? record[which][place][at] : null);
          const value = record.value[place][at];
          rows.push({ area, name, code, year, value, lower: end("lower"), upper: end("upper"), status, release: record.release, vintage: record.vintage });
        });
      });
    });
    return rows.sort((a, b) => a.name.localeCompare(b.name, "en") || a.year - b.year || a.area.localeCompare(b.area, "en"));
  }

  const chosen = (code) => state.districts === null || state.districts.has(code);
  const shownRows = () => figures.filter((row) => chosen(row.code) && row.year >= state.from && row.year <= state.to);
  const ofYear = () => figures.filter((row) => chosen(row.code) && row.year === state.year);

  function number(value) {
    if (value === null) return "";
    const size = Math.abs(value);
    return value.toLocaleString("en-GB", { maximumFractionDigits: size >= 1000 ? 0 : size >= 10 ? 2 : 4 });
  }

  function told(row, unit) {
    const range = row.lower === null ? "" : ` (${number(row.lower)} to ${number(row.upper)})`;
    const what = row.value === null ? row.status : `${number(row.value)} ${unit}${range}`;
    const more = row.status === "provisional" ? ", provisional" : "";
    return `${row.name}, ${row.year}: ${what}${more} · release ${row.release}`;
  }

  // Colour and words that the charts need, beside the figures
  function dressed(rows) {
    const codes = [...new Set(rows.map((row) => row.code))];
    const bold = codes.length <= MOST_COLOURS;
    const unit = measures.get(state.measure).unit;
    const last = new Map();
    rows.forEach((row) => row.value !== null && last.set(row.area, Math.max(row.year, last.get(row.area) || 0)));
    return rows.map((row) => ({
      ...row,
      bold,
      tone: bold ? contents.tones[codes.indexOf(row.code)] : contents.plain,
      sign: SIGN[row.status] || "",
      last: row.year === last.get(row.area),
      told: told(row, unit),
    }));
  }

  function ranked() {
    const rows = ofYear();
    const having = rows.filter((row) => row.value !== null).sort((a, b) => b.value - a.value);
    const without = rows.filter((row) => row.value === null);
    if (having.length <= MOST_RANKED) return { rows: [...having, ...without], cut: 0 };
    const half = MOST_RANKED / 2;
    return { rows: [...having.slice(0, half), ...having.slice(-half)], cut: having.length - MOST_RANKED };
  }

  function shapes() {
    const rows = new Map();
    ofYear().forEach((row) => rows.set(row.code, [...(rows.get(row.code) || []), row]));
    return contents.shapes.map((shape) => {
      const code = shape.properties.code;
      const own = rows.get(code) || [];
      // A district that then was several has no figure of its own
      const row = own.length === 1 ? dressed(own)[0] : null;
      const name = contents.districts.find((pair) => pair[0] === code)[1];
      const blank = { code, name, value: null, status: chosen(code) ? "missing" : "not chosen", told: `${name}, ${state.year}: missing` };
      return { ...shape, ...(row || blank) };
    });
  }

  // The year of the other indicator: the same, else the last one before, else its first
  function otherYear() {
    const having = [...new Set(others.filter((row) => row.value !== null).map((row) => row.year))].sort((a, b) => a - b);
    return having.filter((year) => year <= state.year).pop() || having[0];
  }

  function pairs() {
    const year = otherYear();
    const at = new Map(others.filter((row) => row.year === year && row.value !== null).map((row) => [row.code, row]));
    const unit = measures.get(state.with).unit;
    return dressed(ofYear().filter((row) => row.value !== null && at.has(row.code))).map((row) => {
      const other = at.get(row.code);
      return { ...row, x: other.value, xlower: other.lower, xupper: other.upper, told: `${row.told}; ${told(other, unit)}` };
    });
  }

  // ---- what is shown

  function tell(name, title, caption) {
    byId(`${name}-title`).textContent = title;
    const box = byId(name);
    box.setAttribute("aria-label", `${title}. ${caption} The figures are in the table below.`);
    box.closest("figure").querySelector("figcaption").textContent = caption;
  }

  function describe() {
    const { full, unit, source, note, interval } = measures.get(state.measure);
    const rows = shownRows();
    const districts = new Set(rows.map((row) => row.area)).size;
    const counts = Object.values(STATUS)
      .map((status) => [status, rows.filter((row) => row.status === status).length])
      .filter((pair) => pair[1] > 0)
      .map(([status, count]) => `${count.toLocaleString("en-GB")} ${status}`);
    const span = state.from === state.to ? String(state.from) : `${state.from} to ${state.to}`;
    const release = state.release === LATEST ? "each year from its latest release" : `release ${state.release}`;
    byId("status").textContent = rows.length
      ? `${full}, ${unit}: ${districts} districts, ${span}, ${release}. Figures: ${counts.join(", ")}.`
      : "Nothing is shown: no district is chosen, or the release has no figures for this choice.";
    const marked = contents.districts.find((pair) => pair[0] === marking());
    tell("lines", `${full}, ${span}`, `In ${unit}.${marked ? ` Marked: ${marked[1]}.` : ""}`);
    const { rows: order, cut } = ranked();
    const having = order.filter((row) => row.value !== null);
    const ends = having.length
      ? `Highest: ${having[0].name} (${number(having[0].value)}); lowest: ${having.at(-1).name} (${number(having.at(-1).value)}).`
      : "No district has a figure in this year.";
    const bars = interval ? `Bars, where there are any: ${contents.intervals[interval]}.` : "No interval is published.";
    const left = cut ? ` The ${cut} districts between the ${MOST_RANKED / 2} highest and the ${MOST_RANKED / 2} lowest are left out.` : "";
    tell("ranking", `Ranking in ${state.year}`, `${full}, ${unit}. ${ends}${left} ${bars}`);
    tell("map", `Map of ${state.year}`, `${full}, ${unit}. Contains OS data © Crown copyright and database right.`);
    const other = measures.get(state.with);
    tell("scatter", `Against another indicator, ${state.year}`, `Upwards: ${full}, ${unit}. To the right: ${other.full}, ${other.unit}, ${otherYear() ?? "without a figure here"}. Bars: intervals, where there are any. That two things go together does not say that one makes the other.`);
    const around = interval ? `Lower and upper: ${contents.intervals[interval]}.` : "No interval is published.";
    byId("source").textContent = `${note} ${around} ${source}`.trim();
    byId("year-shown").textContent = state.year;
    byId("count").textContent = state.districts === null ? `all ${contents.districts.length}` : `${state.districts.size} of ${contents.districts.length}`;
    if (byId("details").open) showTable();
  }

  function showTable() {
    const { full, unit } = measures.get(state.measure);
    const body = shownRows().map((row) => [row.name, String(row.year), number(row.value), number(row.lower), number(row.upper), row.status, String(row.release)]);
    byId("table").replaceChildren(table(["district", "year", "value", "lower", "upper", "status", "release"], body, `${full}, ${unit}`));
  }

  function download() {
    const { unit, interval } = measures.get(state.measure);
    const body = shownRows().map((row) => [state.measure, row.release, row.area, row.vintage, row.name, row.year, row.value, row.lower, row.upper, row.status, unit, interval]);
    save(`${state.measure}.csv`, csv(COLUMNS, body));
  }

  // The marked district: the reader's, or the highest one
  function marking() {
    return state.mark || (ranked().rows[0] || { code: "" }).code;
  }

  function mark(code) {
    Object.values(views)
      .filter((view) => view.signal("marked") !== code)
      .forEach((view) => view.signal("marked", code).run());
  }

  const FEED = { lines: () => dressed(shownRows()), ranking: () => dressed(ranked().rows).map((row, order) => ({ ...row, order })), map: shapes, scatter: pairs };

  async function feed() {
    describe();
    for (const [name, view] of Object.entries(views)) {
      const rows = FEED[name]();
      if (name === "ranking") view.height(STEP * Math.max(rows.length, 4));
      await view.signal("marked", marking()).data("rows", rows).resize().runAsync();
    }
    document.body.dataset.explorer = "ready";
  }

  async function drawAll() {
    for (const name of Object.keys(FEED)) {
      if (views[name]) views[name].finalize();
      const view = await draw(byId(name), contents.charts[name]);
      views[name] = view;
      const code = (item) => (item && item.datum && item.datum.code) || "";
      view.addEventListener("mouseover", (event, item) => {
        over = code(item);
        mark(over || marking());
      });
      view.addEventListener("mouseout", () => mark(marking()));
      // The shape under the pointer may just have been drawn anew, as it was marked: so what it was before counts
      view.addEventListener("mouseup", (event, item) => {
        if (!code(item) && !over) return;
        state.mark = code(item) || over;
        byId("mark").value = state.mark;
        mark(state.mark);
        keep();
        describe();
      });
    }
    await feed();
  }

  // ---- choices

  function indicatorOf(measure) {
    for (const topic of contents.topics) {
      const found = topic.indicators.find((one) => one.measures.some((other) => other.id === measure));
      if (found) return found;
    }
    return null;
  }

  function keep() {
    const parts = { ...state, districts: state.districts === null ? "all" : [...state.districts].sort().join(".") };
    history.replaceState(null, "", `#${new URLSearchParams(Object.entries(parts).map(([key, value]) => [key, String(value)]))}`);
  }

  function recall() {
    const asked = new URLSearchParams(location.hash.slice(1));
    const codes = new Set(contents.districts.map((pair) => pair[0]));
    const listed = asked.get("districts");
    const number = (name) => Number(asked.get(name)) || null;
    const known = (name, otherwise) => (measures.has(asked.get(name)) ? asked.get(name) : otherwise);
    state = {
      measure: known("measure", FIRST),
      release: asked.get("release") || LATEST,
      from: number("from"),
      to: number("to"),
      year: number("year"),
      mark: codes.has(asked.get("mark")) ? asked.get("mark") : "",
      with: known("with", contents.against),
      districts: listed === null || listed === "all" ? null : new Set(listed.split(".").filter((code) => codes.has(code))),
    };
  }

  function fillIndicators() {
    const groups = contents.topics.map((topic) => ({ label: topic.label, options: topic.indicators.map((one) => [one.label, one.label]) }));
    fill(byId("indicator"), groups, indicatorOf(state.measure).label);
    const all = contents.topics.map((topic) => ({
      label: topic.label,
      options: topic.indicators.flatMap((one) => one.measures.map((measure) => [measure.id, `${measure.full}, ${measure.unit}`])),
    }));
    fill(byId("with"), all, state.with);
    fill(byId("mark"), [["", "the highest of the year"], ...contents.districts], state.mark);
    const boxes = contents.districts.map(([code, name]) => {
      const label = document.createElement("label");
      const box = document.createElement("input");
      Object.assign(box, { type: "checkbox", name: "district", value: code, checked: chosen(code) });
      label.append(box, ` ${name}`);
      return label;
    });
    byId("districts").replaceChildren(...boxes);
  }

  // Load the chosen measure, and bring release and years within what it has
  async function settle() {
    const records = await load(`explorer/${state.measure}`);
    const releases = [...new Set(records.map((one) => one.release))].sort((a, b) => b - a);
    if (!releases.includes(Number(state.release))) state.release = LATEST;
    figures = rowsOf(records, state.release);
    others = rowsOf(await load(`explorer/${state.with}`), LATEST);
    years = [...new Set(figures.map((row) => row.year))].sort((a, b) => a - b);
    const within = (year, otherwise) => (years.includes(year) ? year : otherwise);
    state.from = within(state.from, years[0]);
    state.to = within(state.to, years.at(-1));
    if (state.from > state.to) [state.from, state.to] = [state.to, state.from];
    // The slider may pass a year without any figure: the nearest one that has some counts
    const wanted = state.year === null ? years.at(-1) : state.year;
    state.year = years.reduce((best, year) => (Math.abs(year - wanted) < Math.abs(best - wanted) ? year : best), years[0]);
    const indicator = indicatorOf(state.measure);
    fill(byId("measure"), indicator.measures.map((one) => [one.id, one.label]), state.measure);
    byId("measure").disabled = indicator.measures.length < 2;
    fill(byId("release"), [[LATEST, "latest for each year"], ...releases.map((one) => [one, String(one)])], state.release);
    const listed = years.map((year) => [year, String(year)]);
    fill(byId("from"), listed, state.from);
    fill(byId("to"), listed, state.to);
    Object.assign(byId("year"), { min: years[0], max: years.at(-1), value: state.year });
    byId("year").disabled = years.length < 2;
    keep();
  }

  function change() {
    delete document.body.dataset.explorer;
    next(async () => {
      try {
        await settle();
        await feed();
      } catch (error) {
        byId("status").textContent = `The figures of this choice cannot be shown: ${error.message}.`;
      }
    });
  }

  function listen() {
    const choose = (name, event, act) =>
      byId(name).addEventListener(event, () => {
        act(byId(name).value);
        change();
      });
    choose("indicator", "change", (label) => {
      const found = contents.topics.flatMap((topic) => topic.indicators).find((one) => one.label === label);
      Object.assign(state, { measure: found.measures[0].id, release: LATEST, from: null, to: null, year: null });
    });
    choose("measure", "change", (value) => (state.measure = value));
    choose("release", "change", (value) => (state.release = value));
    choose("from", "change", (value) => (state.from = Number(value)));
    choose("to", "change", (value) => (state.to = Number(value)));
    choose("year", "input", (value) => (state.year = Number(value)));
    choose("mark", "change", (value) => (state.mark = value));
    choose("with", "change", (value) => (state.with = value));
    const boxes = () => [...byId("districts").querySelectorAll("input")];
    const read = () => {
      const on = boxes().filter((box) => box.checked);
      state.districts = on.length === boxes().length ? null : new Set(on.map((box) => box.value));
      change();
    };
    byId("districts").addEventListener("change", read);
    [["all", true], ["none", false]].forEach(([name, on]) =>
      byId(name).addEventListener("click", () => {
        boxes().forEach((box) => (box.checked = on));
        read();
      })
    );
    byId("choices").addEventListener("submit", (event) => event.preventDefault());
    byId("save").addEventListener("click", download);
    byId("link").addEventListener("click", () => copyAddress(byId("link")));
    byId("details").addEventListener("toggle", () => byId("details").open && showTable());
    window.addEventListener("hashchange", () => {
      recall();
      fillIndicators();
      change();
    });
    onTheme(() => next(drawAll));
  }

  async function start() {
    try {
      contents = await load("explorer");
      measures = new Map(contents.topics.flatMap((topic) => topic.indicators.flatMap((one) => one.measures.map((measure) => [measure.id, measure]))));
      recall();
      fillIndicators();
      await settle();
    } catch (error) {
      byId("status").textContent = `The figures of this page cannot be loaded: ${error.message}. The command make book writes them.`;
      return;
    }
    listen();
    describe();
    next(drawAll);
  }

  start();
})();
