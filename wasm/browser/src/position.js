// A position is "<epoch>-<sequence>": one place in the log (CONTRACT 1). Sequences compare only within one epoch. Pure.

export function parsePosition(text) {
  const match = /^([a-z0-9]{1,32})-(\d{1,19})$/.exec(text ?? "");
  return match ? { epoch: match[1], sequence: BigInt(match[2]) } : null;
}

/// True when what `snapshot` shows already contains the event at `event`. Another epoch is another log: never covered.
export function covers(snapshot, event) {
  const seen = parsePosition(snapshot), at = parsePosition(event);
  return Boolean(seen && at && seen.epoch === at.epoch && seen.sequence >= at.sequence);
}

export function sameEpoch(a, b) {
  const one = parsePosition(a), other = parsePosition(b);
  return Boolean(one && other && one.epoch === other.epoch);
}

/// The one of both that is further on; `news` where they do not compare (another epoch, or nothing known yet).
export function further(known, news) {
  return parsePosition(news) === null || covers(known, news) ? known : news;
}
