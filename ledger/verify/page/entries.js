// ---------------------------------------------------------------------------------------------------------------
// Entries: is one spelled as the format says, and does it agree with itself? (FORMAT.md, "Entry"). The tree proves
// that these are the log's bytes; this, that they can be understood in one way only.
// ---------------------------------------------------------------------------------------------------------------

const ENTRY_FORMAT = "treatment-ledger/1";
const MAX_ENTRY_BYTES = 65535;
const ENTRY_KEYS = ["format", "type", "appended_at", "tags", "fact"];
const TYPE_SPELLING = /^[a-z]+(?:-[a-z]+)*\.v[1-9][0-9]{0,3}$/;
const APPENDED = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+08:00$/;
const HAPPENED = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.(?!000000)\d{6})?\+08:00$/;

/** Fields of a fact that name something, and the kind of tag that the entry must then bear. */
const NAMING = new Map(
  Object.entries({
    id: "id",
    patient: "patient",
    session: "session",
    assessment: "assessment",
    prescription: "prescription",
    episode: "episode",
    stay: "stay",
    inspection: "inspection",
    institution: "institution",
    practitioner: "practitioner",
    therapist: "practitioner",
    physician: "practitioner",
    assessors: "practitioner",
    key_id: "key",
  }),
);

/** Facts of a registry, and the field whose name their `registry:` tag bears. */
const REGISTERED = new Map([
  ...["InstitutionRegistered", "InstitutionQualified", "InstitutionSuspended", "InstitutionReinstated"].map((type) => [
    type,
    "institution",
  ]),
  ...["PractitionerRegistered", "PractitionerQualified", "PractitionerDeparted", "SigningKeyEnrolled"].map((type) => [
    type,
    "practitioner",
  ]),
]);

/** `{tags: Set, fact: Map, type, appendedAt}` of an entry's bytes; `{wrong: said}` of one that is not as it must be. */
function readEntry(bytes) {
  if (bytes.length > MAX_ENTRY_BYTES) {
    return {
      wrong: said(
        `${bytes.length} 字节，一条最多 ${MAX_ENTRY_BYTES} 字节`,
        `${bytes.length} bytes, an entry has at most ${MAX_ENTRY_BYTES}`,
      ),
    };
  }
  const { value, wrong } = readSpelled(bytes);
  if (wrong) return { wrong };
  if (!hasKeys(value, ENTRY_KEYS)) {
    const keys = ENTRY_KEYS.join(", ");
    return { wrong: said(`应为对象，依次有键 ${keys}`, `an object with the keys ${keys} in this order is expected`) };
  }
  const offence = wrongInEntry(value) ?? wrongInOwn(value.get("fact"), value.get("tags"));
  if (offence) return { wrong: offence };
  const [, type, appendedAt, tags, fact] = value.values();
  return { tags: new Set(tags), fact, type, appendedAt };
}

/** `{value, text}` of strict JSON in any spelling; `{wrong: said}` of other bytes. */
function readStrictly(bytes) {
  let read, text;
  try {
    text = textOf(bytes);
    read = readJson(text);
  } catch (error) {
    const why = error instanceof JsonError ? error.said : said("不是 UTF-8", "it is not UTF-8");
    return { wrong: said(`不是 JSON：${why.zh}`, `not JSON: ${why.en}`) };
  }
  if (read.doubts.length) return { wrong: read.doubts[0] };
  if (read.isHalf) return { wrong: said("含有半个代理对", "half a surrogate pair stands in it") };
  return { value: read.value, text };
}

/** `{value}` of JSON in the one spelling of entries and statements: no space, no escape that need not be. */
function readSpelled(bytes) {
  const { value, text, wrong } = readStrictly(bytes);
  if (wrong) return { wrong };
  if (spellJson(value) !== text) {
    return {
      wrong: said("有多余的空白或转义", "it has a space between tokens, or an escape that is none of the format's"),
    };
  }
  return { value };
}

/** Whether it is an object with exactly these keys, in this order. */
function hasKeys(value, keys) {
  if (!(value instanceof Map) || value.size !== keys.length) return false;
  return Array.from(value.keys()).every((key, n) => key === keys[n]); // joined, one key could be taken for two
}

