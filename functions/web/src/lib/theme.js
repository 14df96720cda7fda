// Light, dark, or as the system has it. boot.js sets the attribute before the first paint; this changes it later.

export const THEMES = ["auto", "light", "dark"];
const STORED = "freshet.theme";

export function theme() {
  const value = document.documentElement.dataset.theme;
  return THEMES.includes(value) ? value : "auto";
}

export function setTheme(value) {
  document.documentElement.dataset.theme = value;
  try {
    localStorage.setItem(STORED, value);
  } catch {
    // lasts as long as the page
  }
}
