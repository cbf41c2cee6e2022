// Preloaded into a process (`--require`), shows it a clock that is ahead and runs at another rate: `CLOCK` is JSON of
// { aheadMs, ppm, originMs } as in shifted-clock.ts.
const { aheadMs, ppm, originMs } = JSON.parse(process.env.CLOCK);
const RealDate = Date;
const now = () => {
  const real = RealDate.now();
  return Math.floor(real + aheadMs + (ppm / 1e6) * (real - originMs));
};

globalThis.Date = class extends RealDate {
  constructor(...parts) {
    if (parts.length === 0) super(now());
    else super(...parts);
  }
  static now() {
    return now();
  }
};
