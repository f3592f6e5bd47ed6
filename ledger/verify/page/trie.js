// ---------------------------------------------------------------------------------------------------------------
// The sealed index: a prefix trie from each tag to the count and root of its stream; one proof for several tags at
// once, also for tags without entries. FORMAT.md, "Sealed index".
// ---------------------------------------------------------------------------------------------------------------

const TAG = Uint8Array.of(2);
const TRIE_NODE = Uint8Array.of(3);
const KEY_BITS = 256;
const PLACE_BYTES = 72; // of another tag's leaf: key ‖ count ‖ stream root

const tagKeys = (tags) => hashAll(tags.map(utf8));
const streamLeaves = (indexes, leaves) => hashAll(leaves.map((leaf, n) => join(LEAF, u64(indexes[n]), leaf)));
const tagLeaf = (key, count, root) => sha256(join(TAG, key, u64(count), root));

const bitOf = (key, depth) => (key[depth >> 3] >> (7 - (depth & 7))) & 1;

/** Whether two keys have the same path down to a depth. */
function alikeTo(depth, one, other) {
  for (let at = 0; at < depth; at++) if (bitOf(one, at) !== bitOf(other, at)) return false;
  return true;
}

/**
 * Returns when the index of this root has, where each query's path ends, what the query says.
 *
 * `queries`: `{key, depth, hash}`, `hash` that of what stands there (a tag's leaf, or the zeroes of an empty place).
 * The walk ends where the depths say, so only the right depths lead to the root, and the nodes beside it stand in one
 * forced order.
 */
async function checkIndex(queries, nodes, root) {
  let taken = 0;
  const visit = (here, depth) => {
    if (here.length === 0) return { hash: nodes[taken++] };
    const ending = here.filter((query) => query.depth === depth);
    if (ending.length) {
      const agreed = ending.length === here.length && ending.every((query) => equal(query.hash, ending[0].hash));
      if (!agreed)
        throw new ProofError(said("同一处给出了不同的内容", "paths that end together end at different things"));
      return { hash: ending[0].hash };
    }
    if (depth === KEY_BITS) throw new ProofError(said("路径没有尽头", "a path does not end"));
    const left = visit(
      here.filter((query) => !bitOf(query.key, depth)),
      depth + 1,
    );
    return {
      prefix: TRIE_NODE,
      left,
      right: visit(
        here.filter((query) => bitOf(query.key, depth)),
        depth + 1,
      ),
    };
  };
  const top = visit(queries, 0);
  if (taken !== nodes.length) {
    throw new ProofError(
      said(`应有 ${taken} 个节点，现有 ${nodes.length} 个`, `${taken} nodes are expected, not ${nodes.length}`),
    );
  }
  if (!equal(await hashPlan(top), root))
    throw new ProofError(said("算得的根不同", "it does not lead to the seal's root"));
}
