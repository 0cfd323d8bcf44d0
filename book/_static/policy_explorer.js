// The page on which readers try a programme: sliders in, figures, tables and a file out.
// The numbers are those of policy_model.js, the lines those of policy_chart.js.
(function () {
  "use strict";

  const WAIT = 250; // ms of rest before the sentence changes, so that a screen reader is not talked over
  const SPLITS = [0, 1, 2, 3];
  const CONTROLS = ["budget", "where", ...SPLITS.map((at) => `split-${at}`), "joined", "multiplier", "displacement", "feedback"];
  const byId = (name) => document.getElementById(`policy-${name}`);
  const fixed = (value, digits) =>
    (Math.abs(value) < 0.5 * 10 ** -digits ? 0 : value)
      .toLocaleString("en-GB", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const percent = (share, digits = 1) => `${fixed(share * 100, digits)} %`;
  const range = (low, high, digits = 1, scale = 100) => `${fixed(low * scale, digits)} to ${fixed(high * scale, digits)}`;

  function setDefaults(data) {
    const start = PolicyModel.defaults(data);
    byId("budget").defaultValue = (100 * start.budget) / data.gva;
    [...byId("where").options].forEach((option) => { option.defaultSelected = option.value === start.where; });
    SPLITS.forEach((at) => { byId(`split-${at}`).defaultValue = 100 * start.split[at]; });
    byId("joined").defaultChecked = start.joined;
    byId("multiplier").defaultValue = start.multiplier;
    byId("displacement").defaultValue = start.displacement;
    byId("feedback").defaultValue = start.feedback;
  }

  // The address holds every setting, so that it can be sent to others or kept
  function keep() {
    const settings = CONTROLS.map(byId).map((one) => [one.id.replace("policy-", ""), one.type === "checkbox" ? (one.checked ? "yes" : "no") : one.value]);
    history.replaceState(null, "", `#${new URLSearchParams(settings)}`);
  }

  // Settings that the address holds; what it lacks, or no control can take, stays as in the notebook
  function recall() {
    const asked = new URLSearchParams(location.hash.slice(1));
    byId("form").reset();
    CONTROLS.filter((name) => asked.has(name)).forEach((name) => {
      const [control, value] = [byId(name), asked.get(name)];
      if (control.type === "checkbox") control.checked = value === "yes";
      else if (control.type === "range" ? value.trim() && Number.isFinite(Number(value)) : [...control.options].some((one) => one.value === value)) control.value = value;
    });
  }

  function read(data) {
    return {
      budget: (byId("budget").valueAsNumber / 100) * data.gva,
      where: byId("where").value,
      split: SPLITS.map((at) => byId(`split-${at}`).valueAsNumber),
      joined: byId("joined").checked,
      multiplier: byId("multiplier").valueAsNumber,
      displacement: byId("displacement").valueAsNumber,
      feedback: byId("feedback").valueAsNumber,
    };
  }

  // What each slider stands at, in words beside it and for a screen reader.
  function tellSettings(data, choice) {
    const tell = (name, text) => {
      byId(`${name}-told`).textContent = text;
      byId(name).setAttribute("aria-valuetext", text);
    };
    const years = data.spending_years.length;
    tell("budget", `GBP ${fixed(choice.budget, 0)} million (${fixed((100 * choice.budget) / data.gva, 2)} % of the ` +
      `area's GVA), GBP ${fixed(choice.budget * years, 0)} million in ${years} years`);
    PolicyModel.shares(choice.split).forEach((share, at) => tell(`split-${at}`, `${percent(share, 0)} of the money`));
    tell("multiplier", `GBP ${fixed(choice.multiplier, 2)} of GDP in all per GBP spent`);
    tell("displacement", `${percent(choice.displacement, 0)} of the gain is lost by others there`);
    const never = PolicyModel.unsettled(data, choice.feedback);
    tell("feedback", `L = ${fixed(choice.feedback * data.strength, 2)}, ${fixed(choice.feedback, 2)} times the ` +
      `notebook's; in ${percent(never)} of the draws leads grow without end`);
  }

  function answer(data, choice, last) {
    const { median, lower, upper } = last.effect;
    const ends = median < 0 ? range(-upper, -lower, 2) : range(lower, upper, 2);
    const spends = choice.budget > 0 && choice.split.some((weight) => weight > 0);
    const change = !spends ? "Nothing is spent, so nothing changes"
      : lower === 0 && upper === 0 ? `The gap of ${last.year} does not change`
      : `The gap of ${last.year} is ${fixed(Math.abs(median) * 100, 2)} points ${median < 0 ? "wider" : "narrower"} ` +
        `than without the programme (${ends} in 95 % of the draws)`;
    return `${change}. An effect above one point has a probability of ${percent(last.aboveOne.p)} ` +
      `(Monte Carlo error: ${range(last.aboveOne.lower, last.aboveOne.upper)} %). The gap is below that of ` +
      `${data.years[0]} in ${percent(last.belowTodayWith.p)} of the futures with the programme ` +
      `(${range(last.belowTodayWith.lower, last.belowTodayWith.upper)} %) and in ${percent(last.belowTodayWithout.p)} ` +
      `without (${range(last.belowTodayWithout.lower, last.belowTodayWithout.upper)} %).`;
  }

  // Where the arithmetic is stretched beyond what it can bear.
  function caution(data, choice) {
    const gain = PolicyModel.largestGain(data, choice);
    const never = PolicyModel.unsettled(data, choice.feedback);
    const told = [];
    if (gain > 0.1) {
      told.push(`A year's money would add ${percent(gain, 0)} to a district's output in all. Above a tenth the ` +
        "page's arithmetic, in logarithms, is too rough, and no place is known to have taken up so much.");
    }
    if (never > 0.1) {
      told.push(`In ${percent(never, 0)} of the draws leads grow without end. Such draws are kept, and held within a ` +
        "factor of twenty of the UK's output per hour.");
    }
    return told.join(" ");
  }

  function brief(last) {
    const { median } = last.effect;
    return `${last.year}: ${fixed(Math.abs(median) * 100, 2)} points ${median < 0 ? "wider" : "narrower"}; above one ` +
      `point in ${percent(last.aboveOne.p)}; below today's gap in ${percent(last.belowTodayWith.p)} ` +
      `(${percent(last.belowTodayWithout.p)} without)`;
  }

  // A table whose columns after the first are numbers, or stand for one
  function numbers(head, rows, caption) {
    const table = compendium.table(head, rows, caption);
    table.querySelectorAll("td, th:not(:first-child)").forEach((cell) => { cell.className = "number"; });
    return table;
  }

  function summarise(data, last) {
    const banded = (label, one, digits, unit) =>
      [label, `${fixed(one.median * 100, digits)} ${unit}`, range(one.lower, one.upper, digits), range(...one.error, digits)];
    const chance = (label, one) => [label, percent(one.p), "no band", range(one.lower, one.upper)];
    const head = ["Result", "Value", "95 % of the draws", "Monte Carlo error"];
    byId("summary").replaceChildren(numbers(head, [
      banded("Gap without the programme, median", last.without, 1, "%"),
      banded("Gap with the programme, median", last.with, 1, "%"),
      banded("Narrower by, median", last.effect, 3, "points"),
      chance("Probability that it is narrower by more than one point", last.aboveOne),
      chance(`Probability that the gap is below that of ${data.years[0]}, without`, last.belowTodayWithout),
      chance(`Probability that the gap is below that of ${data.years[0]}, with`, last.belowTodayWith),
    ], `The gap in ${last.year}`));
  }

  const YEARLY = ["Year", "Without, %", "95 % of draws", "With, %", "95 % of draws", "Narrower, points",
    "95 % of draws", "Above one point, %", "Below today without, %", "Below today with, %"];

  function yearly(rows) {
    byId("years").replaceChildren(numbers(YEARLY, rows.map((row) => [
      String(row.year),
      ...[["without", 1], ["with", 1], ["effect", 3]].flatMap(([name, digits]) => [
        fixed(row[name].median * 100, digits), range(row[name].lower, row[name].upper, digits)]),
      ...[row.aboveOne, row.belowTodayWithout, row.belowTodayWith].map((one) => fixed(one.p * 100, 1)),
    ]), "The gap and what the programme changes, year by year"));
  }

  function drawCharts(data, rows) {
    const years = rows.map((row) => row.year);
    const of = (name, what) => rows.map((row) => row[name][what] * 100);
    const band = (name, style) => ({ name: style, x: years, lower: of(name, "lower"), upper: of(name, "upper") });
    const line = (name, style, label) => ({ name: style, label, x: years, y: of(name, "median") });
    const last = rows[rows.length - 1];
    const [both, single] = [range(last.with.lower, last.with.upper, 0), range(last.effect.lower, last.effect.upper, 2)];
    byId("fan-title").textContent = `With the programme the gap of ${last.year} lies between ${both.replace("to", "and")} % in 95 % of draws`;
    byId("effect-title").textContent = `What the programme alone changes by ${last.year}: ${single} points`;
    PolicyChart.draw(byId("fan"), {
      alt: `Lines and bands of the gap by year; the figures are in the tables. ${byId("fan-title").textContent}.`,
      unit: "Gap, % of the leading group's GVA per hour",
      bands: [band("without", "without"), band("with", "with")],
      lines: [
        { name: "seen", label: "so far", x: data.seen.years, y: data.seen.gap.map((gap) => gap * 100) },
        line("without", "without", "without the programme"),
        line("with", "with", "with the programme"),
      ],
    }, 320);
    PolicyChart.draw(byId("effect"), {
      alt: `One line and its band by year; the figures are in the tables. ${byId("effect-title").textContent}.`,
      unit: "Points by which the gap is narrower",
      bands: [band("effect", "with")],
      lines: [line("effect", "with", "narrower because of the programme")],
    }, 240);
  }

  function csv(data, choice, rows) {
    const split = PolicyModel.shares(choice.split);
    const settings = {
      area: data.area,
      budget_gbp_million_a_year: choice.budget,
      spent_in: choice.where,
      ...Object.fromEntries(data.parts.map((part, at) => [`share_${part.name.replace(" ", "_")}`, split[at]])),
      joined_up: choice.joined,
      multiplier: choice.multiplier,
      displacement: choice.displacement,
      loop_strength: choice.feedback * data.strength,
      draws: data.draws,
    };
    const lines = rows.map((row) => ({
      year: row.year,
      ...Object.fromEntries(["without", "with", "effect"].flatMap((name) => [
        [`gap_${name}`, row[name].median], [`gap_${name}_lower`, row[name].lower], [`gap_${name}_upper`, row[name].upper],
        [`gap_${name}_error_lower`, row[name].error[0]], [`gap_${name}_error_upper`, row[name].error[1]]])),
      ...Object.fromEntries([["p_effect_above_1", row.aboveOne], ["p_gap_below_today_without", row.belowTodayWithout],
        ["p_gap_below_today_with", row.belowTodayWith]].flatMap(([name, one]) => [[name, one.p], [`${name}_error`, one.error]])),
      ...settings,
    }));
    return compendium.csv(Object.keys(lines[0]), lines.map((line) => Object.values(line)));
  }

  function start(data) {
    if (data.reason) {
      byId("state").textContent = data.reason;
      return;
    }
    byId("state").textContent = `All that follows is about ${data.area}.`;
    byId("groups").textContent = data.groups;
    byId("assumptions").replaceChildren(...data.assumptions.map((sentence) =>
      Object.assign(document.createElement("li"), { textContent: sentence })));
    setDefaults(data);
    recall(); // a browser may have kept what was set before the page was loaded again
    byId("form").hidden = byId("results").hidden = false;
    let rows = [];
    let resting = 0;

    function update() {
      const choice = read(data);
      rows = PolicyModel.outcomes(data, choice);
      const last = rows[rows.length - 1];
      tellSettings(data, choice);
      drawCharts(data, rows);
      summarise(data, last);
      yearly(rows);
      byId("brief").textContent = brief(last);
      byId("caution").textContent = caution(data, choice);
      clearTimeout(resting);
      resting = setTimeout(() => { byId("answer").textContent = answer(data, choice, last); }, WAIT);
    }

    const change = () => {
      keep();
      update();
    };
    byId("form").addEventListener("input", change);
    byId("back").addEventListener("click", () => {
      byId("form").reset();
      change();
    });
    window.addEventListener("hashchange", () => {
      recall();
      update();
    });
    byId("form").addEventListener("submit", (event) => event.preventDefault());
    byId("link").addEventListener("click", () => compendium.copyAddress(byId("link")));
    byId("download").addEventListener("click", () => compendium.save("policy.csv", csv(data, read(data), rows)));
    let width = byId("fan").clientWidth;
    new ResizeObserver(() => {
      if (byId("fan").clientWidth !== width) {
        width = byId("fan").clientWidth;
        drawCharts(data, rows);
      }
    }).observe(byId("fan"));
    update();
  }

  function missing() {
    byId("state").textContent = "The data of this page are not there. They are written when the book is made.";
  }

  document.addEventListener("DOMContentLoaded", () => compendium.load("policy_explorer").then(start, missing));
})();
