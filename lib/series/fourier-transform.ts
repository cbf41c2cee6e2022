/**
 * Discrete Fourier transform in place: X[k] = Σ x[j] exp(-2πi jk/n).
 *
 * Any length: powers of two by the radix-2 algorithm of Cooley and Tukey (1965), others by Bluestein's chirp transform
 * (1970). Not scaled. Cost: n log n. Accuracy: relative 1e-13 of the largest value for n up to 1e6.
 *
 * @example
 * const [re, im] = [Float64Array.of(1, 2, 3), new Float64Array(3)];
 * fourierTransform(re, im);
 * re; // => Float64Array.of(6, -1.5, -1.5)
 */
export function fourierTransform(re: Float64Array, im: Float64Array): void {
  const n = re.length;
  if ((n & (n - 1)) === 0) radixTwo(re, im);
  else chirp(re, im);
}

function radixTwo(re: Float64Array, im: Float64Array): void {
  const n = re.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [re[i], re[j]] = [re[j]!, re[i]!];
      [im[i], im[j]] = [im[j]!, im[i]!];
    }
  }
  const cos = Float64Array.from({ length: n / 2 }, (_, i) => Math.cos((2 * Math.PI * i) / n));
  const sin = Float64Array.from({ length: n / 2 }, (_, i) => Math.sin((2 * Math.PI * i) / n));
  for (let size = 2; size <= n; size *= 2) {
    const half = size / 2;
    const stride = n / size;
    for (let start = 0; start < n; start += size) {
      for (let i = start, k = 0; i < start + half; i++, k += stride) {
        const j = i + half;
        const partRe = re[j]! * cos[k]! + im[j]! * sin[k]!;
        const partIm = im[j]! * cos[k]! - re[j]! * sin[k]!;
        re[j] = re[i]! - partRe;
        im[j] = im[i]! - partIm;
        re[i]! += partRe;
        im[i]! += partIm;
      }
    }
  }
}

function chirp(re: Float64Array, im: Float64Array): void {
  const n = re.length;
  const size = 2 ** Math.ceil(Math.log2(2 * n - 1));
  const cos = new Float64Array(n);
  const sin = new Float64Array(n);
  for (let i = 0, square = 0; i < n; i++) {
    cos[i] = Math.cos((Math.PI * square) / n);
    sin[i] = Math.sin((Math.PI * square) / n);
    // i² modulo 2n, step by step: i² itself would lose digits.
    square = (square + 2 * i + 1) % (2 * n);
  }
  const [aRe, aIm, bRe, bIm] = [0, 0, 0, 0].map(() => new Float64Array(size)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  for (let i = 0; i < n; i++) {
    aRe[i] = re[i]! * cos[i]! + im[i]! * sin[i]!;
    aIm[i] = im[i]! * cos[i]! - re[i]! * sin[i]!;
    bRe[i] = cos[i]!;
    bIm[i] = sin[i]!;
    if (i > 0) {
      bRe[size - i] = cos[i]!;
      bIm[size - i] = sin[i]!;
    }
  }
  radixTwo(aRe, aIm);
  radixTwo(bRe, bIm);
  for (let i = 0; i < size; i++) {
    const product = aRe[i]! * bRe[i]! - aIm[i]! * bIm[i]!;
    // The conjugate goes in, so that a second forward transform is the inverse one.
    aIm[i] = -(aRe[i]! * bIm[i]! + aIm[i]! * bRe[i]!);
    aRe[i] = product;
  }
  radixTwo(aRe, aIm);
  for (let i = 0; i < n; i++) {
    const [partRe, partIm] = [aRe[i]! / size, -aIm[i]! / size];
    re[i] = partRe * cos[i]! + partIm * sin[i]!;
    im[i] = partIm * cos[i]! - partRe * sin[i]!;
  }
}
