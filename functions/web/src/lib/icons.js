// Line icons, drawn here: 24 units, stroke in the colour of the text. They are decoration; the words beside them speak.
import { svg } from "./dom.js";

const PATHS = {
  wave: "M2 8c3.3 0 3.3 3 6.7 3S12 8 15.3 8 18.7 11 22 11M2 14c3.3 0 3.3 3 6.7 3s3.3-3 6.6-3 3.4 3 6.7 3",
  search: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16.2 16.2 21 21",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2M12 20v2M4.9 4.9l1.4 1.4M17.7 17.7l1.4 1.4M2 12h2M20 12h2M4.9 19.1l1.4-1.4M17.7 6.3l1.4-1.4",
  moon: "M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.500z",
  auto: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 3v18M12 7h4.500M12 12h9M12 17h4.5",
  user: "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4 21c.8-4 4-6 8-6s7.2 2 8 6",
  up: "M12 20V5M6 11l6-6 6 6",
  left: "M20 12H5M11 6l-6 6 6 6",
  right: "M4 12h15M13 6l6 6-6 6",
  plus: "M12 5v14M5 12h14",
  check: "M5 12.5 10 17.5 19.5 7",
  close: "M6 6l12 12M18 6 6 18",
  trash: "M4 7h16M9 7V4.500h6V7M6.5 7l1 13h9l1-13M10 11v5.500M14 11v5.5",
  edit: "M4 20l1-4.500L16.5 4 20 7.5 8.5 19 4 20zM14 6.5 17.5 10",
  eye: "M2 12c2.5-4.5 6-7 10-7s7.5 2.5 10 7c-2.5 4.5-6 7-10 7s-7.5-2.5-10-7zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z",
  warning: "M12 4 2.5 20h19L12 4zM12 10v4.500M12 17.200v.3",
  cloudOff: "M3 3l18 18M8.5 6.500A6.5 6.5 0 0 1 18 11a4 4 0 0 1 2.8 6.700M16 18.500H7A4.5 4.5 0 0 1 6.2 9.6",
  inbox: "M4 13 6.5 5h11L20 13v6H4v-6zM4 13h5l1.5 2.500h3L15 13h5",
  clock: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7.500V12l3.2 2",
  refresh: "M20 11a8 8 0 0 0-14.5-4L3 9.500M3 4v5.500h5.500M4 13a8 8 0 0 0 14.5 4l2.5-2.500M21 20v-5.500h-5.5",
  list: "M9 6h11M9 12h11M9 18h11M4.5 6h.01M4.5 12h.01M4.5 18h.01",
  ordered: "M10 6h10M10 12h10M10 18h10M4 5l1.5-1v4.500M3.8 14.200c0-1.6 2.7-1.6 2.7 0 0 1-2.7 2-2.7 3.300h2.8",
  quote: "M10 7H5v6h4c0 2.5-1.5 3.5-3.5 4M20 7h-5v6h4c0 2.5-1.5 3.5-3.5 4",
  link: "M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.300L11.8 6.500M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.700l1.2-1.2",
  image: "M4 5h16v14H4zM4 16l4.5-4.500L14 17M13 14l2.5-2.500L20 16M15.5 9h.01",
  undo: "M8 5 4 9l4 4M4 9h10a6 6 0 0 1 0 12h-3",
  redo: "M16 5l4 4-4 4M20 9H10a6 6 0 0 0 0 12h3",
  code: "M8.5 7 3.5 12l5 5M15.5 7l5 5-5 5",
  rule: "M3 12h18",
  globe: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM3 12h18M12 3c5 5 5 13 0 18M12 3c-5 5-5 13 0 18",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
};

export function icon(name) {
  return svg("svg", { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true", focusable: "false" },
    svg("path", { d: PATHS[name] }));
}
