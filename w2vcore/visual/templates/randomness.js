// The random numbers of w2vcore (kernels/random.h): Philox4x32-10 of Salmon and others (2011), which has no state. A number
// follows from (seed, epoch, purpose) and from its place, so any example can be trained again, and gets the same numbers.

const PURPOSE = { token: 0, noise: 1, start: 0xfffffffb };

/** The finaliser of splitmix64, on 64 bits. */
function mixed64(number) {
  const wrap = (value) => BigInt.asUintN(64, value);
  let z = wrap(number + 0x9e3779b97f4a7c15n);
  z = wrap((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
  z = wrap((z ^ (z >> 27n)) * 0x94d049bb133111ebn);
  return z ^ (z >> 31n);
}

/** The key of all numbers for one purpose in one epoch, as its lower and its upper 32 bits. */
function randomKey(seed, epoch, purpose) {
  const key = mixed64(mixed64(mixed64(BigInt.asUintN(64, BigInt(seed))) ^ BigInt(epoch)) ^ BigInt(purpose));
  return [Number(key & 0xffffffffn), Number(key >> 32n)];
}

/** The upper 32 bits of the product of two numbers of 32 bits, in pieces that a double holds. */
function upperProduct(a, b) {
  const [a0, a1, b0, b1] = [a & 0xffff, a >>> 16, b & 0xffff, b >>> 16];
  const first = a1 * b0 + ((a0 * b0) >>> 16);
  const second = a0 * b1 + (first & 0xffff);
  return a1 * b1 + (first >>> 16) + (second >>> 16);
}

/** Write the four numbers of 32 bits of a block of a stream into `result`. */
function drawBlock([low, high], stream, block, result) {
  let [c0, c1, c2, c3, k0, k1] = [stream >>> 0, 0, block >>> 0, 0, low, high];
  for (let round = 0; round < 10; round += 1) {
    const [upper0, lower0] = [upperProduct(c0, 0xd2511f53), Math.imul(c0, 0xd2511f53)];
    const [upper1, lower1] = [upperProduct(c2, 0xcd9e8d57), Math.imul(c2, 0xcd9e8d57)];
    c0 = (upper1 ^ c1 ^ k0) >>> 0;
    c1 = lower1 >>> 0;
    c2 = (upper0 ^ c3 ^ k1) >>> 0;
    c3 = lower0 >>> 0;
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  [result[0], result[1], result[2], result[3]] = [c0, c1, c2, c3];
  return result;
}

/** A number in [0, count) from one of 32 bits; exact as long as count is below 2^21. */
const below = (random, count) => Math.floor((random * count) / 4294967296);

/** The two numbers of 32 bits with a given place in a stream; each block has two such pairs. */
function drawPair(key, stream, place, scratch) {
  drawBlock(key, stream, place >>> 1, scratch);
  return place & 1 ? [scratch[2], scratch[3]] : [scratch[0], scratch[1]];
}
