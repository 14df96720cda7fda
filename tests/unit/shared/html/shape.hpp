// What is true of everything that the sanitiser writes, checked by reading it with other eyes: no tokenizer, no tree builder of ours.
#pragma once

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::html::testing {

inline bool parses_as_attributes(std::string_view rest, std::string_view tag, std::string& why) {
  static const std::map<std::string, std::set<std::string>, std::less<>> kAllowed{
      {"a", {"href", "title", "rel"}}, {"img", {"src", "alt", "title", "width", "height"}}, {"ol", {"start"}},
      {"td", {"colspan", "rowspan"}}, {"th", {"colspan", "rowspan", "scope"}}};
  while (!rest.empty()) {
    const std::size_t equals = rest.find("=\"");
    if (rest.front() != ' ' || equals == std::string_view::npos) return why = "attributes that are not ` name=\"value\"`", false;
    const std::string name(rest.substr(1, equals - 1));
    const std::size_t quote = rest.find('"', equals + 2);
    if (quote == std::string_view::npos) return why = "an open quote", false;
    const std::string_view value = rest.substr(equals + 2, quote - equals - 2);
    const auto allowed = kAllowed.find(tag);
    if (name != "lang" && name != "dir" && (allowed == kAllowed.end() || !allowed->second.contains(name))) return why = "attribute " + name + " on " + std::string(tag), false;
    if (value.find_first_of("<>") != std::string_view::npos) return why = "a raw angle bracket in a value", false;
    if (name == "href" || name == "src") {
      std::string lower;
      for (const char c : value) lower.push_back(static_cast<char>(std::tolower(static_cast<unsigned char>(c))));
      const std::size_t colon = lower.find_first_of(":/?#");
      const bool scheme = colon != std::string::npos && lower[colon] == ':';
      if (lower.find_first_of("\t\n\r") != std::string::npos) return why = "a stripped character in an address", false;
      // Before a slash, question or hash a colon makes a scheme only of scheme characters, so refusing every other prefix is stricter.
      const std::string prefix = scheme ? lower.substr(0, colon) : "";
      const bool scheme_like = scheme && std::all_of(prefix.begin(), prefix.end(), [](unsigned char c) { return std::isalnum(c) || c == '+' || c == '-' || c == '.'; }) &&
                               !prefix.empty() && std::isalpha(static_cast<unsigned char>(prefix.front()));
      if (scheme_like && prefix != "http" && prefix != "https" && !(prefix == "mailto" && name == "href")) return why = "scheme " + prefix, false;
    }
    rest.remove_prefix(quote + 1);
  }
  return true;
}

// Empty when `html` is a balanced tree of listed elements with the nesting that the HTML parser keeps, else what is wrong.
inline std::string what_is_wrong(std::string_view html, std::size_t depth_max) {
  static const std::set<std::string, std::less<>> kLeaf{"p", "h2", "h3", "h4", "h5", "h6", "pre"};
  static const std::set<std::string, std::less<>> kContainer{"blockquote", "div", "figure", "figcaption", "li", "td", "th", "caption"};
  static const std::set<std::string, std::less<>> kPhrasing{"strong", "em", "b", "i", "u", "s", "sub", "sup", "code", "a", "span"};
  static const std::set<std::string, std::less<>> kVoid{"br", "img", "hr"};
  static const std::map<std::string, std::set<std::string, std::less<>>, std::less<>> kOnly{
      {"ul", {"li"}}, {"ol", {"li"}}, {"table", {"caption", "thead", "tbody", "tfoot"}}, {"thead", {"tr"}}, {"tbody", {"tr"}}, {"tfoot", {"tr"}}, {"tr", {"td", "th"}}};
  static const std::map<std::string, std::set<std::string, std::less<>>, std::less<>> kParent{
      {"li", {"ul", "ol"}}, {"figcaption", {"figure"}}, {"caption", {"table"}}, {"thead", {"table"}}, {"tbody", {"table"}}, {"tfoot", {"table"}},
      {"tr", {"thead", "tbody", "tfoot"}}, {"td", {"tr"}}, {"th", {"tr"}}};
  std::vector<std::string> open;
  std::string why;
  for (std::size_t at = 0; at < html.size();) {
    const auto c = static_cast<unsigned char>(html[at]);
    if (c == '>' || (c < 0x20 && c != '\n' && c != '\t') || c == 0x7F) return "a raw `>` or control character";
    if (c == '&') {
      const std::string_view rest = html.substr(at);
      if (!rest.starts_with("&amp;") && !rest.starts_with("&lt;") && !rest.starts_with("&gt;")) return "a raw ampersand";
    }
    const bool structure = !open.empty() && kOnly.contains(open.back());
    if (c != '<') {
      if (structure && c != ' ' && c != '\n' && c != '\t') return "text in " + open.back();
      ++at;
      continue;
    }
    const std::size_t close = html.find('>', at);
    if (close == std::string_view::npos) return "an open tag";
    std::string_view tag = html.substr(at + 1, close - at - 1);
    at = close + 1;
    if (tag.starts_with('/')) {
      if (open.empty() || open.back() != tag.substr(1)) return "an end tag that ends nothing: " + std::string(tag);
      open.pop_back();
      continue;
    }
    const std::size_t name_end = std::min(tag.find(' '), tag.size());
    const std::string name(tag.substr(0, name_end));
    if (!parses_as_attributes(tag.substr(name_end), name, why)) return why;
    const bool phrasing = kPhrasing.contains(name) || name == "br" || name == "img";
    if (!phrasing && !kLeaf.contains(name) && !kContainer.contains(name) && !kOnly.contains(name) && name != "hr") return "element " + name;
    if (structure && !kOnly.at(open.back()).contains(name)) return name + " in " + open.back();
    if (const auto parent = kParent.find(name); parent != kParent.end() && (open.empty() || !parent->second.contains(open.back()))) return name + " outside its parent";
    if (!phrasing && !open.empty() && (kLeaf.contains(open.back()) || kPhrasing.contains(open.back()))) return "block " + name + " in " + open.back();
    if (kPhrasing.contains(name) && name != "span" && name != "sub" && name != "sup") {
      for (std::size_t i = open.size(); i-- > 0 && kPhrasing.contains(open[i]);) {
        if (open[i] == name) return name + " in its like";
      }
    }
    if (name == "a" && tag.find(" rel=\"noopener nofollow\"") == std::string_view::npos) return "a link without rel";
    if (!kVoid.contains(name)) open.push_back(name);
    if (open.size() > depth_max) return "too deep";
  }
  return open.empty() ? "" : "left open: " + open.back();
}

}  // namespace freshet::html::testing
