/** Waits until something is so, looking every 20 ms; rejects after `limitMs`. */
export async function until(so: () => boolean | Promise<boolean>, limitMs: number, what = 'condition'): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await so())) {
    if (performance.now() > end) throw new Error(`${what} did not come about within ${limitMs / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
