// Filters for the table of claims: one list each for document, topic and verdict, and a count of what is left.
// The table is read as it stands, so nothing has to be kept in step with it; without this script it is whole.
(function () {
  "use strict";

  const FILTERS = ["document", "topic", "verdict"];

  function addFilters(table) {
    const heads = [...table.querySelectorAll("thead th, thead td")].map((cell) => cell.textContent.trim());
    const rows = [...table.querySelectorAll("tbody tr")];
    const box = document.createElement("div");
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", "Filter the claims");
    box.style.cssText = "display: flex; flex-wrap: wrap; gap: 0.5rem 1.5rem; align-items: baseline; margin: 1rem 0;";
    const status = document.createElement("span");
    status.setAttribute("role", "status");

    const lists = FILTERS.filter((name) => heads.includes(name)).map((name) => {
      const place = heads.indexOf(name);
      const text = (row) => row.children[place].textContent.trim();
      const label = document.createElement("label");
      const list = document.createElement("select");
      list.name = name;
      list.id = `claims-by-${name}`;
      label.htmlFor = list.id;
      label.textContent = name;
      list.add(new Option("all", ""));
      [...new Set(rows.map(text))].sort().forEach((value) => list.add(new Option(value, value)));
      list.addEventListener("change", show);
      const pair = document.createElement("span");
      pair.append(label, " ", list);
      box.append(pair);
      return { list, text };
    });
    box.append(status);

    function show() {
      let left = 0;
      rows.forEach((row) => {
        const stays = lists.every(({ list, text }) => !list.value || text(row) === list.value);
        row.hidden = !stays;
        left += stays ? 1 : 0;
      });
      status.textContent = `${left} of ${rows.length} claims shown`;
    }

    show();
    // Above the box in which the table scrolls, if it has one
    (table.closest(".table-scroll") || table).before(box);
  }

  function start() {
    document.querySelectorAll("table.claims").forEach(addFilters);
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
