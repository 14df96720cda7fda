// One article or course (kinds.js), written.
//
// Saving   sends the whole of it with the ETag it was read with (If-Match). Who was slower is asked, field by field
//          (conflict.js). A new one is POSTed with one Idempotency-Key for the same text, so a second try makes no second one.
// Unsaved  text is kept in this browser as it is typed (autosave.js) and offered again, on the version it was written on.
// Others   every few seconds it is asked for with its ETag; when somebody else has saved, the page says so at once.
import { confirm } from "../lib/dialog.js";
import { find, h, replace } from "../lib/dom.js";
import { explain } from "../lib/explain.js";
import { Problem, newKey } from "../lib/freshet.js";
import { errorState, lineSkeletons } from "../lib/states.js";
import { describe, onLanguage } from "../lib/text.js";
import { toast } from "../lib/toast.js";
import { forget, keep, kept } from "./autosave.js";
import { resolveConflict } from "./conflict.js";
import { EditorForm } from "./editor_form.js";
import { sameValues } from "./form_values.js";
import { backTo } from "./list_place.js";
import { tellSaved } from "./news.js";

const AUTOSAVE_MS = 600, POLL_MS = 8000;

export function editorView(kind, id) {
  return (box, tools) => new EditorView(kind, box, tools, id).unmount;
}

class EditorView {
  #kind;
  #box;
  #tools;
  #id;
  #form = null;
  /// It as the server has it, its values, its ETag; `pristine` is how the form read right after it was filled.
  #record = null;
  #base;
  #pristine;
  #etag = null;
  #key = newKey();
  #autosave = null;
  #saving = false;
  #theirsSeen = null;
  #stopped = false;

