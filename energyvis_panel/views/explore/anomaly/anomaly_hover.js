// What the hover of a flagged run says, by `format`; `marks` holds its numbers, `names` those of its categories.
// The words are those of took_text, reason_text, node_text and network_text in state/explore/anomaly/anomalies.py.
const of = (column) => marks.data[column][special_vars.index];
const name = (column) => names[column][of(column)] ?? "None";
const whole = (number) => number.toLocaleString("en-US");
const signed = (number) => (number >= 0 ? "+" : "") + number.toFixed(1);
const two = (number) => String(number).padStart(2, "0");
const threeDigits = (number) => {
  const rounded = Number(number.toPrecision(3));
  const decimals = rounded === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(rounded))));
  return rounded.toLocaleString("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
};
const power = (watts) => (watts >= 10000 ? `${threeDigits(watts / 1000)} kW` : `${threeDigits(watts)} W`);
const duration = (seconds) => {
  const all = Math.round(seconds), minutes = Math.floor(all / 60) % 60, hours = Math.floor(all / 3600);
  if (hours >= 24) return `${Math.floor(hours / 24)} d ${hours % 24} h`;
  if (hours) return `${hours} h ${two(minutes)} min`;
  return all >= 60 ? `${minutes} min ${two(all % 60)} s` : `${threeDigits(seconds)} s`;
};
const energy = (joules) => {
  const scales = [["GWh", 3.6e12], ["MWh", 3.6e9], ["kWh", 3.6e6], ["Wh", 3.6e3], ["J", 1]];
  const [unit, perUnit] = scales.find(([, per]) => joules >= per) ?? scales[4];
  return `${threeDigits(joules / perUnit)} ${unit}`;
};
const took = () => {
  const fence = ["inside the fences", "beyond the inner fence", "beyond the outer fence"][of("fences")];
  const methods = `z = ${signed(of("z"))}; ${fence}; forest ${of("score").toFixed(2)}`;
  return `Took ${threeDigits(of("factor"))} times what its settings predict (${methods})`;
};
const reason = () => {
  const by = of("by"), sd = signed(by);
  switch (of("why")) {
    case 0: return `Hung: ${power(by)} for ${duration(of("hung_s"))}`;
    case 1: return `Ran ${by > 0 ? "longer" : "shorter"} than predicted (${sd} sd)`;
    case 2: return `Drew ${by > 0 ? "more" : "less"} power than predicted (${sd} sd)`;
    default: return "Neither run time nor power lies far off by itself";
  }
};
const node = () => {
  const runs = of("week_runs"), flagged = of("week_flagged");
  if (runs === 1) return `The only run of node ${name("node")} that week`;
  const week = "normal that week";
  let fared = `${runs === 2 ? "both of its" : `its ${whole(runs)}`} runs are ${week}`;
  if (flagged > 1) fared = `${whole(flagged)} of ${whole(runs)} runs flagged that week`;
  else if (flagged === 1) fared = `its other ${runs === 2 ? "run is" : `${whole(runs - 1)} runs are`} ${week}`;
  return `Node ${name("node")}: ${fared}`;
};
const network = () => {
  const size = `${whole(of("size"))} parameters, ${of("depth")} layers`;
  return `${name("dataset")}, ${size}, ${name("shape")}, ${name("hardware")}`;
};
const started = () => {
  const at = new Date(of("x")).toISOString();
  const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  return `${at.slice(8, 10)} ${months[Number(at.slice(5, 7)) - 1]} ${at.slice(0, 4)} ${at.slice(11, 16)} UTC`;
};
const says = { took, reason, node, network, started, batch: () => name("batch"), energy: () => energy(of("energy_j")) };
return says[format]();
