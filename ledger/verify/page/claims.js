// ---------------------------------------------------------------------------------------------------------------
// What a sound bundle proves, and what nobody should read into it. A statement stands under "proven" only when a check
// stands behind it; the names are those of FORMAT.md, "What this form does not claim".
// ---------------------------------------------------------------------------------------------------------------

const KINDS = [
  ["session", "次治疗"],
  ["prescription", "张项目单"],
  ["assessment", "次评定"],
];

const NO_EARLIEST = said(
  "最早何时记录：没有见证人表明，某一条不是在其入账时间之后或之前很久才写下的。能限制倒填日期的，只有读者此前所持、其中还没有这一条的凭据。包内没有时间戳令牌（RFC 3161）：代替它的是见证人联署的时间。",
  "An earliest time: no witness shows that a line was not written long after, or long before, its append time. Dating back is bounded only by what a reader held before, in which the line is missing. No time token (RFC 3161) is in a bundle: in place of one stands the time at which a witness cosigned.",
);

const pluralOf = (noun) => (noun.endsWith("y") ? `${noun.slice(0, -1)}ies` : `${noun}s`);
const counted = (count, noun) => `${count} ${Number(count) === 1 ? noun : pluralOf(noun)}`;

/** What was proven. `told`: what the steps of `verifyBundle` left, all of them passed. */
function claimsOf(told) {
  const { parts, head, older, isHeld, seen, signed, persons } = told;
  const log = said(
    `日志 ${head.origin}（其密钥签署时共 ${head.size} 条）`,
    `the log ${head.origin}, as its key signed it when it had ${counted(head.size, "entry")}`,
  );
  const proven = [...entryClaims(parts, log), ...streamClaims(parts, head.size - 1n)];
  const prove = (name, zh, en) => proven.push(claim(name, said(zh, en)));
  if (parts.inclusion)
    prove(
      "entry by entry",
      `每一条都在${log.zh}中，且就在其序号处，不只是在封存的索引里。`,
      `Each entry here stands in ${log.en}, at its index, and not in the seal only.`,
    );
  if (older) {
    const whose = isHeld
      ? said("您所持的检查点", "the checkpoint you hold")
      : said("包内较早的检查点", "the older one inside");
    const advice = isHeld ? said("", "") : said("请与您所持的比对。", " Compare it with yours.");
    prove(
      "append-only",
      `自${whose.zh}以来没有改写：${head.size} 条的日志延续了 ${older.size} 条的日志。${advice.zh}`,
      `Nothing was rewritten since ${whose.en}: the log of ${counted(head.size, "entry")} continues that of ${older.size}.${advice.en}`,
    );
  }
  if (seen.length) {
    const names = seen
      .map(({ name }) => name)
      .sort()
      .join(", ");
    prove(
      "one story",
      `所问的见证人看到的就是这个检查点：${names}。`,
      `The witnesses asked about saw this very checkpoint: ${names}.`,
    );
    proven.push(claim("timely", timelySaid(seen)));
  }
  const signatures = signedSaid(signed);
  if (signatures)
    prove(
      "attributable",
      `以下签名由在本日志登记、此前未撤销的密钥作出，所签与此前所记一致：${signatures.zh}。`,
      `Signed with keys enrolled in this log and not revoked before, over what had been recorded until then: ${signatures.en}.`,
    );
  if (persons.length) proven.push(claim("forgettable", personsSaid(told)));
  const texts = parts.rulebooks.size;
  if (texts)
    prove(
      "with rulebooks",
      `所附的 ${texts} 份规则正是被采用的文本，一字不差。`,
      `The texts of rulebooks inside (${texts}) are those that were adopted, word for word.`,
    );
  return proven;
}