  constructor(kind, box, tools, id) {
    this.#kind = kind;
    this.#base = this.#pristine = kind.empty();
    this.#box = box;
    this.#tools = tools;
    this.#id = id;
    tools.setTitle(kind.say(id ? "editor.edit" : "editor.new"));
    const poll = setInterval(() => this.#look(), POLL_MS);
    const offs = [onLanguage(() => this.#fillExtras())];
    this.unmount = () => {
      this.#stopped = true;
      clearInterval(poll);
      this.#keepNow();
      offs.forEach((off) => off());
      this.#form?.destroy();
    };
    this.#open();
  }

  async #open() {
    replace(this.#box, h("div", { class: "panel" }, lineSkeletons(6)));
    try {
      const [extras, answer] = await Promise.all([this.#kind.extras(), this.#id && this.#kind.get(this.#id, { auth: "user" })]);
      if (this.#stopped) return;
      this.#build(extras);
      this.#take(answer?.body ?? null, answer?.etag ?? null);
      this.#offerKept();
      if (!this.#id) this.#form.focusFirst();
    } catch (error) {
      if (!this.#stopped) replace(this.#box, errorState(error, () => this.#open()));
    }
  }

  #build(extras) {
    this.#form = new EditorForm({
      kind: this.#kind,
      extras,
      onChange: () => this.#changed(),
      onSave: (status) => this.#save(status),
      onDelete: () => this.#delete(),
    });
    replace(this.#box, this.#form.element);
  }

  // Fills the form with what the server has.
  #take(record, etag, values = record ? this.#kind.valuesOf(record) : this.#kind.empty()) {
    this.#record = record;
    this.#etag = etag;
    this.#base = record ? this.#kind.valuesOf(record) : this.#kind.empty();
    this.#theirsSeen = null;
    this.#form.fill(values);
    this.#pristine = this.#form.values();
    this.#draw();
  }

  #dirty() {
    return this.#form !== null && !sameValues(this.#form.values(), this.#pristine);
  }

  /// What I wrote; a field I did not touch is what the server sent, letter by letter.
  #mine() {
    const now = this.#form.values();
    return Object.fromEntries(Object.entries(now).map(([field, value]) => [field, value === this.#pristine[field] ? this.#base[field] : value]));
  }

  #draw(state = this.#dirty() ? "editor.unsaved" : this.#record ? "editor.saved" : "editor.empty") {
    this.#form.draw({ record: this.#record, state, dirty: this.#dirty(), saving: this.#saving });
  }

  #changed() {
    this.#key = newKey();
    this.#draw();
    clearTimeout(this.#autosave);
    this.#autosave = setTimeout(() => this.#keepNow(), AUTOSAVE_MS);
  }

  #keepNow() {
    clearTimeout(this.#autosave);
    if (!this.#form) return;
    if (!this.#dirty()) return;
    const done = keep(this.#keepName(), { values: this.#mine(), base: this.#base, etag: this.#etag });
    if (!this.#stopped) this.#draw(done ? "editor.keptHere" : "editor.unsaved");
  }

  #keepName() {
    return this.#id ?? `new.${this.#kind.name}`;
  }

  #offerKept() {
    const record = kept(this.#keepName());
    if (!record) return;
    if (sameValues(record.values, this.#base)) return forget(this.#keepName());
    this.#form.offer({
      at: record.at,
      restore: () => {
        this.#form.fill(record.values);
        if (record.etag && this.#id) {
          this.#etag = record.etag;
          this.#base = record.base;
        }
        this.#draw();
      },
      discard: () => forget(this.#keepName()),
    });
  }

  async #save(status) {
    if (this.#saving) return;
    const values = { ...this.#mine(), status: status ?? this.#base.status };
    const wrong = this.#kind.validate(values);
    this.#form.showErrors(wrong);
    if (Object.keys(wrong).length > 0) return;
    await this.#write(values, this.#etag);
  }

  async #write(values, etag) {
    this.#saving = true;
    this.#draw("editor.saving");
    const sent = this.#form.values();
    try {
      const answer = this.#id ? await this.#kind.replace(this.#id, this.#kind.bodyOf(values), etag) : await this.#kind.create(this.#kind.bodyOf(values), this.#key);
      this.#saved(answer, sent, values);
    } catch (error) {
      this.#saving = false;
      this.#draw();
      await this.#refused(error, values);
    } finally {
      this.#saving = false;
      if (!this.#stopped) this.#draw();
    }
  }

  #saved({ body, etag, position }, sent, values) {
    const before = this.#record?.status;
    forget(this.#keepName());
    tellSaved(position);
    this.#key = newKey();
    toast("good", savedText(before, body.status));
    if (!this.#id) this.#born(body.id);
    if (this.#stopped) return;
    this.#record = body;
    this.#etag = etag;
    this.#base = this.#kind.valuesOf(body);
    this.#theirsSeen = null;
    this.#form.clearNotice();
    this.#showStored(sent, values);
  }

  #born(id) {
    this.#id = id;
    if (this.#stopped) return;
    history.replaceState(null, "", `${this.#kind.path}/${id}`);
    this.#tools.setTitle(this.#kind.say("editor.edit"));
  }

  // What was stored may differ from what was sent: the sanitiser took something out, a slug was made. The form shows the truth
  // where nobody has typed on meanwhile, and is left alone where it already does, so that the cursor stays.
  #showStored(sent, values) {
    const stored = this.#base, now = this.#form.values();
    const differs = Object.keys(stored).filter((field) => stored[field] !== values[field] && now[field] === sent[field]);
    if (differs.some((field) => this.#kind.isHtml(field))) toast("info", "editor.sanitised");
    this.#form.fill(stored, differs);
    const shown = this.#form.values();
    this.#pristine = Object.fromEntries(Object.keys(stored).map((field) => [field, now[field] === sent[field] ? shown[field] : sent[field]]));
    this.#pristine.status = stored.status;
  }

  async #refused(error, values) {
    if (!(error instanceof Problem)) return toast("bad", explain(error));
    if (error.status === 412) return this.#resolve(values);
    if (error.status === 404 && this.#id) return this.#gone(values);
    if (error.status === 409) return this.#form.showErrors({ slug: ["editor.slugTaken"] });
    const fields = {};
    for (const [name, reasons] of Object.entries(error.errors)) {
      const field = this.#kind.fieldOf(name);
      if (field) fields[field] = ["error.refused", { detail: [reasons].flat().join(" ") }];
    }
    if (Object.keys(fields).length > 0) this.#form.showErrors(fields);
    else toast("bad", explain(error));
  }

  async #resolve(values) {
    const answer = await this.#fetchTheirs();
    if (!answer) return;
    const decided = await resolveConflict({ kind: this.#kind, base: this.#base, mine: values, theirs: this.#kind.valuesOf(answer.body), changedAt: answer.body.updated_at });
    if (!decided) {
      this.#warn(answer.etag);
      return;
    }
    if (sameValues(decided, this.#kind.valuesOf(answer.body))) {
      forget(this.#id);
      this.#form.clearNotice();
      this.#take(answer.body, answer.etag);
      return;
    }
    this.#record = answer.body;
    this.#base = this.#kind.valuesOf(answer.body);
    this.#etag = answer.etag;
    this.#form.fill(decided);
    await this.#write(decided, answer.etag);
  }

  async #fetchTheirs() {
    try {
      return await this.#kind.get(this.#id, { auth: "user" });
    } catch (error) {
      if (error instanceof Problem && error.status === 404) await this.#gone(this.#mine());
      else toast("bad", explain(error));
      return null;
    }
  }

  async #gone(values) {
    if (!(await confirm({ title: this.#kind.say("editor.goneTitle"), text: "editor.goneText", action: this.#kind.say("editor.goneAction") }))) return;
    forget(this.#id);
    this.#id = null;
    this.#etag = null;
    await this.#write(values, null);
  }

  // Somebody else may be writing. Untouched text follows by itself; touched text is never replaced, only warned about.
  async #look() {
    if (!this.#id || !this.#etag || this.#saving || document.visibilityState !== "visible" || !navigator.onLine) return;
    try {
      const asked = this.#etag;
      const answer = await this.#kind.get(this.#id, { auth: "user", ifNoneMatch: this.#theirsSeen ?? asked });
      if (answer.status === 304 || this.#stopped || this.#saving || asked !== this.#etag || answer.etag === this.#etag) return;
      if (sameValues(this.#kind.valuesOf(answer.body), this.#base)) this.#etag = answer.etag; // a category was renamed, say
      else if (this.#dirty()) this.#warn(answer.etag);
      else {
        this.#take(answer.body, answer.etag);
        toast("info", this.#kind.say("editor.followed"));
      }
    } catch {
      // the next look, or saving, will tell
    }
  }

  #warn(etag) {
    this.#theirsSeen = etag;
    this.#form.warnChanged(() => this.#resolve(this.#mine()));
  }

  async #delete() {
    if (!(await confirm({ title: [this.#kind.say("admin.deleteAsk"), { count: 1 }], text: "admin.deleteText", action: "admin.delete", danger: true }))) return;
    try {
      const { position } = await this.#kind.remove(this.#id, this.#etag);
      forget(this.#id);
      tellSaved(position);
      this.#pristine = this.#form.values();
      toast("good", [this.#kind.say("admin.deletedMany"), { count: 1 }]);
      this.#tools.navigate(backTo(this.#kind));
    } catch (error) {
      if (error instanceof Problem && error.status === 412) {
        toast("bad", this.#kind.say("editor.changedBeforeDelete"));
        this.#look();
      } else toast("bad", explain(error));
    }
  }

  async #fillExtras() {
    try {
      this.#form?.offerExtras(await this.#kind.extras());
    } catch {
      // what is offered stays in the other language
    }
  }
}

function savedText(before, now) {
  if (now === "published") return before === "published" ? "editor.updatedToast" : "editor.publishedToast";
  return before === "published" ? "editor.unpublishedToast" : "editor.savedToast";
}
