// Addresses that may stand in an article. Pure.

export const LINK_SCHEMES = ["http:", "https:", "mailto:"];
export const IMAGE_SCHEMES = ["https:"];

/// A place on this site, or an absolute address of one of `schemes`; "example.org/x" is given its https. Null: no such thing, and
/// nothing that a sanitiser would let through.
export function cleanAddress(text, schemes = LINK_SCHEMES) {
  const trimmed = text.trim();
  if (trimmed === "") return null;
  if (/^[/#?]/.test(trimmed) && !trimmed.startsWith("//")) return trimmed;
  try {
    return schemes.includes(new URL(trimmed).protocol) ? trimmed : null;
  } catch {
    return /^[\w-]+(\.[\w-]+)+([/?#]|$)/.test(trimmed) ? `https://${trimmed}` : null;
  }
}
