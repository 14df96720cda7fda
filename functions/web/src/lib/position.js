// A position is "<epoch>-<sequence>": one place in the log (CONTRACT 1). Sequences compare only within one epoch.

export function parsePosition(text) {
  const match = /^([a-z0-9]{1,32})-(\d{1,19})$/.exec(text ?? "");
  return match ? { epoch: match[1], sequence: BigInt(match[2]) } : null;
}

/// True when what `snapshot` shows already contains the event at `event`. Another epoch is another log: never covered.
export function covers(snapshot, event) {
  const seen = parsePosition(snapshot), at = parsePosition(event);
  return Boolean(seen && at && seen.epoch === at.epoch && seen.sequence >= at.sequence);
}
