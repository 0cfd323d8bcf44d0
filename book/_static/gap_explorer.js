// The gap page: which specifications are counted, what they say, and where the reader's own lies among them.
// Verdicts and changes come from helpers.gaps.specification; here they are only chosen, counted and drawn.
(function () {
  "use strict";

  const ALL = "";
  const UNKNOWN = "cannot be known";
  const BINS = 60; // along the curve, for the choices below it
  const STEPS = { shares: 19, choices: 14 }; // pixels per row
  const START = { series: "smoothed" }; // the notebook's own sentence is on the published series
  const { load, draw, csv, save, table, fill, onTheme, queue, copyAddress } = window.compendium;
  const next = queue();
  const byId = (name) => document.getElementById(`gap-${name}`);

  let contents;
  let rows; // every specification
  let filter; // choice -> option, or ALL
  let own; // choice -> option
  let once; // whether definitions that share a verdict count once
  const views = {};

  function unpack() {
    const { columns, codes, change, lower, upper } = contents;
    const names = Object.keys(columns);
    return change.map((value, at) => {
      const row = { change: value, lower: lower[at], upper: upper[at] };
      names.forEach((name) => (row[name] = codes[name][parseInt(columns[name][at], 36)]));
      return row;
    });
  }

  const matches = (row, wanted) => Object.entries(wanted).every(([name, value]) => value === ALL || row[name] === value);
  const words = (name, value) => contents.choices.find((one) => one.id === name).options.find((pair) => pair[0] === value)[1];
  const title = (name) => contents.choices.find((one) => one.id === name).title;
  const percent = (share) => `${(share * 100).toFixed(1)} %`;

  function counted() {
    const drop = once && filter.definition === ALL ? contents.once : [];
    return rows.filter((row) => matches(row, filter) && !drop.includes(row.definition));
  }

  // Counts and shares of the verdicts; shares among those that can be known
  function tally(some) {
    const counts = Object.fromEntries(contents.verdicts.map((name) => [name, 0]));
    let rose = 0;
    some.forEach((row) => {
      counts[row.verdict] += 1;
      rose += row.change > 0 ? 1 : 0;
    });
    const known = some.length - counts[UNKNOWN];
    const share = (name) => (known ? counts[name] / known : null);
    return { total: some.length, counts, known, share, rose: some.length ? rose / some.length : null };
  }

  // One line for all, then one per option of each choice that is left open
  function tallies() {
    const some = counted();
    const lines = [{ choice: "all", option: "all", row: "All that are counted", short: "all", ...tally(some) }];
    contents.choices.forEach(({ id, options }) => {
      const present = options.filter(([value]) => some.some((row) => row[id] === value));
      if (present.length < 2) return;
      present.forEach(([value, name, short]) =>
        lines.push({ choice: id, option: value, row: `${title(id)}: ${name}`, short: short, ...tally(some.filter((row) => row[id] === value)) })
      );
    });
    return lines;
  }

  // ---- the own choice

  const drawnDefinition = () => filter.definition || own.definition;

  function amount(value, definition) {
    const [scale, unit] = contents.units[definition];
    const scaled = value * scale;
    const sign = scaled > 0 ? "+" : scaled < 0 ? "−" : "";
    return `${sign}${Math.abs(scaled).toFixed(scale === 100 ? 1 : 3)} ${unit}`;
  }

  function tellOwn(sorted) {
    const mine = rows.find((row) => matches(row, own));
    if (!mine) {
      byId("verdict").textContent = "This combination does not exist: the release lacks the measure or the years, the area has too few districts, or the guide's groups have another size.";
      return;
    }
    const band = mine.lower === null ? "no band: the series is ours and was never revised" : `band ${amount(mine.lower, mine.definition)} to ${amount(mine.upper, mine.definition)}`;
    const below = sorted.filter((row) => row.change < mine.change).length;
    const place = sorted.includes(mine)
      ? ` Of the ${sorted.length.toLocaleString("en-GB")} specifications in the curve below, ${percent(below / sorted.length)} give a lower change.`
      : " It is not among the specifications that are counted now, so the curve does not show it.";
    byId("verdict").textContent = `Your choice, ${mine.first_year} to ${mine.last_year}: ${amount(mine.change, mine.definition)} (${band}). Verdict: ${mine.verdict}.${place}`;
  }

  // ---- charts

  const FEED = {
    shares: () =>
      tallies().flatMap((line, order) => {
        let at = 0;
        return contents.verdicts.slice(0, 4).filter((verdict) => line.share(verdict) > 0).map((verdict) => {
          const share = line.share(verdict) * 100;
          const bar = { row: line.short, order, verdict, from: at, to: at + share, middle: at + share / 2, words: share >= 8 ? share.toFixed(0) : "", told: `${line.row}: ${share.toFixed(1)} % ${verdict} (${line.counts[verdict].toLocaleString("en-GB")} of ${line.known.toLocaleString("en-GB")})` };
          at += share;
          return bar;
        });
      }),
    curve: () => {
      const [scale] = contents.units[drawnDefinition()];
      const times = (value) => (value === null ? null : value * scale);
      return curveRows().map((row, rank) => ({
        rank,
        change: row.change * scale,
        lower: times(row.lower),
        upper: times(row.upper),
        verdict: row.verdict,
        own: matches(row, own),
        told: `${amount(row.change, row.definition)}, ${row.verdict}: ${contents.choices.map(({ id }) => words(id, row[id])).join("; ")}`,
      }));
    },
    choices: () => {
      const sorted = curveRows();
      const size = Math.max(sorted.length / BINS, 1);
      return contents.choices.flatMap(({ id, options }, place) => {
        const present = options.filter(([value]) => sorted.some((row) => row[id] === value));
        if (present.length < 2) return [];
        return present.flatMap(([value, name, short], at) =>
          Array.from({ length: Math.ceil(sorted.length / size - 1e-9) }, (_, bin) => {
            const part = sorted.slice(Math.round(bin * size), Math.round((bin + 1) * size));
            const share = part.filter((row) => row[id] === value).length / part.length;
            return { row: short, order: 100 * place + at, begin: bin * size, end: Math.min((bin + 1) * size, sorted.length - 1), share, told: `${title(id)}, ${name}: ${percent(share)} of the specifications here` };
          })
        );
      });
    },
  };

  function curveRows() {
    const definition = drawnDefinition();
    const open = { ...filter, definition };
    return rows.filter((row) => matches(row, open)).sort((a, b) => a.change - b.change);
  }

  function describe() {
    const all = tally(counted());
    const shares = contents.verdicts.slice(0, 4).map((name) => `${percent(all.share(name) || 0)} ${name}`);
    const unknown = all.counts[UNKNOWN] ? ` Of ${all.counts[UNKNOWN].toLocaleString("en-GB")} more it cannot be known.` : "";
    byId("status").textContent = all.total
      ? `${all.known.toLocaleString("en-GB")} specifications: ${all.known ? shares.join(", ") : "no verdict can be known"}.${unknown} The gap rose at all, whatever the band, in ${percent(all.rose)} of all ${all.total.toLocaleString("en-GB")}.`
      : "No specification has all of these choices.";
    const sorted = curveRows();
    tellOwn(sorted);
    tell("shares", "Verdicts, overall and by each choice that is left open", byId("status").textContent);
    const definition = drawnDefinition();
    const unit = contents.units[definition][1];
    const ends = sorted.length ? `From ${amount(sorted[0].change, definition)} to ${amount(sorted.at(-1).change, definition)}.` : "";
    tell("curve", `Change of the gap, ${unit} (${words("definition", definition)})`, `${sorted.length.toLocaleString("en-GB")} specifications of one definition, as others have other units; ${contents.area}. ${ends} Below the curve: the stronger the colour of a choice, the more of the specifications there have it. Green diamond: yours.`);
    byId("once").disabled = filter.definition !== ALL;
    if (byId("details").open) showTable();
  }

  function tell(name, heading, caption) {
    byId(`${name}-title`).textContent = heading;
    const box = byId(name);
    box.setAttribute("aria-label", `${heading}. ${caption}`);
    box.closest("figure").querySelector("figcaption").textContent = caption;
  }

  function showTable() {
    const verdicts = contents.verdicts;
    const body = tallies().map((line) => [
      line.row,
      line.total.toLocaleString("en-GB"),
      ...verdicts.slice(0, 4).map((name) => (line.known ? percent(line.share(name)) : "")),
      line.counts[UNKNOWN].toLocaleString("en-GB"),
      line.total ? percent(line.rose) : "",
    ]);
    byId("table").replaceChildren(table(["choice", "specifications", ...verdicts, "rose at all"], body, "Shares are of those whose verdict can be known; the last but one column counts the others."));
  }

  function download() {
    const verdicts = contents.verdicts;
    const columns = ["choice", "option", "specifications", ...verdicts, ...verdicts.slice(0, 4).map((name) => `share ${name}`), "share rose"];
    const body = tallies().map((line) => [line.choice, line.option, line.total, ...verdicts.map((name) => line.counts[name]), ...verdicts.slice(0, 4).map(line.share), line.rose]);
    save("shares_of_verdicts.csv", csv(columns, body));
  }

  async function feed() {
    describe();
    for (const [name, view] of Object.entries(views)) {
      const some = FEED[name]();
      if (STEPS[name]) view.height(STEPS[name] * new Set(some.map((one) => one.row)).size);
      await view.data("rows", some).resize().runAsync();
    }
    document.body.dataset.gap = "ready";
  }

  async function drawAll() {
    for (const name of Object.keys(FEED)) {
      if (views[name]) views[name].finalize();
      views[name] = await draw(byId(name), contents.charts[name], { renderer: name === "curve" ? "canvas" : "svg" });
    }
    await feed();
  }

  // ---- choices and the address

  function keep() {
    const parts = new URLSearchParams();
    Object.entries(filter).forEach(([name, value]) => value !== ALL && parts.set(name, value));
    Object.entries(own).forEach(([name, value]) => parts.set(`own_${name}`, value));
    parts.set("once", once ? "yes" : "no");
    history.replaceState(null, "", `#${parts}`);
  }

  function recall() {
    const asked = new URLSearchParams(location.hash.slice(1));
    const fresh = location.hash.length < 2;
    const known = (name, value) => contents.codes[name].includes(value);
    filter = {};
    own = {};
    contents.choices.forEach(({ id, options }) => {
      const [wanted, mine] = [asked.get(id), asked.get(`own_${id}`)];
      filter[id] = known(id, wanted) ? wanted : fresh && START[id] && options.length > 1 ? START[id] : ALL;
      own[id] = known(id, mine) ? mine : contents.own[id];
    });
    once = asked.get("once") !== "no";
  }

  function list(form, prefix, { id, title: heading, options }, chosen, act) {
    const box = document.createElement("div");
    const label = document.createElement("label");
    const select = document.createElement("select");
    select.id = `gap-${prefix}-${id}`;
    label.htmlFor = select.id;
    label.textContent = heading;
    fill(select, options, chosen);
    select.addEventListener("change", () => {
      act(id, select.value);
      change();
    });
    box.append(label, select);
    form.append(box);
  }

  function fillForms() {
    const [filters, owns] = [byId("filter"), byId("own")];
    filters.replaceChildren();
    owns.replaceChildren();
    contents.choices.forEach((choice) => {
      list(filters, "filter", { ...choice, options: [[ALL, "all"], ...choice.options] }, filter[choice.id], (id, value) => (filter[id] = value));
      list(owns, "own", choice, own[choice.id], (id, value) => (own[id] = value));
    });
    const label = document.createElement("label");
    const box = document.createElement("input");
    Object.assign(box, { type: "checkbox", id: "gap-once", checked: once });
    box.addEventListener("change", () => {
      once = box.checked;
      change();
    });
    label.className = "check";
    label.append(box, " Count definitions that share a verdict once");
    const reset = document.createElement("button");
    Object.assign(reset, { type: "button", textContent: "Count all specifications again" });
    reset.addEventListener("click", () => {
      Object.keys(filter).forEach((name) => (filter[name] = ALL));
      fillForms();
      change();
    });
    filters.append(label, reset);
  }

  function change() {
    delete document.body.dataset.gap;
    keep();
    next(feed);
  }

  async function start() {
    try {
      contents = await load("gap_explorer");
    } catch (error) {
      byId("status").textContent = `The data of this page cannot be loaded: ${error.message}. The command make book writes them.`;
      return;
    }
    if (!contents.own) {
      byId("status").textContent = `There are too few districts in ${contents.area} to form a top and a bottom group, so there is no gap to measure.`;
      return;
    }
    rows = unpack();
    recall();
    fillForms();
    byId("save").addEventListener("click", download);
    byId("link").addEventListener("click", () => copyAddress(byId("link")));
    byId("details").addEventListener("toggle", () => byId("details").open && showTable());
    [byId("filter"), byId("own")].forEach((form) => form.addEventListener("submit", (event) => event.preventDefault()));
    window.addEventListener("hashchange", () => {
      recall();
      fillForms();
      change();
    });
    onTheme(() => next(drawAll));
    describe();
    next(drawAll);
  }

  start();
})();