function entryClaims({ entries, indexes }, log) {
  const count = entries.length;
  if (!count)
    return [
      claim(
        "authentic",
        said(`封存条目逐字节就是${log.zh}的最后一条。`, `The seal is, byte for byte, the last entry of ${log.en}.`),
      ),
    ];
  return [
    claim(
      "authentic",
      said(
        `这里的 ${count} 条，逐字节就是${log.zh}中封存的条目。`,
        `Every entry here (${count}) is, byte for byte, the one that is sealed in ${log.en}.`,
      ),
    ),
    claim(
      "in order",
      said(
        `按进入日志的先后排列，序号 ${indexes[0]} 至 ${indexes[count - 1]}。`,
        `They stand in the order in which the log took them in, at indexes ${indexes[0]} to ${indexes[count - 1]}.`,
      ),
    ),
  ];
}

function streamClaims({ streams, absent }, sealed) {
  const [subject, ...others] = streams;
  const here = others.filter((stream) => !absent.has(stream)).join(", ");
  const none = others.filter((stream) => absent.has(stream)).join(", ");
  const whole = absent.has(subject)
    ? said(
        `没有任何记录：序号小于 ${sealed} 的条目中，没有一条封存在 ${subject} 之下。`,
        `There is nothing: no entry below ${sealed} was sealed under ${subject}.`,
      )
    : said(
        `序号小于 ${sealed} 的条目中，凡封存在 ${subject} 之下的都在这里，一条不少。`,
        `Nothing was left out: every entry below ${sealed} that was sealed under ${subject} is here.`,
      );
  const claims = [claim("complete", whole)];
  if (here)
    claims.push(
      claim(
        "with registry",
        said(`同样完整、一并在此的还有：${here}。`, `Whole in the same way, and beside it: ${here}.`),
      ),
    );
  if (none)
    claims.push(
      claim(
        "without entry",
        said(`序号小于 ${sealed} 的条目中，没有一条封存在其下：${none}。`, `No entry below ${sealed} was sealed under: ${none}.`),
      ),
    );
  return claims;
}

function personsSaid({ persons, committed, labelKey }) {
  const at = persons.map(({ index }) => index).join(", ");
  const last = said(`共 ${committed} 次承诺中的最后一次`, `the last of ${committed} commitments`);
  const isOne = persons.length === 1;
  const what = isOne
    ? said(
        `所示的个人信息正是序号 ${at} 的条目所承诺的${committed > 1 ? `，即${last.zh}` : ""}。`,
        `The person shown is the one committed to at index ${at}${committed > 1 ? `, ${last.en}` : ""}.`,
      )
    : said(
        `所示的个人信息正是序号 ${at} 的条目所承诺的，其中有${last.zh}。`,
        `The persons shown are those committed to at indexes ${at}, ${last.en} among them.`,
      );
  if (!labelKey) return what;
  return said(
    `${what.zh}患者标签正是${isOne ? "此人" : "其中最后一次所承诺之人"}的标签。`,
    `${what.en} The patient's tag is the label of ${isOne ? "this person" : "the last of them"}.`,
  );
}

function timelySaid(seen) {
  const least = (times) => times.reduce((one, other) => (one < other ? one : other));
  const latest = least(seen.map(({ seconds }) => seconds));
  const until = clockTime(latest);
  const before = least(seen.flatMap(({ older }) => (older && older.size ? [older.seconds] : [])).concat(latest));
  if (before === latest)
    return said(
      `按见证人的时钟，全部条目在 ${until} 之前已入账，误差五分钟。`,
      `All of it was recorded by ${until}, by the witnesses' clocks, give or take five minutes.`,
    );
  const { size } = seen.find(({ older }) => older).older;
  return said(
    `按见证人的时钟，全部条目在 ${until} 之前已入账，序号小于 ${size} 的条目在 ${clockTime(before)} 之前，误差五分钟。`,
    `All of it was recorded by ${until}, and what stands below index ${size} by ${clockTime(before)}, by the witnesses' clocks, give or take five minutes.`,
  );
}

