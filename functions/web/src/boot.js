// Runs before the first paint (a classic script in the head): colours and language are right from the first frame.
// Until the words are Thai, a Thai page keeps its English ones invisible (styles/base.css, [data-booting]).
(() => {
  const root = document.documentElement;
  const read = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  };
  root.dataset.theme = read("freshet.theme") || "auto";
  const asked = new URLSearchParams(location.search).get("language") || read("freshet.language");
  const thai = asked ? asked === "th" : navigator.languages.some((tag) => tag.toLowerCase().startsWith("th"));
  if (thai) {
    root.lang = "th";
    root.dataset.booting = "";
  }
})();
