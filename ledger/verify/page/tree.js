// ---------------------------------------------------------------------------------------------------------------
// The tree: leaves, roots, inclusion, consistency, many leaves at once (RFC 6962 §2.1, RFC 9162 §2.1; FORMAT.md,
// "Tree"). Values in, a ProofError out when they do not prove it. What can be hashed at the same time is.
// ---------------------------------------------------------------------------------------------------------------

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

const emptyRoot = () => sha256(new Uint8Array(0));
const leafHashes = (entries) => hashAll(entries.map((entry) => join(LEAF, entry)));

/** The RFC 6962 root over these leaves: level by level, an odd one out climbs as it is. */
async function rootOf(leaves) {
  if (leaves.length === 0) return emptyRoot();
  let level = leaves;
  while (level.length > 1) {
    const pairs = [];
    for (let n = 0; n + 1 < level.length; n += 2) pairs.push(join(NODE, level[n], level[n + 1]));
    const next = await hashAll(pairs);
    if (level.length % 2) next.push(level[level.length - 1]);
    level = next;
  }
  return level[0];
}

/** RFC 9162 §2.1.3.2: returns when the path shows that leaf `index` of the tree of `size` leaves is `leaf`. */
async function checkInclusion(index, size, leaf, path, root) {
  if (index >= size)
    throw new ProofError(said(`序号 ${index} 不在 ${size} 条之内`, `index ${index} is not in a tree of size ${size}`));
  let [position, last, hash] = [index, size - 1n, leaf];
  for (const sibling of path) {
    if (last === 0n) throw new ProofError(said("证明的节点过多", "the proof has too many nodes"));
    if (position % 2n || position === last) {
      hash = await sha256(join(NODE, sibling, hash));
      while (position % 2n === 0n && position) [position, last] = [position >> 1n, last >> 1n];
    } else {
      hash = await sha256(join(NODE, hash, sibling));
    }
    [position, last] = [position >> 1n, last >> 1n];
  }
  if (last) throw new ProofError(said("证明的节点过少", "the proof has too few nodes"));
  if (!equal(hash, root)) throw new ProofError(said("算得的根不同", "it does not lead to the root"));
}

/** RFC 9162 §2.1.4.2: returns when the proof shows that the tree of `newSize` begins with that of `oldSize` leaves. */
async function checkConsistency(oldSize, newSize, proof, oldRoot, newRoot) {
  const rest = [...proof];
  if (oldSize === 0n) {
    if (rest.length) throw new ProofError(said("从空日志开始，证明应为空", "from the empty log the proof is empty"));
    return;
  }
  let [last, edge] = [oldSize - 1n, newSize - 1n];
  while (last && (last === edge || last % 2n)) [last, edge] = [last >> 1n, edge >> 1n];
  const first = last ? rest.shift() : oldRoot;
  if (!first) throw new ProofError(said("证明是空的", "the proof is empty"));
  let [older, newer] = [first, first];
  for (const sibling of rest) {
    if (edge === 0n) throw new ProofError(said("证明的节点过多", "the proof has too many nodes"));
    if (last % 2n || last === edge) {
      if (last) older = await sha256(join(NODE, sibling, older));
      newer = await sha256(join(NODE, sibling, newer));
      while (last % 2n === 0n && last) [last, edge] = [last >> 1n, edge >> 1n];
    } else {
      newer = await sha256(join(NODE, newer, sibling));
    }
    [last, edge] = [last >> 1n, edge >> 1n];
  }
  if (edge) throw new ProofError(said("证明的节点过少", "the proof has too few nodes"));
  if (!equal(older, oldRoot)) throw new ProofError(said("算得的旧根不同", "it does not lead to the old root"));
  if (!equal(newer, newRoot)) throw new ProofError(said("算得的新根不同", "it does not lead to the new root"));
}

/** FORMAT.md, "Many leaves": returns when the nodes and the leaves at these indexes lead to the root of the log. */
async function checkMany(indexes, size, leaves, nodes, root) {
  let taken = 0;
  const fold = (start, end, low, high) => {
    if (low === high) return { hash: nodes[taken++] };
    if (end - start === 1n) return { hash: leaves[low] };
    const middle = start + largestPowerBelow(end - start);
    const cut = firstFrom(indexes, middle, low, high);
    return { prefix: NODE, left: fold(start, middle, low, cut), right: fold(middle, end, cut, high) };
  };
  const top = fold(0n, size, 0, indexes.length);
  if (taken !== nodes.length) {
    throw new ProofError(
      said(`应有 ${taken} 个节点，现有 ${nodes.length} 个`, `${taken} nodes are expected, not ${nodes.length}`),
    );
  }
  if (!equal(await hashPlan(top), root)) throw new ProofError(said("算得的根不同", "it does not lead to the root"));
}

const largestPowerBelow = (number) => 1n << BigInt((number - 1n).toString(2).length - 1);

/** The first place from `low` to `high` whose index is not below `bound`; `high` when there is none. */
function firstFrom(indexes, bound, low, high) {
  while (low < high) {
    const middle = (low + high) >> 1;
    if (indexes[middle] < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The hash of a planned node, `{prefix, left, right}` down to `{hash}`: all nodes of one height at a time. */
async function hashPlan(top) {
  const heights = [];
  const heightOf = (node) => {
    if (node.hash) return 0;
    const height = Math.max(heightOf(node.left), heightOf(node.right)) + 1;
    (heights[height] ??= []).push(node);
    return height;
  };
  heightOf(top);
  for (const nodes of heights.slice(1)) {
    const hashes = await hashAll(nodes.map(({ prefix, left, right }) => join(prefix, left.hash, right.hash)));
    nodes.forEach((node, n) => (node.hash = hashes[n]));
  }
  return top.hash;
}
