// The Huffman tree, root at the left, and on it the path to the word that an example predicts.

const LEAF = 18; // pixels from a word to the next
const WHOLE_UP_TO = 80; // words; of a larger tree, what is off the path is drawn as one leaf
const TREE_MARGIN = 14;
const LEAF_ROOM = 120; // pixels for words

class TreePicture {
  constructor(canvas) {
    this.canvas = canvas;
  }

  draw(course) {
    const { trainer, told } = course;
    this.course = course;
    this.path = new Map(told.rows.map((node, i) => [node, i]));
    this.rows = 0;
    this.deepest = 1;
    const root = this.layOut(-1 - trainer.tree.root, 0);
    this.canvas.style.height = `${Math.max(160, this.rows * LEAF + 2 * TREE_MARGIN)}px`;
    const { context, width } = cleared(this.canvas);
    if (!width) return;
    this.across = Math.max(8, (width - LEAF_ROOM - 2 * TREE_MARGIN) / this.deepest);
    this.drawBranches(context, root);
    this.drawNames(context, root);
  }

  /** Where a node or a word is: its depth, its line, and the branches below it. */
  layOut(child, depth) {
    this.deepest = Math.max(this.deepest, depth);
    const isWhole = this.course.trainer.text.words.length <= WHOLE_UP_TO;
    if (child >= 0 || (!isWhole && !this.path.has(-1 - child))) {
      this.rows += 1;
      return { child, depth, line: this.rows - 0.5, below: [] };
    }
    const below = this.course.trainer.tree.children[-1 - child].map((next) => this.layOut(next, depth + 1));
    return { child, depth, line: (below[0].line + below[1].line) / 2, below };
  }

  place({ depth, line }) {
    return [TREE_MARGIN + depth * this.across, TREE_MARGIN + line * LEAF];
  }

  /** Whether the path of the example takes a branch. */
  isTaken(node, turn) {
    const step = this.path.get(-1 - node.child);
    return step !== undefined && 1 - this.course.told.labels[step] === turn;
  }

  drawBranches(context, node) {
    node.below.forEach((next, turn) => {
      const [from, to] = [this.place(node), this.place(next)];
      const taken = this.isTaken(node, turn);
      Object.assign(context, { strokeStyle: colour(taken ? "--pull" : "--line"), lineWidth: taken ? 3 : 1.5 });
      context.beginPath();
      context.moveTo(...from);
      context.lineTo(from[0], to[1]);
      context.lineTo(...to);
      context.stroke();
      this.drawBranches(context, next);
    });
  }

  drawNames(context, node) {
    node.below.forEach((next) => this.drawNames(context, next));
    const { trainer, told } = this.course;
    const [x, y] = this.place(node);
    if (node.below.length) {
      const step = this.path.get(-1 - node.child);
      drawDot(context, [x, y], step === undefined ? 2.5 : 5, colour(step === undefined ? "--soft" : "--pull"));
      if (step !== undefined) {
        const turn = told.labels[step] ? "up" : "down";
        const chance = told.labels[step] ? told.chances[step] : 1 - told.chances[step];
        drawText(context, `${turn} ${chance.toFixed(2)}`, [x + 8, y], { tint: colour("--ink"), bold: true, halo: true });
      }
      return;
    }
    const isCentre = node.child === told.centre;
    const text = node.child >= 0 ? trainer.text.words[node.child] : `${this.leaves(node.child)} words`;
    drawText(context, fitted(text, LEAF_ROOM - 10), [x + 6, y], { tint: colour(isCentre ? "--pull" : "--soft"), bold: isCentre });
  }

  leaves(child) {
    return child >= 0 ? 1 : this.course.trainer.tree.children[-1 - child].reduce((sum, next) => sum + this.leaves(next), 0);
  }
}
