// The tree of hierarchical softmax (Huffman 1952): frequent words have short paths. Inner nodes are rows of a matrix.

/** The two children of each inner node: a word, or -1 - k for the inner node k. The root is the last node. */
function huffmanChildren(counts) {
  const leaves = counts.map((_, word) => word).sort((a, b) => counts[a] - counts[b] || b - a);
  const children = [];
  const weights = []; // of the inner nodes, which are made in ascending order
  let [leaf, inner] = [0, 0];
  const takeRarest = () => {
    const isLeaf = leaf < leaves.length && (inner >= weights.length || counts[leaves[leaf]] <= weights[inner]);
    if (isLeaf) {
      leaf += 1;
      return { child: leaves[leaf - 1], weight: counts[leaves[leaf - 1]] };
    }
    inner += 1;
    return { child: -inner, weight: weights[inner - 1] };
  };
  while (children.length < counts.length - 1) {
    const [left, right] = [takeRarest(), takeRarest()];
    children.push([left.child, right.child]);
    weights.push(left.weight + right.weight);
  }
  return children;
}

class CodeTree {
  constructor(counts) {
    this.children = huffmanChildren(counts);
    this.root = this.children.length - 1;
    this.paths = this.walk();
  }

  /** For each word the inner nodes from the root down, and the turn at each: 0 to the left, 1 to the right. */
  walk() {
    const paths = [];
    const open = [{ child: -1 - this.root, nodes: [], turns: [] }];
    if (!this.children.length) return [{ nodes: [], turns: [] }];
    while (open.length) {
      const { child, nodes, turns } = open.pop();
      if (child >= 0) paths[child] = { nodes, turns };
      else this.children[-1 - child].forEach((next, turn) => open.push({ child: next, nodes: [...nodes, -1 - child], turns: [...turns, turn] }));
    }
    return paths;
  }
}
