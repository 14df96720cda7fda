// Text that was typed and not yet saved, kept in this browser: a crash, a lost login or a closed tab costs nothing.
//
// Shape    one record for each article ("new" for one that has no id): {values, base, etag, at}. `etag` and `base` are those the
//          text was written on, so that restoring it later still finds out whether somebody else was faster.
// Bounds   RECORDS_MAX, the oldest go first; when the storage is full, nothing is kept and keep() says so.

const PREFIX = "freshet.unsaved.", RECORDS_MAX = 20;

export function keep(id, record) {
  try {
    localStorage.setItem(PREFIX + id, JSON.stringify({ ...record, at: new Date().toISOString() }));
    prune();
    return true;
  } catch {
    return false;
  }
}

export function kept(id) {
  try {
    const record = JSON.parse(localStorage.getItem(PREFIX + id));
    return record?.values && record.at ? record : null;
  } catch {
    return null;
  }
}

export function forget(id) {
  try {
    localStorage.removeItem(PREFIX + id);
  } catch {
    // nothing was kept
  }
}

function prune() {
  const names = Object.keys(localStorage).filter((name) => name.startsWith(PREFIX));
  if (names.length <= RECORDS_MAX) return;
  const age = (name) => kept(name.slice(PREFIX.length))?.at ?? "";
  names.sort((a, b) => (age(a) < age(b) ? -1 : 1));
  for (const name of names.slice(0, names.length - RECORDS_MAX)) localStorage.removeItem(name);
}
