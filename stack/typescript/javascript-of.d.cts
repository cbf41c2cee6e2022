/** The JavaScript of a file in TypeScript, from the cache if its time is the file's. */
export function javaScriptOf(file: string): string;