function signedSaid({ tally, erasures }) {
  const parts = KINDS.filter(([kind]) => tally[kind].signed.size).map(([kind, noun]) => {
    const [some, all] = [tally[kind].signed.size, tally[kind].acts.size];
    return said(`${all} ${noun}中的 ${some} ${noun[0]}`, `${some} of ${counted(all, kind)}`);
  });
  if (erasures)
    parts.push(
      said(
        `${erasures} 次删除，各有两人以上的密钥签署`,
        `${counted(erasures, "erasure")}, each with the keys of two people or more`,
      ),
    );
  return parts.length ? joinSaid(parts, "，", ", ") : null;
}

const joinSaid = (parts, zh, en) => said(parts.map((part) => part.zh).join(zh), parts.map((part) => part.en).join(en));

/** What is not proven; of an unsound bundle (`told` is null) nothing is, not even held against an older checkpoint. */
function notClaimedOf(told, sinceGiven = false) {
  const left = [];
  const leave = (name, zh, en) => left.push(claim(name, said(zh, en)));
  const others = othersSaid(told?.others ?? []);
  leave(
    "complete",
    "每个标签之下是否封存了它的全部条目，是日志运营者签署之言：没有哪份证明包能证明，任何人都可以像 audit 那样从公开的日志重新推导。",
    "That each tag was sealed with all its entries is the signed word of the log's operator: no bundle proves it, and anybody can derive the seal again from the published log, as audit does.",
  );
  if (!told?.parts.inclusion)
    leave(
      "entry by entry",
      "每一条是否都在日志之中，而不只是在封存的索引里：可要求逐条证明（export --each）。",
      "That each entry here stands in the log, and not in the seal only: have it proven (export --each).",
    );
  if (!told?.older && sinceGiven)
    leave(
      "append-only",
      "自您持有的检查点以来没有改写：见所发现的问题。",
      "That nothing was rewritten since the checkpoint you hold: see what was found.",
    );
  else if (!told?.older)
    leave(
      "append-only",
      "自更早的检查点以来没有改写：若您持有较早的检查点，请对方连同它一起导出。",
      "That nothing was rewritten since an earlier checkpoint: have one you hold exported with it.",
    );
  if (!told?.seen.length) {
    leave(
      "one story",
      `所有人看到的是同一个日志：没有给出见证人的公钥。${others.zh}`,
      `That everybody is shown the same log: no witness was asked about.${others.en}`,
    );
    leave(
      "timely",
      `何时记录：入账时间是日志自己的说法，没有见证人的时间。${NO_EARLIEST.zh}`,
      `When it was recorded: append times are the log's own word, without a witness's time. ${NO_EARLIEST.en}`,
    );
  } else leave("timely", `${NO_EARLIEST.zh}${others.zh}`, `${NO_EARLIEST.en}${others.en}`);
  const unattributed = unattributedSaid(told?.signed);
  if (unattributed) left.push(claim("attributable", unattributed));
  if (!told?.persons.length) {
    const unused = told?.labelKey
      ? said("标签密钥没有可比对之物。", " The key for labels had nothing to be held against.")
      : said("", "");
    leave(
      "forgettable",
      `患者是谁：没有打开任何个人信息。${unused.zh}`,
      `Who the patient is: nothing was opened here.${unused.en}`,
    );
  }
  if (told?.signed.erasures)
    leave(
      "forgettable",
      "条目所称的个人信息删除是否确已执行：那是签署者之言。",
      "That personal data was destroyed, where an entry says so: it is the word of those who signed it.",
    );
  const textless = told ? withoutText(told.parts.rulebooks, told.entries) : [];
  if (textless.length) {
    const first = textless.slice(0, 10).join(", ");
    const rest = textless.length - 10;
    leave(
      "with rulebooks",
      `在序号 ${first}${rest > 0 ? ` 等 ${textless.length} 处` : " 处"}采用的规则写了什么：包内没有其文本。`,
      `What the rulebooks say that were adopted at ${textless.length > 1 ? "indexes" : "index"} ${first}${rest > 0 ? ` and ${rest} more` : ""}: their text is not here.`,
    );
  }
  leave(
    "possible",
    "所记之事是否可能发生：这里只核验形式，不核验事理。",
    "That what the entries say can have happened: only their form was looked at here.",
  );
  leave(
    "re-derived",
    "医保应付多少：证明包里没有决定，本页也没有重新判定。持有规则的人从已证明的事实重新判定（treatment-ledger verify）。",
    "What the fund pays: a bundle holds no decisions, and this page did not judge again. Whoever has the rules makes them again from the proven facts (treatment-ledger verify).",
  );
  return left;
}

