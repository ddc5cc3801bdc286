// Where the reader stands: the part of the plane that is in view, or the direction from which the cloud is seen.

const ZOOM = 1.6;
const FRAME_MARGIN = 35; // pixels around the whole map, for words at its border
const PERSPECTIVE = 3.2; // distance of the eye from the middle of the cloud, whose radius is 1

class Camera {
  constructor() {
    this.view = "plane";
    this.width = this.height = 1;
    this.middle = [0, 0]; // of the view,
    this.unit = 1; // and how long a pixel is, in the plane
    this.yaw = 0.6;
    this.pitch = 0.4;
    this.nearness = 1;
    this.wholeUnit = 1;
    this.covered = 0; // pixels at the left that something else covers
  }

  /** Take the size of the picture in pixels; the middle of the view stays where it is. */
  resize(width, height) {
    [this.width, this.height] = [Math.max(1, width), Math.max(1, height)];
  }

  /** The unit and the middle at which all of a box is in view. */
  framed([[left, right], [low, high]], margin = FRAME_MARGIN) {
    const room = [this.width - this.covered - 2 * margin, this.height - 2 * margin].map((length) => Math.max(40, length));
    const unit = Math.max((right - left) / room[0], (high - low) / room[1]) || 1 / this.width;
    return { unit, middle: this.middleOf([[left, right], [low, high]], unit) };
  }

  /** The middle of the view at which that of a box is in the middle of what nothing covers. */
  middleOf([[left, right], [low, high]], unit = this.unit) {
    return [(left + right - this.covered * unit) / 2, (low + high) / 2];
  }

  frame(box) {
    const { unit, middle } = this.framed(box);
    this.wholeUnit = unit;
    Object.assign(this, { unit, middle, nearness: 1 });
  }

  /** How many times nearer than the whole map. */
  get magnification() {
    return this.view === "plane" ? this.wholeUnit / this.unit : this.nearness;
  }

  get ranges() {
    return [[this.middle[0], this.width], [this.middle[1], this.height]]
      .map(([middle, length]) => [middle - (this.unit * length) / 2, middle + (this.unit * length) / 2]);
  }

  /** Rows of a matrix that turns a place into x, y and depth of the screen, each from -1 to 1 in view, over w. */
  rows() {
    if (this.view === "plane") {
      const [x, y] = [2 / (this.unit * this.width), 2 / (this.unit * this.height)];
      return [[x, 0, 0, -this.middle[0] * x], [0, y, 0, -this.middle[1] * y], [0, 0, 0, 0], [0, 0, 0, 1]];
    }
    const [siny, cosy, sinp, cosp] = [Math.sin(this.yaw), Math.cos(this.yaw), Math.sin(this.pitch), Math.cos(this.pitch)];
    const least = Math.min(this.width, this.height);
    const scale = (this.nearness * PERSPECTIVE * 0.95) / 1.05;
    const [sx, sy] = [(scale * least) / this.width, (scale * least) / this.height];
    const depth = [-siny * cosp, -sinp, -cosy * cosp]; // away from the eye
    return [
      [cosy * sx, 0, -siny * sx, 0],
      [-siny * sinp * sy, cosp * sy, -cosy * sinp * sy, 0],
      [...depth, 0],
      [...depth, PERSPECTIVE],
    ];
  }

  /** Move what is in view by so many pixels; in space, turn the cloud. */
  drag(across, down) {
    if (this.view === "plane") {
      this.middle = [this.middle[0] - across * this.unit, this.middle[1] + down * this.unit];
    } else {
      this.yaw -= across / 180;
      this.pitch = Math.max(-1.5, Math.min(1.5, this.pitch + down / 180));
    }
  }

  /** Come nearer; the place under a point of the picture stays where it is. */
  zoom(factor, across = this.width / 2, down = this.height / 2) {
    if (this.view === "space") {
      this.nearness = Math.max(0.3, Math.min(40, this.nearness * factor));
      return;
    }
    const unit = Math.max(this.wholeUnit / 2000, Math.min(this.wholeUnit * 4, this.unit / factor));
    const [dx, dy] = [across - this.width / 2, down - this.height / 2];
    this.middle = [this.middle[0] + dx * (this.unit - unit), this.middle[1] - dy * (this.unit - unit)];
    this.unit = unit;
  }
}