function wrongInEntry(entry) {
  const [format, type, appendedAt, tags, fact] = entry.values();
  if (format !== ENTRY_FORMAT) return said(`format：应为 ${ENTRY_FORMAT}`, `format: ${ENTRY_FORMAT} is expected`);
  if (!isInstant(appendedAt, APPENDED)) {
    return said(
      "appended_at：应为 2021-03-01T15:31:02.123456+08:00 这样的时刻",
      "appended_at: an instant such as 2021-03-01T15:31:02.123456+08:00 is expected",
    );
  }
  if (!Array.isArray(tags) || !tags.length || !tags.every((tag) => typeof tag === "string" && TAG_SPELLING.test(tag))) {
    return said("tags：应为 patient:P1 这样的标签列表", "tags: a list of tags such as patient:P1 is expected");
  }
  if (tags.some((tag, n) => n && tags[n - 1] >= tag)) {
    return said("tags：应按字符顺序排列，每个一次", "tags: they are sorted, and each stands once");
  }
  if (!(fact instanceof Map)) return said("fact：应为对象", "fact: an object is expected");
  if (
    typeof type !== "string" ||
    !TYPE_SPELLING.test(type) ||
    type.slice(0, type.lastIndexOf(".")) !== kebab(fact.get("type"))
  ) {
    return said(
      `type：${shown(type)} 与 fact 的类型 ${shown(fact.get("type") ?? null)} 不符`,
      `type: ${shown(type)} is not that of the fact, ${shown(fact.get("type") ?? null)}`,
    );
  }
  for (const field of ["at", "recorded_at"]) {
    if ((field === "at" || fact.has(field)) && !isInstant(fact.get(field), HAPPENED)) {
      return said(
        `fact：${field}：应为 2021-03-01T15:30:00+08:00 这样的时刻`,
        `fact: ${field}: an instant such as 2021-03-01T15:30:00+08:00 is expected`,
      );
    }
  }
  const missing = tagNotBorne(fact, new Set(tags));
  if (missing)
    return said(
      `tags：事实提到 ${missing}，条目却没有这个标签`,
      `tags: the fact names ${missing}, and the entry does not bear that tag`,
    );
  const strange = registryTagWrong(fact, tags);
  if (strange)
    return said(
      `tags：${strange} 只属于该登记册的事实`,
      `tags: ${strange} stands on facts of that registry alone`,
    );
  return null;
}

/** A `registry:` tag that this fact may not bear, if there is one: with it, an entry would call for no registries. */
function registryTagWrong(fact, tags) {
  const type = fact.get("type");
  const field = REGISTERED.get(type) ?? null;
  const isOfPatient = tags.some((tag) => tag.startsWith("patient:"));
  const isRegistry = (tag) => tag === "registry:rulebook" || /^registry:(?:institution|practitioner):/.test(tag);
  const isRight = (tag) => {
    if (type === "EntryCorrected") return isRegistry(tag) && !isOfPatient;
    if (type === "SigningKeyRevoked") return tag.startsWith("registry:practitioner:"); // names the key, and not whose
    if (type === "RulebookAdopted") return tag === "registry:rulebook";
    const name = field === null ? null : fact.get(field);
    return typeof name === "string" && tag === `registry:${field}:${name}`;
  };
  return tags.find((tag) => tag.startsWith("registry:") && !isRight(tag));
}

/** `SessionStopped` → `session-stopped`; of anything that is no such name, null. */
function kebab(name) {
  if (typeof name !== "string" || !/^(?:[A-Z][a-z]+)+$/.test(name)) return null;
  return name.replace(/(?!^)[A-Z]/g, "-$&").toLowerCase();
}

/** Whether it is spelled so, and an instant of the years 1 to 9999, at +08:00 and in UTC. */
function isInstant(value, spelling) {
  if (typeof value !== "string" || !spelling.test(value)) return false;
  const [year, month, day, hour, minute, second] = value.slice(0, 19).split(/[-T:]/).map(Number);
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
  if (year < 1 || day < 1 || day > days || hour > 23 || minute > 59 || second > 59) return false;
  return !(year === 1 && month === 1 && day === 1 && hour < 8);
}

function tagNotBorne(fact, tags) {
  const named = Array.from(fact);
  if (fact.get("type") === "EntryCorrected") named.push([fact.get("field"), fact.get("new")]);
  for (const [field, value] of named) {
    const kind = NAMING.get(field);
    if (kind === undefined) continue;
    for (const name of Array.isArray(value) ? value : [value]) {
      if (typeof name === "string" && !tags.has(`${kind}:${name}`)) return `${kind}:${name}`;
    }
  }
  return null;
}

/** What is wrong with one of the three facts that only a ledger makes (FORMAT.md, "Own entries"); null for others. */
function wrongInOwn(fact, tags) {
  const type = fact.get("type");
  const isText = (value) => typeof value === "string";
  const isHash = (field) => parseBase64(fact.get(field))?.length === HASH_BYTES;
  const isWhole = (field) => fact.get(field) instanceof JsonNumber && fact.get(field).whole !== null;
  const isPatients = (tag) => tag === `patient:${fact.get("patient")}`;
  if (tags.includes("seal:index") !== (type === "IndexSealed") || (type === "IndexSealed" && tags.length > 1)) {
    return said(
      "seal:index 只属于 IndexSealed，且是它唯一的标签",
      "a seal of the index bears seal:index alone, and nothing else does",
    );
  }
  const isRight = {
    IndexSealed: () => isWhole("size") && isWhole("tags") && isHash("root"),
    PersonCommitted: () => isText(fact.get("patient")) && isHash("commitment") && tags.every(isPatients),
    PersonErased: () =>
      isText(fact.get("patient")) &&
      tags.every((tag) => isPatients(tag) || tag.startsWith("practitioner:")) &&
      Array.isArray(fact.get("approvals")) &&
      fact.get("approvals").length > 1 &&
      fact.get("approvals").every(isText),
  };
  if (!Object.hasOwn(isRight, type) || isRight[type]()) return null;
  return said(`不是 ${type} 应有的字段或标签`, `these are not the fields or the tags of ${type}`);
}
