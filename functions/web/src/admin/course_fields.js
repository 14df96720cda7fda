// The fields of a course: a title and a description, both plain text.
import { find, h } from "../lib/dom.js";
import { LIMITS } from "./course_form.js";
import { field, idOf } from "./editor_form.js";

export class CourseFields {
  constructor({ onChange }) {
    this.main = h("section", { class: "panel language-panel" },
      field("title", "editor.title", onChange, (props) => h("input", { ...props, type: "text", class: "title-input", maxlength: LIMITS.title * 2 })),
      field("description", "courses.description", onChange, (props) => h("textarea", { ...props, rows: 10 })));
    this.side = null;
  }

  destroy() {}

  offer() {}

  focusFirst() {
    this.goTo("title");
  }

  read(name) {
    return find(`#${idOf(name)}`, this.main).value;
  }

  write(name, value) {
    find(`#${idOf(name)}`, this.main).value = value;
  }

  goTo(name) {
    find(`#${idOf(name)}`, this.main).focus();
  }
}
