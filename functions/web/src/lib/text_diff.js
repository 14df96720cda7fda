// diff(before, after): what changed between two texts, in words; Thai words too, which no space separates.
//
// Shape    [{kind: "same" | "added" | "removed", text}], joined in order: "same" + "removed" give `before`, "same" + "added" `after`.
// Bounds   Myers' greedy algorithm, O((n+m)·d); after DISTANCE_MAX differences the middle is shown as replaced whole.
// Source   E. Myers, "An O(ND) difference algorithm and its variations", 1986.

const DISTANCE_MAX = 1500;

export function diff(before, after) {
  const a = words(before), b = words(after);
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const middle = script(a.slice(start, a.length - end), b.slice(start, b.length - end));
  return joined([
    { kind: "same", text: a.slice(0, start).join("") },
    ...middle,
    { kind: "same", text: end ? a.slice(-end).join("") : "" },
  ]);
}

export function words(text) {
  if (!globalThis.Intl?.Segmenter) return text.match(/\s+|[^\s]+/g) ?? [];
  return [...new Intl.Segmenter("th", { granularity: "word" }).segment(text)].map(({ segment }) => segment);
}

function script(a, b) {
  if (a.length === 0 || b.length === 0) return replaced(a, b);
  const trace = forward(a, b);
  return trace ? backward(a, b, trace) : replaced(a, b);
}

function replaced(a, b) {
  return [{ kind: "removed", text: a.join("") }, { kind: "added", text: b.join("") }];
}

// The furthest x reached on each diagonal, kept for each number of differences.
function forward(a, b) {
  const trace = [];
  let reach = new Map([[1, 0]]);
  for (let distance = 0; distance <= Math.min(DISTANCE_MAX, a.length + b.length); distance++) {
    trace.push(new Map(reach));
    for (let diagonal = -distance; diagonal <= distance; diagonal += 2) {
      let x = stepsDown(reach, diagonal, distance) ? reach.get(diagonal + 1) : reach.get(diagonal - 1) + 1;
      while (x < a.length && x - diagonal < b.length && a[x] === b[x - diagonal]) x++;
      reach.set(diagonal, x);
      if (x >= a.length && x - diagonal >= b.length) return trace;
    }
  }
  return null;
}

function stepsDown(reach, diagonal, distance) {
  return diagonal === -distance || (diagonal !== distance && reach.get(diagonal - 1) < reach.get(diagonal + 1));
}

function backward(a, b, trace) {
  const parts = [];
  let x = a.length, y = b.length;
  for (let distance = trace.length - 1; distance >= 0; distance--) {
    const reach = trace[distance], diagonal = x - y;
    const from = stepsDown(reach, diagonal, distance) ? diagonal + 1 : diagonal - 1;
    const fromX = distance === 0 ? 0 : reach.get(from), fromY = distance === 0 ? 0 : fromX - from;
    while (x > fromX && y > fromY) parts.push({ kind: "same", text: a[(x--, y--, x)] });
    if (x > fromX) parts.push({ kind: "removed", text: a[--x] });
    else if (y > fromY) parts.push({ kind: "added", text: b[--y] });
  }
  return parts.reverse();
}

function joined(parts) {
  const result = [];
  for (const part of parts) {
    if (part.text === "") continue;
    if (result.at(-1)?.kind === part.kind) result.at(-1).text += part.text;
    else result.push({ ...part });
  }
  return result;
}
