// ---------------------------------------------------------------------------------------------------------------
// What the reader gives besides the bundle: the older checkpoint, the keys of witnesses, the key for labels. A file is
// used as it lies there, byte by byte, or it is told that it cannot be: never as if it had not been given.
// ---------------------------------------------------------------------------------------------------------------

const LONGEST_SHOWN = 1 << 16; // characters of a file's text in the field; all of it is used

/** What a file, a mail or an input method may add to a key: Unicode's White_Space, and a byte order mark. */
const AROUND =
  "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a" +
  "\u2028\u2029\u202f\u205f\u3000\ufeff";

/** The key alone, of a text that it was copied with. Not `trim`: that knows another white space than FORMAT.md. */
function bare(text) {
  let [start, end] = [0, text.length];
  while (start < end && AROUND.includes(text[start])) start++;
  while (start < end && AROUND.includes(text[end - 1])) end--;
  return text.slice(start, end);
}

/** `{since, sinceFile, witnesses, labelKey, labelFile}`; texts, null where nothing was given, "" for what is no text. */
async function readGiven() {
  const { held } = state;
  const typed = $("since").value.trim() ? $("since").value : null;
  const label = $("label-file").files[0];
  const lines = $("witnesses").value.split("\n");
  return {
    since: held ? await held.text : typed,
    sinceFile: held?.name,
    witnesses: lines.map(bare).filter(Boolean),
    labelKey: label ? await textIn(label) : null,
    labelFile: label?.name,
  };
}

/** The text in a file, with nothing dropped and nothing replaced; "" where there is none: that is no key and no note. */
async function textIn(file) {
  try {
    return textOf(new Uint8Array(await file.arrayBuffer()));
  } catch {
    return "";
  }
}

/** The file of the older checkpoint. What stood in the field goes at once; the file's text is shown when it is read. */
async function takeSince(file) {
  if (!file) return;
  forget();
  const held = { name: file.name, text: textIn(file) };
  state.held = held;
  $("since").value = "";
  showHeld();
  const text = await held.text;
  if (state.held !== held) return;
  if (!text.trim()) hint(WORDS.noCheckpoint);
  else if (text.length <= LONGEST_SHOWN) {
    const lines = text.replace(/^\ufeff/, "").split(/\r?\n/);
    $("since").value = lines.map(printable).join("\n");
  }
}

/** The field is the reader's own from here on: what they write there, or nothing. */
function dropHeld() {
  state.held = null;
  $("since-file").value = "";
  showHeld();
}

function showHeld() {
  $("since-name").textContent = printable(state.held?.name ?? "");
  $("since-clear").hidden = !state.held;
}

function showLabelKey() {
  const [file] = $("label-file").files;
  $("label-name").textContent = printable(file?.name ?? "");
  $("label-clear").hidden = !file;
}

function listenToGiven() {
  $("since").addEventListener("input", dropHeld);
  $("since-file").addEventListener("change", (event) => takeSince(event.target.files[0]));
  $("since-clear").addEventListener("click", () => {
    $("since").value = "";
    dropHeld();
    forget();
    $("since-file").focus();
  });
  $("label-file").addEventListener("change", showLabelKey);
  $("label-clear").addEventListener("click", () => {
    $("label-file").value = "";
    forget();
    showLabelKey();
    $("label-file").focus();
  });
}
