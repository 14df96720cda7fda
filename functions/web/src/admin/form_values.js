// How three versions of the values of a form come together. Pure: no DOM. Values are flat, by field name, all strings.

export const SLUG = /^[a-z0-9][a-z0-9-]{0,99}$/;

export function sameValues(a, b) {
  return Object.keys(a).every((field) => a[field] === b[field]);
}

/// [{field, base, mine, theirs, suggestion}] for each field where mine and theirs differ: suggestion "mine" when only I changed it, "theirs" when
/// only they did, null when both did: a person decides.
export function threeWay(base, mine, theirs) {
  return Object.keys(theirs).filter((field) => mine[field] !== theirs[field]).map((field) => {
    const iChanged = mine[field] !== base[field], theyChanged = theirs[field] !== base[field];
    return { field, base: base[field], mine: mine[field], theirs: theirs[field], suggestion: iChanged && theyChanged ? null : iChanged ? "mine" : "theirs" };
  });
}

export function merged(theirs, choices) {
  return { ...theirs, ...choices };
}

/// In Unicode code points, as the server counts.
export function longerThan(text, limit) {
  return text.length > limit && [...text].length > limit;
}
