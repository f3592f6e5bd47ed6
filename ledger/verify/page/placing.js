// ---------------------------------------------------------------------------------------------------------------
// Places: do the entries stand at their indexes, all of each stream and no other, as the seal has it? And if not:
// where is the damage? Marks say which entry; they prove nothing. FORMAT.md, "Verifying, in order", 5 to 8.
// ---------------------------------------------------------------------------------------------------------------

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const MARK_CHARACTERS = 2;
const EXCHANGED = 300; // beyond so many misfits, who stands in whose place is no longer looked for
const RUBBISH = 1000; // of more entries that are none nothing else is asked: hashing them all could take minutes

/** The first twelve bits of SHA-256(index ‖ leaf) of each, as two characters of base64. */
const marksOf = async (indexes, leaves) => {
  const hashes = await hashAll(leaves.map((leaf, n) => join(u64(indexes[n]), leaf)));
  return hashes.map(([first, second]) => LETTERS[first >> 2] + LETTERS[((first & 3) << 4) | (second >> 4)]);
};

/** The mark that the bundle gives entry `n`. */
const markAt = (marks, n) => marks.slice(n * MARK_CHARACTERS, (n + 1) * MARK_CHARACTERS);

/** `{seal, findings}`: the seal's fact when it is the last entry under the checkpoint, as it must be. */
async function checkSeal(parts, head) {
  const refuse = (why) => ({ findings: [finding("seal-not-in-log", "seal", why)] });
  if (head.size === 0n) return refuse(said("空日志里没有封存条目", "an empty log has no seal"));
  const [leaf] = await leafHashes([parts.seal]);
  try {
    await checkInclusion(head.size - 1n, head.size, leaf, parts.sealProof, head.root);
  } catch (error) {
    return refuse(wordsOf(error));
  }
  const seal = readEntry(parts.seal);
  if (seal.wrong) return refuse(seal.wrong);
  if (seal.fact.get("type") !== "IndexSealed")
    return refuse(said("日志的最后一条不是 IndexSealed", "the last entry is no IndexSealed"));
  if (seal.fact.get("size").whole !== head.size - 1n) {
    return refuse(said("它封存的不是此前的全部条目", "it does not seal all the entries before it"));
  }
  return { seal, findings: [] };
}

/** Step 6, first: `{read, findings}`: what each entry says, or what is wrong with it, when most of them are some. */
function readEntries({ entries }) {
  const read = [];
  let wrong = 0;
  for (const text of entries) {
    read.push(readEntry(utf8(text)));
    if (read.at(-1).wrong && ++wrong > RUBBISH) {
      const what = said(
        `其中 ${RUBBISH} 个以上不是条目：证明包不会如此`,
        `more than ${RUBBISH} of these are no entries: no bundle is like that`,
      );
      return { findings: [finding("malformed", "entries", what)] };
    }
  }
  return { read, findings: [] };
}

/** Step 6: as many entries as indexes and marks, all of them below what is sealed. */
async function checkCounts({ indexes, entries, marks }, leaves, sealed) {
  const [E, I, M] = [entries.length, indexes.length, marks.length / MARK_CHARACTERS];
  const counts = said(`${E} 条、${I} 个序号、${M} 个标记`, `${E} entries, ${I} indexes, ${M} marks`);
  if (E === I && I === M) {
    const what = said(`被封存的只有 ${sealed} 条`, `only ${sealed} entries are sealed`);
    const beyond = indexes.slice(firstFrom(indexes, sealed, 0, indexes.length));
    return new Findings(
      beyond.slice(0, MOST_PLACES + 1).map((index) => finding("entry-foreign", `index ${index}`, what)),
    );
  }
  if (I !== M) return [finding("malformed", E === M ? "indexes" : E === I ? "marks" : "entries", counts)];
  const paired = Math.min(E, I);
  const made = await marksOf(indexes, leaves.slice(0, paired));
  const odd = made.findIndex((mark, n) => mark !== markAt(marks, n));
  const place = odd < 0 ? paired : odd;
  if (E > I)
    return [
      finding(
        "entry-foreign",
        `entries[${place}]`,
        said(`没有序号对应它（${counts.zh}）`, `no index calls for it (${counts.en})`),
      ),
    ];
  return [
    finding(
      "entry-missing",
      `index ${indexes[place]}`,
      said(`它的条目不在证明包中（${counts.zh}）`, `its entry is not in the bundle (${counts.en})`),
    ),
  ];
}

