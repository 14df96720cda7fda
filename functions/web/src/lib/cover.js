// cover(article): a picture for an article that has none, drawn from its id: the same article looks the same everywhere.
//
// Shape    layered waves in one of HUES palettes (by category, so that a category has a colour). Purely decorative.
import { svg } from "./dom.js";

const WIDTH = 400, HEIGHT = 225, LAYERS = 4, HUES = 6, STEP = 25;

export function cover(article) {
  const random = generator(hash(article.id ?? ""));
  const palette = hash(article.category?.slug ?? "") % HUES;
  const sun = { cx: 60 + random() * 280, cy: 30 + random() * 80, r: 18 + random() * 26 };
  return svg("svg", {
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "xMidYMid slice", class: `cover cover-${palette}`, "aria-hidden": "true",
  },
    svg("rect", { class: "cover-sky", width: WIDTH, height: HEIGHT }),
    svg("circle", { class: "cover-sun", ...sun }),
    Array.from({ length: LAYERS }, (_, layer) => svg("path", { class: `cover-wave-${layer}`, d: wave(layer, random) })));
}

function wave(layer, random) {
  const level = HEIGHT * (0.42 + layer * 0.15), height = 14 + random() * 22, shift = random() * Math.PI * 2;
  const length = 1.2 + random() * 1.6;
  const points = [];
  for (let x = -STEP; x <= WIDTH + STEP; x += STEP) {
    points.push([x, level + Math.sin((x / WIDTH) * Math.PI * 2 * length + shift) * height * (0.6 + 0.4 * Math.cos(x / 130 + shift))]);
  }
  return `M${-STEP} ${HEIGHT}L${points[0][0]} ${points[0][1].toFixed(1)}${points.slice(1).map(curve).join("")}V${HEIGHT}Z`;
}

// Through the middles of the chords, so that the line has no corners.
function curve([x, y], index, rest) {
  const [nextX, nextY] = rest[index + 1] ?? [x, y];
  return `Q${x} ${y.toFixed(1)} ${(x + nextX) / 2} ${((y + nextY) / 2).toFixed(1)}`;
}

// FNV-1a
export function hash(text) {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return value >>> 0;
}

// mulberry32
function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
