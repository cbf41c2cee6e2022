/**
 * Keeps wires on the ports that they were on when outputs come and go: Node-RED reads from the field `outputs` a map of
 * old port number to new one ("-1" when it is gone); a key that is no number is a new port.
 */
export class OutputMap {
  constructor(private readonly before: readonly string[]) {}

  store(after: readonly string[]): void {
    const field = $('#node-input-outputs');
    if (field.length === 0) return;
    const map: Record<string, number> = {};
    this.before.forEach((port, index) => {
      map[index] = after.indexOf(port);
    });
    for (const port of after) {
      if (!this.before.includes(port)) map[`new-${port}`] = after.indexOf(port);
    }
    // With neither an old nor a new port there is nothing to map; an empty map would count as no outputs as well.
    field.val(this.before.length + after.length === 0 ? '0' : JSON.stringify(map));
  }
}
