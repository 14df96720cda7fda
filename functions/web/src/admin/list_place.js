// Where the staff last stood in a list, with its filters and its page: the way back from the editor leads there, not to the beginning.
const places = new Map();

export function remember(kind) {
  places.set(kind.name, location.pathname + location.search);
}

export function backTo(kind) {
  return places.get(kind.name) ?? kind.list;
}
