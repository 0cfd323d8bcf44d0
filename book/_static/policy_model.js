// What becomes of the gap under a reader's own programme? The simulation of notebook 08 on its first draws.
// Pure functions: numbers in, numbers out. The equations are those of helpers.causation: a push to a stock adds
// the same path to a district's future whatever shocks it meets, so both futures are one base, with and without it.
const PolicyModel = (function () {
  "use strict";

  const STOCKS = 3; // capital, skills, business
  const Z = 1.959964; // 95 % of a normal lie within so many standard errors

  // The programme of the notebook: all interventions together, in lagging districts.
  function defaults(data) {
    return {
      budget: data.budget, // GBP million a year
      where: "lagging",
      split: data.parts.map((part) => part.share), // weights, in the order of data.parts
      joined: true,
      multiplier: data.multiplier,
      displacement: data.displacement,
      feedback: 1, // times the notebook's feedback, in every draw
    };
  }

  // Weights as shares of the money; all zero where nothing is to be bought.
  function shares(weights) {
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return weights.map((weight) => (sum > 0 ? weight / sum : 0));
  }

  // Gain in all per pound, by year and stock: helpers.causation.policy.programme.
  function programme(data, choice) {
    const lifted = data.years.slice(1).map(() => new Float64Array(STOCKS));
    const quality = choice.joined ? data.quality_joined : data.quality;
    const split = shares(choice.split);
    data.parts.forEach((part, number) => {
      const gain = choice.multiplier * data.productivity_share * (1 - part.deadweight) * (1 - choice.displacement);
      data.spending_years.forEach((year) => {
        const at = year + part.delay - data.years[1];
        if (at >= 0 && at < lifted.length) lifted[at][part.stock] += split[number] * gain * quality;
      });
    });
    return lifted;
  }

  // One draw of helpers.causation.simulate.run: from `first`, under `shock(t)` and lifts of the stocks.
  function follow(loop, draw, feedback, steps, first, shock, lift) {
    const rho = loop.rho[draw];
    const stocks = new Float64Array(STOCKS); // in log points of output per hour
    const path = new Float64Array(steps + 1);
    path[0] = first;
    for (let t = 0; t < steps; t += 1) {
      let sum = 0;
      for (let s = 0; s < STOCKS; s += 1) {
        const at = draw * STOCKS + s;
        stocks[s] = stocks[s] * (1 - loop.d[at]) + loop.b[at] * loop.g[at] * feedback * path[t];
        if (lift) stocks[s] += lift[t][s] * loop.d[at]; // wears by d a year, so adds up to one
        sum += stocks[s];
      }
      path[t + 1] = rho * path[t] + (1 - rho) * sum + (shock ? shock(t) : 0);
    }
    return path;
  }

  // What the programme adds to a district that receives its yearly output once, by draw: log points.
  function responses(data, choice) {
    const lift = programme(data, choice);
    const steps = lift.length;
    return Array.from({ length: data.draws }, (_, draw) =>
      follow(data.loop, draw, choice.feedback, steps, 0, null, lift));
  }

  // Paths without any policy, by draw and member of the two groups: helpers.causation.simulate.futures.
  function futures(data, feedback) {
    const members = data.ratios.lagging.length;
    const steps = data.years.length - 1;
    const held = (value) => Math.min(Math.max(value, -data.held), data.held);
    return Array.from({ length: data.draws }, (_, draw) =>
      Array.from({ length: members }, (__, member) => {
        const at = draw * members + member;
        const shock = (t) => data.shocks[data.hits[draw * steps + t] * members + member];
        return follow(data.loop, draw, feedback, steps, data.passing[at], shock, null)
          .map((moved) => held(moved + data.level[at]));
      }));
  }

  // GBP received in a year per GBP of yearly GVA, by member.
  function ratios(data, choice) {
    return data.ratios[choice.where].map((ratio) => (ratio * choice.budget) / data.budget);
  }

  // The gap of one draw by year, a share of the top group; `added` is what the programme adds per unit of `ratio`.
  function gap(data, paths, ratio, added) {
    return data.years.map((_, t) => {
      let top = 0;
      let bottom = 0;
      paths.forEach((path, member) => {
        const value = path[t] + (added ? added[t] * ratio[member] : 0);
        const output = Math.exp(Math.min(Math.max(value, -data.held), data.held));
        if (member < data.top) top += output;
        else bottom += output;
      });
      return 1 - bottom / (paths.length - data.top) / (top / data.top);
    });
  }

  // All draws of the gap without and with the programme, and by how much it is narrower.
  function simulate(data, choice) {
    const added = responses(data, choice);
    const ratio = ratios(data, choice);
    const base = futures(data, choice.feedback);
    const without = base.map((paths) => gap(data, paths, ratio, null));
    const withIt = base.map((paths, draw) => gap(data, paths, ratio, added[draw]));
    const effects = without.map((path, draw) => path.map((value, t) => value - withIt[draw][t]));
    return { without, with: withIt, effects };
  }

  // The drawn value nearest to a quantile, halves to the even place, as numpy's method "nearest".
  function quantile(sorted, share) {
    const place = (sorted.length - 1) * share;
    const below = Math.floor(place);
    const rest = place - below;
    const up = rest > 0.5 || (rest === 0.5 && below % 2 === 1);
    return sorted[up ? below + 1 : below];
  }

  // 95 % interval of a median that was drawn: between two of the sorted draws, whatever their distribution.
  function medianError(sorted) {
    const n = sorted.length;
    const half = (Z * Math.sqrt(n)) / 2;
    const low = Math.max(Math.floor(n / 2 - half), 1);
    const high = Math.min(Math.ceil(n / 2 + half) + 1, n);
    return [sorted[low - 1], sorted[high - 1]];
  }

  // A probability that was drawn: its standard error, and Wilson's 95 % interval, which holds for 0 of n, too.
  function probability(hits, n) {
    const p = hits / n;
    const z2 = (Z * Z) / n;
    const middle = (p + z2 / 2) / (1 + z2);
    const half = (Z / (1 + z2)) * Math.sqrt((p * (1 - p)) / n + z2 / (4 * n));
    return {
      p,
      error: Math.sqrt((p * (1 - p)) / n),
      lower: hits === 0 ? 0 : middle - half,
      upper: hits === n ? 1 : middle + half,
    };
  }

  // Median, 95 % of the draws and Monte Carlo error of the median, year by year.
  function bands(data, draws) {
    return data.years.map((_, t) => {
      const sorted = Float64Array.from(draws, (path) => path[t]).sort();
      const [lower, median, upper] = [data.ends[0], 0.5, data.ends[1]].map((share) => quantile(sorted, share));
      return { median, lower, upper, error: medianError(sorted) };
    });
  }

  function counted(draws, t, holds) {
    return probability(draws.filter((path) => holds(path[t], path)).length, draws.length);
  }

  // Everything that the page tells, year by year.
  function outcomes(data, choice) {
    const drawn = simulate(data, choice);
    const below = (value, path) => value < path[0];
    const [without, withIt, effect] = [drawn.without, drawn.with, drawn.effects].map((one) => bands(data, one));
    return data.years.map((year, t) => ({
      year,
      without: without[t],
      with: withIt[t],
      effect: effect[t],
      aboveOne: counted(drawn.effects, t, (value) => value > data.point),
      belowTodayWithout: counted(drawn.without, t, below),
      belowTodayWith: counted(drawn.with, t, below),
    }));
  }

  // L of every draw: what a log point of output per hour brings back through the stocks in the long run.
  function strengths(data, feedback) {
    return Array.from({ length: data.draws }, (_, draw) => {
      let sum = 0;
      for (let at = draw * STOCKS; at < (draw + 1) * STOCKS; at += 1) {
        sum += (data.loop.b[at] * data.loop.g[at] * feedback) / data.loop.d[at];
      }
      return sum;
    });
  }

  // Share of draws in which a lasting push never settles.
  function unsettled(data, feedback) {
    return strengths(data, feedback).filter((strength) => strength >= 1).length / data.draws;
  }

  // The largest gain in all that a year's money buys, as a share of a district's yearly output.
  function largestGain(data, choice) {
    const yearly = programme(data, choice).map((lift) => lift.reduce((sum, value) => sum + value, 0));
    return Math.max(0, ...ratios(data, choice)) * Math.max(0, ...yearly);
  }

  return {
    defaults, shares, programme, responses, futures, ratios, simulate, quantile, medianError, probability,
    outcomes, strengths, unsettled, largestGain,
  };
})();
