// Find your district: a search box that knows present and former names, and the names on the map.
// The names stand in the page as JSON. Without this script the map and the list of all pages still work.
(function () {
  "use strict";

  const MOST = 8;

  function plain(text) {
    return text.normalize("NFKD").replace(/[\u0300-\u036f'’.]/g, "").replace(/&/g, "and").replace(/[^a-z0-9]+/gi, " ")
      .trim().toLowerCase();
  }

  function start() {
    const box = document.getElementById("district-finder");
    if (!box) return;
    const { area, names } = JSON.parse(document.getElementById("finder-index").textContent);
    const known = names.map((entry) => ({ ...entry, key: plain(entry.name) }));
    const form = box.querySelector("form");
    const input = box.querySelector("input");
    const list = box.querySelector("[role=listbox]");
    const status = box.querySelector("[role=status]");
    const pointed = box.querySelector(".finder-pointed");
    let shown = [];
    let active = -1;
    form.hidden = false;

    function matches(text) {
      const word = plain(text);
      if (!word) return [];
      // Beginnings of names first, then of words, then anything; pages of this book before others
      const rank = ({ key }) => (key.startsWith(word) ? 0 : ` ${key}`.includes(` ${word}`) ? 1 : 2);
      return known.filter(({ key }) => key.includes(word))
        .sort((a, b) => !a.page - !b.page || rank(a) - rank(b) || a.key.localeCompare(b.key));
    }

    function show() {
      const found = matches(input.value);
      const here = found.filter((entry) => entry.page);
      shown = here.slice(0, MOST);
      active = -1;
      list.replaceChildren(...shown.map((entry, place) => {
        const option = document.createElement("li");
        option.id = `finder-option-${place}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.textContent = entry.now ? `${entry.name} (now ${entry.now})` : entry.name;
        option.addEventListener("mousedown", (event) => event.preventDefault()); // the box keeps the focus
        option.addEventListener("click", () => open(entry));
        return option;
      }));
      unfold(shown.length > 0);
      input.removeAttribute("aria-activedescendant");
      status.textContent = told(here, found);
    }

    function told(here, found) {
      if (!plain(input.value)) return "";
      if (here.length > MOST) return `${here.length} names found, the first ${MOST} are shown.`;
      if (here.length) return here.length === 1 ? "1 name found." : `${here.length} names found.`;
      if (!found.length) return `No district of the UK has had a name with “${input.value.trim()}”.`;
      const { name, now, region } = found[0];
      return `${name}${now ? ` (now ${now})` : ""} is in ${region}: this book is about ${area} and has no page of it.`;
    }

    function unfold(yes) {
      list.hidden = !yes;
      input.setAttribute("aria-expanded", String(yes));
    }

    function move(to) {
      const options = [...list.children];
      if (!options.length) return;
      unfold(true);
      active = (to + options.length) % options.length;
      options.forEach((option, place) => option.setAttribute("aria-selected", String(place === active)));
      input.setAttribute("aria-activedescendant", options[active].id);
      options[active].scrollIntoView({ block: "nearest" });
    }

    function open(entry) {
      window.location.href = `districts/${entry.page}.html`;
    }

    input.addEventListener("input", show);
    input.addEventListener("blur", () => unfold(false));
    input.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown") move(active + 1);
      else if (event.key === "ArrowUp") move(active < 0 ? -1 : active - 1);
      else if (event.key === "Escape") {
        if (list.hidden) input.value = "";
        unfold(false);
        status.textContent = "";
      } else return;
      event.preventDefault();
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const exact = shown.filter((entry) => entry.key === plain(input.value));
      const chosen = active >= 0 ? shown[active] : shown.length === 1 ? shown[0] : exact[0];
      if (chosen) open(chosen);
      else if (shown.length) move(0); // several are left: show which one Enter would open
    });

    box.querySelectorAll("svg a").forEach((link) => {
      const name = link.querySelector("title").textContent;
      for (const kind of ["pointerenter", "focus"]) {
        link.addEventListener(kind, () => { pointed.textContent = name; });
      }
    });
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