/** Step 7: `{entries: [{index, leaf, tags, fact …}], findings}`. */
async function checkPlaces(parts, read, leaves, seal) {
  const { indexes, marks } = parts;
  const made = await marksOf(indexes, leaves);
  const misfits = made.flatMap((mark, n) => (mark === markAt(marks, n) ? [] : [n]));
  const entries = read.map((entry, n) => ({ index: indexes[n], leaf: leaves[n], ...entry }));
  let findings = new Findings(
    entries.filter(({ wrong }) => wrong).map(({ index, wrong }) => finding("malformed", `index ${index}`, wrong)),
  );
  if (!findings.length) {
    const withLeaf = Array.from(parts.absent.keys()).filter((stream) => parts.absent.get(stream));
    const keys = await tagKeys(withLeaf);
    findings = checkStreams(parts, entries, new Map(withLeaf.map((stream, n) => [stream, keys[n]])));
    if (!findings.length) findings = await checkSealed(parts, entries, await tagKeys(parts.streams), seal);
  }
  if (!misfits.length) return { entries, findings };
  if (findings.length) return { entries, findings: await nameDamaged(parts, leaves, misfits) };
  const what = said("标记与已证明的条目不符", "a mark does not fit its entry, and the entry is proven");
  return { entries, findings: [finding("malformed", "marks", what)] };
}

/** Step 7 (c): the streams as their entries make them are those of the seal. */
async function checkSealed(parts, entries, keys, seal) {
  const hashes = await streamLeaves(
    entries.map(({ index }) => index),
    entries.map(({ leaf }) => leaf),
  );
  const byStream = new Map(parts.streams.map((stream) => [stream, []]));
  entries.forEach(({ tags }, n) => {
    for (const tag of tags) byStream.get(tag)?.push(hashes[n]);
  });
  const queries = await mapAll(parts.streams, async (stream, n) => {
    const query = { key: keys[n], depth: parts.depths[n] };
    if (parts.absent.has(stream)) return { ...query, place: parts.absent.get(stream) };
    const own = byStream.get(stream);
    return { ...query, place: { key: keys[n], count: BigInt(own.length), root: await rootOf(own) } };
  });
  try {
    for (const query of queries) {
      const { key, depth, place } = query;
      if (place && (place.count < 1n || place.count > MAX_SIZE || !alikeTo(depth, key, place.key))) {
        throw new ProofError(said("absent 中的标签不在这条路径上", "what stands for an absent tag is not on its path"));
      }
      query.hash = place ? await tagLeaf(place.key, place.count, place.root) : new Uint8Array(HASH_BYTES);
    }
    await checkIndex(queries, parts.nodes, parseBase64(seal.fact.get("root")));
  } catch (error) {
    const why = wordsOf(error);
    const what = said(
      `这些流不是被封存的流：有条目被遗漏或替换，或证明本身损坏（${why.zh}）`,
      `these streams are not those that were sealed: something was left out or replaced, or the proof was damaged (${why.en})`,
    );
    return [finding("index-mismatch", "nodes", what)];
  }
  return [];
}

/** The entries whose marks do not fit, when they do not all fit where they stand. */
async function nameDamaged({ indexes, marks }, leaves, misfits) {
  const inOrder = async () => {
    if (misfits.length < 2 || misfits.length > EXCHANGED) return false;
    for (const n of misfits) {
      const others = misfits.filter((m) => m !== n);
      const made = await marksOf(
        others.map(() => indexes[n]),
        others.map((m) => leaves[m]),
      );
      if (!made.includes(markAt(marks, n))) return false;
    }
    return true;
  };
  const isExchanged = await inOrder();
  const what = isExchanged
    ? said("这里是另一条，它自己的条目在别处", "another entry stands here, its own stands elsewhere")
    : said(
        "这不是日志中的条目：内容或序号被改动",
        "this is not what the log holds: the entry, or the index it is given, was altered",
      );
  const name = isExchanged ? "entry-order" : "entry-altered";
  return new Findings(misfits.slice(0, MOST_PLACES + 1).map((n) => finding(name, `index ${indexes[n]}`, what)));
}

/** What a ProofError says; any other error is none of the bundle's, and goes on. */
function wordsOf(error) {
  if (error instanceof ProofError) return error.said;
  throw error;
}