function othersSaid(others) {
  if (!others.length) return said("", "");
  const names = [...new Set(others.map(({ name, id }) => `${name}+${id}`))].sort().join(", ");
  return said(
    `检查点上还有未核验的签名：${names}。`,
    ` Further signatures stand on the checkpoint and were not checked: ${names}.`,
  );
}

/** Who did it, as far as that is not proven; null where all of it is. */
function unattributedSaid(signed) {
  if (!signed)
    return said("谁做的：有问题的证明包不说明这一点。", "Who did it: that is not told of a bundle with findings.");
  const parts = [];
  for (const [kind, noun] of KINDS) {
    const { acts, signed: own, foreign } = signed.tally[kind];
    const other = [...foreign].filter((act) => !own.has(act)).length;
    const without = [...acts].filter((act) => !own.has(act) && !foreign.has(act)).length;
    if (other)
      parts.push(
        said(
          `${other} ${noun}的签名是其他形式，未核验`,
          `${counted(other, kind)} with a signature of another form, which was not checked`,
        ),
      );
    if (without) parts.push(said(`${without} ${noun}没有签名`, `${counted(without, kind)} without a signature`));
    parts.push(...uncoveredSaid(kind, noun, signed.tally[kind]));
  }
  if (signed.partial)
    parts.push(
      said(
        `${signed.partial} 份签名涉及包内没有的字段`,
        `${counted(signed.partial, "signature")} over fields that this bundle does not hold`,
      ),
    );
  if (signedSaid(signed))
    parts.push(
      said(
        "密钥是谁的、存于何处，只有日志运营者登记时所言为据",
        "whose a key is, and what keeps it, the log's operator says by enrolling it, and nobody else",
      ),
      said(
        "签署者看到了所签内容，以向其展示者所言为据",
        "that signers saw what they signed, is the word of whoever showed it to them",
      ),
    );
  if (!parts.length) return null;
  const all = joinSaid(parts, "；", "; ");
  return said(`谁做的，有一部分未证明：${all.zh}。`, `Who did it, in part: ${all.en}.`);
}

/** Of acts that are signed, what their signatures do not cover. */
function uncoveredSaid(kind, noun, { corrected, stoppedAfter, contradicted, voided, byOthers }) {
  const doer = kind === "session" ? said("治疗师", "therapist") : said("评定人", "assessor");
  const parts = [];
  const add = (count, zh, one, more) => {
    if (count)
      parts.push(said(`${count} ${noun}${zh}`, `${counted(count, kind)} signed ${count === 1 ? one : more}`));
  };
  add(corrected, "所签是更正前的内容", "as it was before a correction", "as they were before a correction");
  add(
    stoppedAfter,
    "签名在先、结束在后，签名不含结束",
    "without its stop, which came later",
    "without their stops, which came later",
  );
  add(
    contradicted,
    "签名之后另有一条同类记录，与所签的相抵触",
    "before a second line that contradicts it",
    "before second lines that contradict them",
  );
  add(voided, "虽经签名，但已作废", "but voided", "but voided");
  const nobody = (whose) => `by nobody who is named as ${whose} ${doer.en}`;
  add(byOthers, `没有其所记${doer.zh}的签名`, nobody("its"), nobody("their"));
  return parts;
}

/** A witness's time, in seconds since 1970; a witness may say any u64. */
function clockTime(seconds) {
  return seconds < 1n << 37n ? localTime(Number(seconds) * 1000) : `${seconds} s`;
}

/** An instant, in milliseconds since 1970, as a clock in China shows it. */
const localTime = (milliseconds) =>
  `${new Date(milliseconds + 8 * 3600_000).toISOString().slice(0, 19).replace("T", " ")} +08:00`;
