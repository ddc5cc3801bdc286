// Points on a canvas: by WebGL, where a hundred thousand move fluently, else a few thousand on a plain canvas.

const FEWER_WITHOUT_WEBGL = 6000;

const VERTEX = `#version 300 es
uniform vec4 matrix[4];
uniform float mixed, scale;
in vec3 before, after;
in float size;
in vec4 tint;
out vec4 shade;
void main() {
  vec4 place = vec4(mix(before, after, mixed), 1.0);
  gl_Position = vec4(dot(matrix[0], place), dot(matrix[1], place), 0.0, dot(matrix[3], place));
  gl_PointSize = tint.a == 0.0 ? 0.0 : size * scale;
  if (tint.a == 0.0) gl_Position = vec4(2.0, 2.0, 0.0, 1.0);
  shade = tint;
}`;

const FRAGMENT = `#version 300 es
precision mediump float;
in vec4 shade;
out vec4 colour;
void main() {
  float away = length(gl_PointCoord - 0.5) * 2.0;
  float cover = shade.a * (1.0 - smoothstep(0.75, 1.0, away));
  colour = vec4(shade.rgb * cover, cover);
}`;

/** What draws points on a canvas: the first word of the list is the most frequent one, and on top. */
function scatterOn(canvas, count) {
  const gl = canvas.getContext("webgl2", { antialias: false, premultipliedAlpha: true });
  return gl ? new GlScatter(canvas, gl, count) : new PlainScatter(canvas, count);
}

class GlScatter {
  constructor(canvas, gl, count) {
    Object.assign(this, { canvas, gl, count, limit: count, kind: "webgl", arrays: {} });
    this.prepare();
    canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
    canvas.addEventListener("webglcontextrestored", () => {
      this.prepare();
      for (const [name, array] of Object.entries(this.arrays)) this.fill(name, array);
    });
  }

  prepare() {
    const { gl } = this;
    const program = gl.createProgram();
    for (const [kind, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
      const shader = gl.createShader(kind);
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) throw new Error(gl.getProgramInfoLog(program));
    gl.useProgram(program);
    this.program = program;
    this.buffers = {};
    for (const [name, length, type] of [["before", 3, gl.FLOAT], ["after", 3, gl.FLOAT], ["size", 1, gl.FLOAT], ["tint", 4, gl.UNSIGNED_BYTE]]) {
      const place = gl.getAttribLocation(program, name);
      this.buffers[name] = gl.createBuffer();
      gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers[name]);
      gl.enableVertexAttribArray(place);
      gl.vertexAttribPointer(place, length, type, type === gl.UNSIGNED_BYTE, 0, 0);
    }
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, gl.createBuffer());
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, Uint32Array.from({ length: this.count }, (_, i) => this.count - 1 - i), gl.STATIC_DRAW);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }

  /** Give every point another place before or after a movement, another size, or another tint. */
  fill(name, array) {
    this.arrays[name] = array;
    this.gl.bindBuffer(this.gl.ARRAY_BUFFER, this.buffers[name]);
    this.gl.bufferData(this.gl.ARRAY_BUFFER, array, this.gl.DYNAMIC_DRAW);
  }

  draw(rows, mixed, scale) {
    const { gl, program, canvas } = this;
    gl.viewport(0, 0, canvas.width, canvas.height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.uniform4fv(gl.getUniformLocation(program, "matrix"), rows.flat());
    gl.uniform1f(gl.getUniformLocation(program, "mixed"), mixed);
    gl.uniform1f(gl.getUniformLocation(program, "scale"), scale);
    gl.drawElements(gl.POINTS, this.count, gl.UNSIGNED_INT, 0);
  }
}

class PlainScatter {
  constructor(canvas, count) {
    Object.assign(this, { canvas, count, limit: Math.min(count, FEWER_WITHOUT_WEBGL), kind: "plain", arrays: {} });
    this.context = canvas.getContext("2d");
  }

  fill(name, array) {
    this.arrays[name] = array;
  }

  draw(rows, mixed, scale) {
    const { canvas, context } = this;
    const { before, after, size, tint } = this.arrays;
    context.clearRect(0, 0, canvas.width, canvas.height);
    for (let row = this.limit - 1; row >= 0; row -= 1) {
      if (tint[4 * row + 3] === 0) continue;
      const place = [0, 1, 2].map((axis) => before[3 * row + axis] * (1 - mixed) + after[3 * row + axis] * mixed);
      const [x, y, , w] = rows.map(([a, b, c, d]) => a * place[0] + b * place[1] + c * place[2] + d);
      const half = (size[row] * scale) / 2;
      context.fillStyle = `rgb(${tint[4 * row]} ${tint[4 * row + 1]} ${tint[4 * row + 2]} / ${tint[4 * row + 3] / 255})`;
      context.fillRect((x / w / 2 + 0.5) * canvas.width - half, (0.5 - y / w / 2) * canvas.height - half, 2 * half, 2 * half);
    }
  }
}
