// ---------------------------------------------------------------------------------------------------------------
// The page: what the reader gives, and the report they get. Everything that comes from a file becomes a text node, and
// passes `printable` on its way.
// ---------------------------------------------------------------------------------------------------------------

const ROWS = 1000;
const state = { language: /^zh\b/i.test(navigator.language) ? "zh" : "en", file: null, held: null, result: null, hint: null, run: 0 };
const $ = (id) => document.getElementById(id);
const say = (what) => what[state.language];

/** An element with a class and children; texts become text nodes, nothing is ever parsed as HTML. */
function el(tag, classes, ...children) {
  const element = document.createElement(tag);
  if (classes) element.className = classes;
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

function speak() {
  document.documentElement.lang = state.language === "zh" ? "zh-CN" : "en";
  document.title = say(WORDS.title);
  for (const element of document.querySelectorAll("[data-say]")) element.textContent = say(WORDS[element.dataset.say]);
  for (const element of document.querySelectorAll("[data-say-label]"))
    element.setAttribute("aria-label", say(WORDS[element.dataset.sayLabel]));
  for (const button of document.querySelectorAll("[data-language]")) {
    button.setAttribute("aria-pressed", String(button.dataset.language === state.language));
  }
  $("bundle-name").hidden = !state.file;
  if (state.file) $("bundle-name").textContent = `${say(WORDS.chosen)} ${printable(state.file.name)}`;
  hint(state.hint);
  if (state.result) showReport();
}

/** What was answered is about what was given then: whatever is changed, no answer stands beside it. */
function forget() {
  state.run++;
  state.result = null;
  $("report").replaceChildren();
  $("status").textContent = "";
  $("verify").disabled = false;
  hint(null);
}

function take(file) {
  if (!file) return;
  forget();
  state.file = file;
  speak();
  if (bare($("key").value)) run();
}

function hint(what) {
  state.hint = what;
  $("hint").textContent = what ? say(what) : "";
}

/** Reads what the reader gave, verifies it, shows the report. A later run makes an earlier one's answer void. */
async function run() {
  const vkey = bare($("key").value);
  if (!state.file || !vkey) return hint(state.file ? WORDS.needKey : WORDS.needBundle);
  forget();
  const number = state.run;
  $("verify").disabled = true;
  $("status").textContent = say(WORDS.working);
  const answer = await verifyFile(state.file, vkey);
  if (number !== state.run) return;
  state.result = answer;
  $("verify").disabled = false;
  showReport();
  $("verdict-title").scrollIntoView({ block: "center" });
}

async function verifyFile(file, vkey) {
  const about = { name: file.name, vkey, at: localTime(Date.now()), digest: null };
  try {
    if (file.size > MAX_BUNDLE_BYTES) readText({ length: file.size }); // says so without reading it
    const bytes = new Uint8Array(await file.arrayBuffer());
    const { labelKey, ...given } = await readGiven(); // the key is told to nobody
    Object.assign(about, given);
    const verdict = await verifyBundle(bytes, vkey, { labelKey, ...given });
    if (globalThis.crypto?.subtle) about.digest = hexOf(await sha256(bytes));
    return { ...verdict, about, rows: verdict.sound ? wordedRows(verdict) : [] };
  } catch (error) {
    const isRefused = error instanceof DOMException;
    return { ...unreadable(isRefused ? new Unreadable(WORDS.tooBig) : error), about, rows: [] };
  }
}

/** The history; null when this page fails to word it: that is no fault of the bundle, and the verdict stands. */
function wordedRows(verdict) {
  try {
    return historyOf(verdict);
  } catch {
    return null;
  }
}

function showReport() {
  const { result } = state;
  const parts = [verdictPart(result)];
  if (result.findings.length) parts.push(findingsPart(result));
  parts.push(aboutPart(result));
  if (result.persons.length) parts.push(personsPart(result.persons));
  if (result.verdict !== "unreadable") parts.push(claimsPart(result));
  if (result.sound) parts.push(...historyParts(result));
  $("report").replaceChildren(...parts);
  $("status").textContent = $("verdict-title").textContent;
}

function verdictPart(result) {
  const { verdict, unreadable: why } = result;
  const title = el("h2", "", el("span", "sign"), say(WORDS[verdict]));
  title.id = "verdict-title";
  const reason = why ? el("p", "data reason", say(why)) : null;
  const of = verdict === "sound" ? el("p", "data reason", say(summaryOf(result))) : null;
  return el(
    "section",
    `verdict ${verdict}`,
    title,
    reason,
    of,
    el("p", "", say(WORDS[result.isFork ? "forkMeans" : `${verdict}Means`])),
    verdict === "sound" ? el("p", "not-judged", say(WORDS.notJudged)) : null,
  );
}

function summaryOf({ subject, entries, size, origin }) {
  const count = entries.length;
  return said(
    `${subject}：${count} 条，出自日志 ${origin}（共 ${size} 条）`,
    `${subject}: ${count} ${count === 1 ? "entry" : "entries"} of ${size} in the log ${origin}`,
  );
}

function aboutPart({ about, subject, origin, size, entries, sound }) {
  const list = el("dl", "about");
  const tell = (word, value, classes = "data") =>
    value && list.append(el("dt", "", say(WORDS[word])), el("dd", classes, value));
  tell("file", printable(about.name));
  tell("digest", about.digest, "data mono");
  if (sound) {
    tell("subject", subject);
    tell("log", origin);
    tell("size", String(size));
    tell("entries", String(entries.length));
  } else tell("subjectSaid", subject);
  tell("keyUsed", printable(about.vkey), "data mono");
  tell("stepSince", headOf(about), "data mono");
  for (const witness of about.witnesses ?? []) tell("witness", printable(witness), "data mono");
  tell("stepLabel", about.labelFile && printable(about.labelFile));
  tell("checkedAt", about.at);
  const print = el("button", "no-print", say(WORDS.print));
  print.type = "button";
  print.addEventListener("click", () => window.print());
  return el("section", "card", el("div", "bar", el("h2", "", say(WORDS.about)), print), list);
}

/** Which older checkpoint was given: its file, and its three lines. */
function headOf({ since, sinceFile }) {
  const lines = (since ?? "").trim().slice(0, 300).split("\n").slice(0, 3);
  return printable([sinceFile, ...lines.map((line) => line.trim())].filter(Boolean).join(" · "));
}

function findingsPart({ findings, more }) {
  const rows = findings.slice(0, ROWS).map(({ name, where, what }) => {
    const chinese = state.language === "zh" && FINDING_NAMES[name];
    const title = chinese ? el("td", "name", chinese, el("small", "mono", name)) : el("td", "name mono", name);
    return el("tr", "", title, el("td", "where data mono", where), el("td", "data", say(what)));
  });
  const head = el("tr", "", ...["findingName", "findingWhere", "findingWhat"].map((word) => headCell(word)));
  const number = `${findings.length}${more ? "+" : ""}`;
  const count = say(WORDS.findings) + (state.language === "zh" ? `（${number}）` : ` (${number})`);
  return el(
    "section",
    "card findings",
    el("h2", "", count),
    scrolling(el("table", "", el("thead", "", head), el("tbody", "", ...rows)), WORDS.findings),
    more ? el("p", "help", say(WORDS.moreFindings)) : null,
  );
}

function headCell(word, classes = "") {
  const cell = el("th", classes, say(WORDS[word]));
  cell.scope = "col";
  return cell;
}

/** A part that may be wider than the screen: reachable by keyboard, with a name. */
function scrolling(table, name) {
  const region = el("div", "scroll", table);
  region.tabIndex = 0;
  region.setAttribute("role", "region");
  region.setAttribute("aria-label", say(name));
  return region;
}

function claimsPart({ claims, notClaimed }) {
  const item = ({ name, what }) => {
    const chinese = state.language === "zh" && CLAIM_NAMES[name];
    return el(
      "li",
      "",
      el("strong", "", chinese || name, chinese ? el("small", "", ` ${name}`) : null),
      el("span", "data", say(what)),
    );
  };
  const part = (word, kind, list) =>
    el("section", "card", el("h2", "", say(WORDS[word])), el("ul", `claims ${kind}`, ...list.map(item)));
  const left = part("notClaimed", "open", notClaimed);
  return claims.length ? el("div", "pair", part("proven", "proven", claims), left) : left;
}

function personsPart(persons) {
  const list = el("dl", "about");
  for (const { patient, person } of persons) {
    list.append(el("dt", "", say(WORDS.subject)), el("dd", "data", printable(patient)));
    for (const [field, value] of person) {
      list.append(
        el("dt", "data", say(wordOf(PERSON, field))),
        el("dd", "data", printable(typeof value === "string" ? value : spellJson(value))),
      );
    }
  }
  return el("section", "card", el("h2", "", say(WORDS.persons)), el("p", "help", say(WORDS.personsHelp)), list);
}

function historyParts({ rows }) {
  if (!rows) return [el("section", "card facts", el("h2", "", say(WORDS.history)), el("p", "", say(WORDS.notWorded)))];
  const own = rows.filter(({ isOfSubject }) => isOfSubject);
  const others = rows.filter(({ isOfSubject }) => !isOfSubject);
  const body = own.length
    ? [el("p", "help", say(WORDS.historyHelp)), factsTable(own, WORDS.history)]
    : [el("p", "", say(WORDS.nothing))];
  const parts = [el("section", "card facts", el("h2", "", say(WORDS.history)), ...body)];
  if (others.length) {
    const summary = el("summary", "", `${say(WORDS.beside)} · ${others.length}`);
    parts.push(el("section", "card facts", el("details", "", summary, factsTable(others, WORDS.beside))));
  }
  return parts;
}

function factsTable(rows, name) {
  const body = el("tbody", "");
  const table = el(
    "table",
    "",
    el("thead", "", el("tr", "", headCell("when"), headCell("what"), headCell("who"), headCell("index", "index"))),
    body,
  );
  const more = el("button", "more-rows no-print", say(WORDS.showMore));
  more.type = "button";
  let count = 0;
  const grow = () => {
    const next = rows.slice(count, count + ROWS);
    next.forEach((row, n) => {
      const before = rows[count + n - 1];
      if (before?.day !== row.day) body.append(dayRow(row.day));
      body.append(factRow(row));
    });
    count += next.length;
    more.hidden = count >= rows.length;
  };
  more.addEventListener("click", grow);
  grow();
  return el("div", "", scrolling(table, name), more);
}

function dayRow(day) {
  const cell = el("th", "", day);
  cell.colSpan = 4;
  cell.scope = "rowgroup";
  return el("tr", "day", cell);
}

function factRow({ index, time, appended, what, details, people, notes }) {
  const told = details.map(({ label, value }) => el("span", "", `${say(label)} `, el("b", "data", say(value))));
  const marks = notes.map(({ kind, text }) => el("span", `note ${kind}`, say(text)));
  const names = people.map((person) => el("div", "data", say(person)));
  return el(
    ...[
      "tr",
      "",
      el("td", "time", time),
      el("td", "what", el("strong", "data", say(what)), el("div", "details", ...told), ...marks),
    ],
    ...[el("td", "people", ...names), el("td", "index", String(index), el("small", "", appended))],
  );
}

/** A file dropped anywhere is the bundle, but for one dropped on the older checkpoint. */
function listen() {
  $("form").addEventListener("submit", (event) => (event.preventDefault(), run()));
  $("form").addEventListener("input", forget); // every field of it, files as well
  $("bundle").addEventListener("change", (event) => take(event.target.files[0]));
  listenToGiven();
  for (const button of document.querySelectorAll("[data-language]")) {
    button.addEventListener("click", () => ((state.language = button.dataset.language), speak()));
  }
  document.addEventListener("dragover", (event) => (event.preventDefault(), $("drop").classList.add("over")));
  document.addEventListener("dragleave", (event) => event.relatedTarget === null && $("drop").classList.remove("over"));
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    $("drop").classList.remove("over");
    const file = event.dataTransfer.files[0];
    if (event.target === $("since")) takeSince(file);
    else take(file);
  });
  $("key").addEventListener("keydown", (event) => event.key === "Enter" && (event.preventDefault(), run()));
}

listen();
speak();
window.verifyBundle = verifyBundle;
