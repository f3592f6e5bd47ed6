// ---------------------------------------------------------------------------------------------------------------
// The statements of each key continue one another: what is missing, double or contradicted. FORMAT.md, "Chain".
// ---------------------------------------------------------------------------------------------------------------

/**
 * Step 10: the findings of right signatures, in log order. `subject`: of a practitioner all statements are here. A
 * place in a chain is `{key, counter}`; in maps it goes by its name, which ends in the counter.
 */
async function checkChains(signatures, subject) {
  const digests = await hashAll(signatures.map(({ raw }) => raw));
  const findings = [];
  const hashes = new Map();
  const places = new Map();
  signatures.forEach(({ entry, statement }, n) => {
    const [place, own] = [placeOf(statement, 0n), hexOf(digests[n])];
    const there = hashes.get(place.name);
    if (there === undefined) hashes.set(place.name, own);
    else if (there === own) findings.push(gap(entry, place, said("此前已经有了", "this statement stands there before")));
    else findings.push(gap(entry, place, said("此前已有另一份", "another one stands there before")));
    places.set(own, place);
  });
  const followed = new Map(); // by the hash of one that is not here, the place that is first said to be its
  for (const { entry, statement } of signatures) {
    const [place, before] = [placeOf(statement, 0n), placeOf(statement, 1n)];
    if (place.counter === 1n) continue;
    const previous = hexOf(parseBase64(statement.get("previous")));
    if (!places.has(previous) && !followed.has(previous)) followed.set(previous, before);
    const told = places.get(previous) ?? followed.get(previous);
    if (hashes.has(before.name)) {
      const what = said(`不接在第 ${before.counter} 份之后`, `it does not continue ${before.counter}`);
      if (hashes.get(before.name) !== previous) findings.push(gap(entry, place, what));
    } else if (told.name !== before.name) {
      const other = said(`${told.key} 的第 ${told.counter} 份`, `statement ${told.counter} of the key ${told.key}`);
      const what = places.has(previous)
        ? said(`接在 ${other.zh}之后`, `it follows ${other.en}`)
        : said(`按另一份所称，它所接的是 ${other.zh}`, `another one says that what it follows is ${other.en}`);
      findings.push(gap(entry, place, what));
    } else if (subject === `practitioner:${statement.get("signer")}`) {
      const what = said(`第 ${before.counter} 份不在日志中`, `it is here, and ${before.counter} is not in the log`);
      findings.push(gap(entry, place, what));
    }
  }
  return findings;
}

function placeOf(statement, back) {
  const [key, counter] = [statement.get("key_id"), statement.get("counter").whole - back];
  return { key, counter, name: `${key} ${counter}` };
}

const gap = ({ index }, { key, counter }, what) =>
  finding(
    "statement-gap",
    `index ${index}`,
    said(`${key} 的第 ${counter} 份：${what.zh}`, `statement ${counter} of the key ${key}: ${what.en}`),
  );
